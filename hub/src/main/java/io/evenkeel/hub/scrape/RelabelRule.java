package io.evenkeel.hub.scrape;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.evenkeel.model.Labels;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One step of relabelling, with Prometheus's meaning. Immutable.
///
/// @param sourceLabels whose values, joined by the separator, are looked at
/// @param regex must match the whole of them
/// @param targetLabel the label that is written, a template for `replace`
/// @param modulus for `hashmod`
/// @param replacement the template of the new value, with `$1` and `${name}`
public record RelabelRule(
    Action action,
    List<String> sourceLabels,
    String separator,
    Pattern regex,
    String targetLabel,
    long modulus,
    String replacement) {

  /// What a step does.
  public enum Action {
    REPLACE,
    KEEP,
    DROP,
    KEEPEQUAL,
    DROPEQUAL,
    HASHMOD,
    LABELMAP,
    LABELDROP,
    LABELKEEP,
    LOWERCASE,
    UPPERCASE;

    /// The action as it is written in a file.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public RelabelRule {
    sourceLabels = List.copyOf(sourceLabels);
  }

  /// Takes labels through steps; null when one of them drops what has these labels.
  public static @Nullable Labels apply(List<RelabelRule> rules, Labels labels) {
    Labels now = labels;
    for (RelabelRule rule : rules) {
      now = rule.apply(now);
      if (now == null) {
        return null;
      }
    }
    return now;
  }

  /// Takes labels through this step; null when it drops what has these labels.
  private @Nullable Labels apply(Labels labels) {
    return switch (action) {
      case KEEP -> regex.matches(source(labels)) ? labels : null;
      case DROP -> regex.matches(source(labels)) ? null : labels;
      case KEEPEQUAL -> labels.valueOrEmpty(targetLabel).equals(source(labels)) ? labels : null;
      case DROPEQUAL -> labels.valueOrEmpty(targetLabel).equals(source(labels)) ? null : labels;
      case REPLACE -> replaced(labels);
      case HASHMOD -> labels.with(targetLabel, hash(source(labels)));
      case LOWERCASE -> labels.with(targetLabel, source(labels).toLowerCase(Locale.ROOT));
      case UPPERCASE -> labels.with(targetLabel, source(labels).toUpperCase(Locale.ROOT));
      case LABELMAP -> mapped(labels);
      case LABELDROP -> labels.without(matching(labels));
      case LABELKEEP -> labels.keep(matching(labels));
    };
  }

  private String source(Labels labels) {
    if (sourceLabels.size() == 1) {
      return labels.valueOrEmpty(sourceLabels.getFirst());
    }
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < sourceLabels.size(); i++) {
      joined.append(i == 0 ? "" : separator).append(labels.valueOrEmpty(sourceLabels.get(i)));
    }
    return joined.toString();
  }

  private Labels replaced(Labels labels) {
    Matcher matcher = regex.matcher(source(labels));
    if (!matcher.matches()) {
      return labels;
    }
    String target = RelabelTemplate.expand(targetLabel, matcher);
    return target.isEmpty()
        ? labels
        : labels.with(target, RelabelTemplate.expand(replacement, matcher));
  }

  private Labels mapped(Labels labels) {
    Labels.Builder result = labels.toBuilder();
    for (int i = 0; i < labels.size(); i++) {
      Matcher matcher = regex.matcher(labels.name(i));
      if (matcher.matches()) {
        String name = RelabelTemplate.expand(replacement, matcher);
        if (!name.isEmpty()) {
          result.set(name, labels.value(i));
        }
      }
    }
    return result.build();
  }

  private List<String> matching(Labels labels) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      if (regex.matches(labels.name(i))) {
        names.add(labels.name(i));
      }
    }
    return names;
  }

  /// The last eight bytes of the MD5 sum, modulo: what Prometheus takes, so that both spread
  /// targets over servers alike. It is no secret that is hashed.
  private String hash(String value) {
    try {
      byte[] sum = MessageDigest.getInstance("MD5").digest(value.getBytes(StandardCharsets.UTF_8));
      byte[] last = new byte[8];
      System.arraycopy(sum, 8, last, 0, 8);
      return new BigInteger(1, last).mod(BigInteger.valueOf(modulus)).toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }
}
