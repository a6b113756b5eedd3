package io.evenkeel.hub.command;

import io.evenkeel.hub.security.ApiToken;
import io.evenkeel.hub.security.ApiTokens;
import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Makes, lists and revokes API tokens, also while the hub runs.
@Command(
    name = "token",
    description = "Make, list or revoke API tokens.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(create | list | revoke)")
final class TokenCommand implements Callable<Integer> {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);

  @Spec private CommandSpec spec = CommandSpec.create();
  private final Clock clock;

  TokenCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return 2;
  }

  @Command(
      name = "create",
      description = "Make a token and print its secret, this once.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin HubOptions options,
      @Parameters(paramLabel = "NAME", description = "What uses it.") String name,
      @Option(
              names = "--scope",
              defaultValue = "api",
              description = "api, or ingest: deliver samples and nothing else (default: api).")
          String scope,
      @Option(
              names = "--role",
              defaultValue = "viewer",
              description = "viewer, operator or admin (default: viewer).")
          String role,
      @Option(
              names = "--days",
              defaultValue = "365",
              description = "How long it lasts (default: 365).")
          int days)
      throws Exception {
    Scope wantedScope =
        Scope.of(scope).orElseThrow(() -> new CommandFailure("--scope is api, ingest or gateway"));
    Role wantedRole =
        Role.of(role).orElseThrow(() -> new CommandFailure("--role is viewer, operator or admin"));
    try (SettingsFile settings = SettingsFile.open(options.read().data(), clock)) {
      ApiTokens.NewToken token =
          CommandFailure.resultOf(
              settings.tokens().create(name, wantedRole, wantedScope, days, SettingsFile.ACTOR));
      out().println(token.secret().text());
      return 0;
    }
  }

  @Command(
      name = "list",
      description = "List the tokens, without their secrets.",
      mixinStandardHelpOptions = true)
  int list(@Mixin HubOptions options) throws Exception {
    String row = "%-14s %-24s %-8s %-9s %-12s %s%n";
    try (SettingsFile settings = SettingsFile.open(options.read().data(), clock)) {
      out().printf(row, "ID", "NAME", "SCOPE", "ROLE", "EXPIRES", "LAST USED");
      for (ApiToken token : settings.tokens().all()) {
        out()
            .printf(
                row,
                token.id(),
                token.name(),
                token.scope().wireName(),
                token.role().wireName(),
                day(token.expiresAt()),
                day(token.lastUsedAt()));
      }
      return 0;
    }
  }

  @Command(name = "revoke", description = "End a token at once.", mixinStandardHelpOptions = true)
  int revoke(
      @Mixin HubOptions options,
      @Parameters(paramLabel = "ID", description = "From 'evenkeel token list'.") String id)
      throws Exception {
    try (SettingsFile settings = SettingsFile.open(options.read().data(), clock)) {
      ApiToken token = CommandFailure.resultOf(settings.tokens().revoke(id, SettingsFile.ACTOR));
      out().println("The token '" + token.name() + "' is revoked.");
      return 0;
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private static String day(@Nullable Instant instant) {
    return instant == null ? "never" : DAY.format(instant);
  }
}
