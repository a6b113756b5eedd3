package io.evenkeel.hub.notify;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.notify.channel.ChannelKind;
import io.evenkeel.hub.notify.channel.Channels;
import io.evenkeel.hub.notify.channel.FieldValues;
import io.evenkeel.hub.notify.channel.Recipient;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.Outcome.Reason;
import io.evenkeel.hub.security.Secret;
import io.evenkeel.model.Text;
import io.evenkeel.model.outgoing.AddressRules;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The channels that people have set up: made, changed, removed, each checked as a whole. Safe for
/// use by many threads.
public final class ChannelRegistry {
  private static final int MOST_CHANNELS = 200;
  private static final int MOST_RECIPIENTS = 50;
  private static final int LONGEST_NAME = 60;
  private static final int ID_BITS = 96;

  /// Inputs that decide to whom the secrets are sent.
  private static final Set<String> DESTINATION =
      Set.of("server", "host", "port", "tls", "security", "address", "proxy", "authorities");

  private final Database database;
  private final ChannelStore channels;
  private final AuditStore audit;
  private final AddressRules rules;
  private final InstantSource clock;
  private final Runnable changed;

  /// @param rules which addresses may be entered
  /// @param changed is called after each change
  ChannelRegistry(
      Database database,
      ChannelStore channels,
      AuditStore audit,
      AddressRules rules,
      InstantSource clock,
      Runnable changed) {
    this.database = database;
    this.channels = channels;
    this.audit = audit;
    this.rules = rules;
    this.clock = clock;
    this.changed = changed;
  }

  /// All channels by name.
  public List<ChannelSettings> all() {
    return database.read(channels::all);
  }

  /// All channels by name, in a transaction.
  public List<ChannelSettings> all(Transaction transaction) {
    return channels.all(transaction);
  }

  /// The enabled channels by name and whom they reach, in a transaction.
  public List<ToldChannel> told(Transaction transaction) {
    return channels.told(transaction);
  }

  public Outcome<ChannelSettings> create(ChannelEntry entry, String actor) {
    String id = Secret.random("", ID_BITS).text();
    Outcome<ChannelSettings> outcome =
        database.write(transaction -> {
          Outcome<ChannelSettings> checked = check(transaction, id, entry, null);
          if (checked instanceof Outcome.Done<ChannelSettings>(ChannelSettings channel)) {
            if (channels.all(transaction).size() >= MOST_CHANNELS) {
              return Outcome.refused(
                  Reason.CONFLICT,
                  Text.of(
                      "There are " + MOST_CHANNELS + " channels already.",
                      "已有 " + MOST_CHANNELS + " 个渠道。"));
            }
            channels.insert(transaction, channel);
            audit.append(
                transaction, actor, "channel.create", channel.name(), channel.kind().name());
          }
          return checked;
        });
    changed.run();
    return outcome;
  }

  public Outcome<ChannelSettings> update(String id, ChannelEntry entry, String actor) {
    Outcome<ChannelSettings> outcome =
        database.write(transaction -> {
          Optional<ChannelSettings> known = channels.find(transaction, id);
          if (known.isEmpty()) {
            return unknown(id);
          }
          Outcome<ChannelSettings> checked = check(transaction, id, entry, known.get());
          if (checked instanceof Outcome.Done<ChannelSettings>(ChannelSettings channel)) {
            channels.update(transaction, channel);
            audit.append(
                transaction,
                actor,
                "channel.change",
                channel.name(),
                channel.enabled() ? "enabled" : "disabled");
          }
          return checked;
        });
    changed.run();
    return outcome;
  }

  public Outcome<ChannelSettings> delete(String id, String actor) {
    Outcome<ChannelSettings> outcome =
        database.write(transaction -> {
          Optional<ChannelSettings> known = channels.find(transaction, id);
          if (known.isEmpty()) {
            return unknown(id);
          }
          channels.delete(transaction, id);
          audit.append(transaction, actor, "channel.delete", known.get().name(), "");
          return Outcome.done(known.get());
        });
    changed.run();
    return outcome;
  }

  /// An entry as settings, checked but not kept: for trying it.
  ///
  /// @param id the channel whose secrets hold where the entry has none, or null
  public Outcome<ChannelSettings> draft(@Nullable String id, ChannelEntry entry) {
    return database.read(transaction -> {
      Optional<ChannelSettings> known =
          id == null ? Optional.empty() : channels.find(transaction, id);
      return id != null && known.isEmpty()
          ? unknown(id)
          : check(transaction, id == null ? "draft" : id, entry, known.orElse(null));
    });
  }

  private static Outcome<ChannelSettings> unknown(String id) {
    return Outcome.refused(
        Reason.NOT_FOUND,
        Text.of("There is no channel with the id '" + id + "'.", "没有 ID 为“" + id + "”的渠道。"));
  }

