package io.evenkeel.hub.scrape;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.parse.Durations;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One address to scrape, after relabelling. Immutable.
///
/// @param job the job it belongs to
/// @param discovered its labels before relabelling
/// @param labels the labels that its series get
/// @param uri of the page
/// @param interval how often; relabelling may change it
/// @param timeout how long one scrape may take
public record Target(
    ScrapeJob job, Labels discovered, Labels labels, URI uri, Duration interval, Duration timeout) {
  private static final String ADDRESS = "__address__";
  private static final String SCHEME = "__scheme__";
  private static final String PATH = "__metrics_path__";
  private static final String INTERVAL = "__scrape_interval__";
  private static final String TIMEOUT = "__scrape_timeout__";
  private static final String PARAM = "__param_";

  /// What becomes of a discovered address.
  sealed interface Relabelled {
    /// It is scraped.
    record Kept(Target target) implements Relabelled {}

    /// Relabelling says not to scrape it.
    record Dropped(Labels discovered) implements Relabelled {}

    /// It cannot be scraped.
    record Invalid(Labels discovered, String why) implements Relabelled {}
  }

  /// Takes an address of a group through its job's relabelling.
  static Relabelled of(ScrapeJob job, String address, TargetGroup group) {
    Labels.Builder before = new Labels.Builder();
    before.set(Label.JOB, job.name());
    before.set(SCHEME, job.scheme());
    before.set(PATH, job.path());
    before.set(INTERVAL, Durations.format(job.interval().toMillis()));
    before.set(TIMEOUT, Durations.format(job.timeout().toMillis()));
    job.params()
        .forEach((name, values) -> {
          if (!values.isEmpty()) {
            before.set(PARAM + name, values.getFirst());
          }
        });
    group.labels().forEach(before::set);
    before.set(ADDRESS, address);
    Labels discovered = before.build();
    Labels after = RelabelRule.apply(job.relabel(), discovered);
    if (after == null) {
      return new Relabelled.Dropped(discovered);
    }
    try {
      return new Relabelled.Kept(target(job, discovered, after));
    } catch (IllegalArgumentException e) {
      return new Relabelled.Invalid(discovered, String.valueOf(e.getMessage()));
    }
  }

  private static Target target(ScrapeJob job, Labels discovered, Labels after) {
    String address = after.valueOrEmpty(ADDRESS);
    if (address.isEmpty()) {
      throw new IllegalArgumentException("it has no address");
    }
    Duration interval = duration(after, INTERVAL);
    Duration timeout = duration(after, TIMEOUT);
    if (interval.isZero() || timeout.isZero() || timeout.compareTo(interval) > 0) {
      throw new IllegalArgumentException(
          "its timeout " + timeout + " does not fit its interval " + interval);
    }
    Labels.Builder labels = after.toBuilder();
    for (int i = 0; i < after.size(); i++) {
      if (after.name(i).startsWith("__")) {
        labels.remove(after.name(i));
      }
    }
    if (!labels.has(Label.INSTANCE)) {
      labels.set(Label.INSTANCE, address);
    }
    return new Target(job, discovered, labels.build(), uri(job, after, address), interval, timeout);
  }

  private static Duration duration(Labels labels, String name) {
    OptionalLong millis = Durations.parse(labels.valueOrEmpty(name));
    if (millis.isEmpty()) {
      throw new IllegalArgumentException(
          name + " is '" + labels.valueOrEmpty(name) + "', which is no duration");
    }
    return Duration.ofMillis(millis.getAsLong());
  }

  private static URI uri(ScrapeJob job, Labels labels, String address) {
    String scheme = labels.valueOrEmpty(SCHEME);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException("its scheme is '" + scheme + "', not http or https");
    }
    String path = labels.valueOrEmpty(PATH);
    List<String> query = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(job.params().keySet());
    for (int i = 0; i < labels.size(); i++) {
      if (labels.name(i).startsWith(PARAM)) {
        names.add(labels.name(i).substring(PARAM.length()));
      }
    }
    for (String name : names) {
      List<String> values = new ArrayList<>(job.params().getOrDefault(name, List.of()));
      String first = labels.get(PARAM + name);
      if (!values.isEmpty()) {
        values.removeFirst();
      }
      if (first != null) {
        values.addFirst(first);
      }
      values.forEach(value -> query.add(encoded(name) + "=" + encoded(value)));
    }
    try {
      URI uri =
          new URI(
              scheme
                  + "://"
                  + address
                  + (path.startsWith("/") ? path : "/" + path)
                  + (query.isEmpty() ? "" : "?" + String.join("&", query)));
      if (uri.getHost() == null || uri.getUserInfo() != null) {
        throw new IllegalArgumentException("'" + address + "' is not an address");
      }
      return uri;
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + address + "' is not an address", e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// Whether another target is the same: what it is and how it is fetched.
  boolean isSame(@Nullable Target other) {
    return other != null
        && labels.equals(other.labels)
        && uri.equals(other.uri)
        && interval.equals(other.interval)
        && timeout.equals(other.timeout);
  }

  /// The address and what tells this target from others at it.
  String key() {
    return job.name() + " " + uri + " " + labels;
  }
}