  private Outcome<ChannelSettings> check(
      Transaction transaction, String id, ChannelEntry entry, @Nullable ChannelSettings known) {
    String name = entry.name().strip();
    if (name.isEmpty()
        || name.length() > LONGEST_NAME
        || name.chars().anyMatch(Character::isISOControl)) {
      return Outcome.invalid(
          "name",
          Text.of(
              "A channel's name has 1 to " + LONGEST_NAME + " characters.",
              "渠道名称有 1 至 " + LONGEST_NAME + " 个字符。"));
    }
    List<ChannelSettings> all = channels.all(transaction);
    if (all.stream().anyMatch(one -> one.name().equals(name) && !one.id().equals(id))) {
      return Outcome.invalid(
          "name", Text.of("There is a channel '" + name + "' already.", "已有名为“" + name + "”的渠道。"));
    }
    Optional<ChannelKind> kind = Channels.named(entry.kind());
    if (kind.isEmpty() || known != null && !known.kind().name().equals(entry.kind())) {
      return Outcome.invalid(
          "kind",
          Text.of(
              "There is no kind of channel '" + entry.kind() + "' here.",
              "这里没有“" + entry.kind() + "”类型的渠道。"));
    }
    Text circle = circle(all, id, entry.fallbackId());
    if (!circle.saysNothing()) {
      return Outcome.invalid("fallbackId", circle);
    }
    Text recipients = problemWith(kind.get(), entry.recipients());
    if (!recipients.saysNothing()) {
      return Outcome.invalid("recipients", recipients);
    }
    return assemble(id, name, kind.get(), entry, known);
  }

  private Outcome<ChannelSettings> assemble(
      String id,
      String name,
      ChannelKind kind,
      ChannelEntry entry,
      @Nullable ChannelSettings known) {
    Map<String, String> form = new HashMap<>();
    Map<String, String> secrets = new HashMap<>();
    entry
        .form()
        .forEach((key, value) -> {
          if (!value.isBlank()) {
            (kind.isSecret(key) ? secrets : form).put(key, value.strip());
          }
        });
    Map<String, String> kept = known == null ? Map.of() : known.secrets();
    Set<String> taken = new HashSet<>(kept.keySet());
    taken.removeAll(secrets.keySet());
    entry.forget().forEach(taken::remove);
    if (known != null && !taken.isEmpty()) {
      for (String key : DESTINATION) {
        if (!kind.isSecret(key) && !Objects.equals(known.form().get(key), form.get(key))) {
          return Outcome.invalid(
              taken.stream().sorted().findFirst().orElse(key),
              Text.of(
                  "The service's address has changed: enter this secret again, so that it does not go"
                      + " to somebody else.",
                  "服务地址已更改：请重新输入此保密项，以免发给他人。"));
        }
      }
    }
    taken.forEach(key -> secrets.put(key, kept.getOrDefault(key, "")));
    ChannelSettings settings =
        new ChannelSettings(
            id,
            name,
            kind,
            form,
            secrets,
            entry.recipients(),
            entry.fallbackId(),
            entry.enabled(),
            known == null ? clock.millis() : known.createdAt());
    return switch (kind.read(settings.entered())) {
      case ChannelKind.Read.Ready(ChannelKind.Opened opened) ->
          refusedAddress(kind, opened.destinations()).orElseGet(() -> Outcome.done(settings));
      case ChannelKind.Read.Wrong(List<FieldValues.Problem> problems) ->
          Outcome.invalid(problems.getFirst().field(), sentence(kind, problems.getFirst()));
    };
  }

  /// An address that would be refused when it is called is refused here already.
  private Optional<Outcome<ChannelSettings>> refusedAddress(
      ChannelKind kind, List<FieldValues.Destination> destinations) {
    for (FieldValues.Destination to : destinations) {
      Text problem = rules.problemWith(to.host(), to.reach());
      if (!problem.saysNothing()) {
        return Optional.of(
            Outcome.invalid(
                to.field(), sentence(kind, new FieldValues.Problem(to.field(), problem))));
      }
    }
    return Optional.empty();
  }

  private static Text sentence(ChannelKind kind, FieldValues.Problem problem) {
    Text label =
        kind.fields().stream()
            .filter(field -> field.key().equals(problem.field()))
            .map(field -> Text.of(field.label().en(), field.label().zh()))
            .findFirst()
            .orElse(Text.of(problem.field(), problem.field()));
    Text message = problem.message();
    return Text.of(message.en() + ".", message.zh() + "。").behind(label);
  }

  private static Text problemWith(ChannelKind kind, List<Recipient> recipients) {
    if (recipients.isEmpty()) {
      return Text.of("Somebody must be told: enter at least one recipient.", "须通知到人：请至少填写一个收件人。");
    }
    if (recipients.size() > (kind.to() == ChannelKind.To.ONE_PLACE ? 1 : MOST_RECIPIENTS)) {
      return Text.of("There are too many recipients.", "收件人过多。");
    }
    if (recipients.stream().map(Recipient::address).distinct().count() < recipients.size()) {
      return Text.of("A recipient is there twice.", "有收件人重复。");
    }
    return recipients.stream()
        .map(recipient -> kind.problemWith(recipient.address()))
        .filter(problem -> !problem.saysNothing())
        .findFirst()
        .orElse(Text.NONE);
  }

  /// What is wrong with a fallback: it must exist and must not lead back.
  private static Text circle(List<ChannelSettings> all, String id, @Nullable String fallbackId) {
    Set<String> seen = new HashSet<>(Set.of(id));
    String next = fallbackId;
    while (next != null) {
      String current = next;
      if (!seen.add(current)) {
        return Text.of("The fallbacks lead in a circle.", "备用渠道形成了循环。");
      }
      Optional<ChannelSettings> channel =
          all.stream().filter(one -> one.id().equals(current)).findFirst();
      if (channel.isEmpty()) {
        return Text.of("The fallback channel does not exist.", "备用渠道不存在。");
      }
      next = channel.get().fallbackId();
    }
    return Text.NONE;
  }
}
