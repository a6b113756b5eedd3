package io.evenkeel.hub.wiring;

import io.evenkeel.hub.api.AdminRoutes;
import io.evenkeel.hub.api.HealthRoutes;
import io.evenkeel.hub.api.HttpApi;
import io.evenkeel.hub.api.Route;
import io.evenkeel.hub.api.SessionRoutes;
import io.evenkeel.hub.api.SettingsRoutes;
import io.evenkeel.hub.api.UiFiles;
import io.evenkeel.hub.config.EvenkeelConfig;
import io.evenkeel.hub.config.Version;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.logging.LogSetup;
import io.evenkeel.hub.security.Accounts;
import io.evenkeel.hub.security.ApiTokens;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.AuditTrail;
import io.evenkeel.hub.security.Doorkeeper;
import io.evenkeel.hub.security.LoginThrottle;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.PasswordHasher;
import io.evenkeel.hub.security.Preferences;
import io.evenkeel.hub.security.SetupLinkFile;
import io.evenkeel.hub.settings.CollectionPeriod;
import io.evenkeel.hub.work.CpuPool;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every part of a running hub, built in the order of this page and closed in reverse.
public final class HubWiring implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HubWiring.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final String hostName = HostName.current();
  private final Path data;
  private final HttpApi api;
  private final WebListener listener;
  private final Optional<String> setupLink;
  private volatile boolean ready;

  /// Starts a hub; it answers when this returns.
  ///
  /// @throws StartFailure when it cannot; nothing stays open then
  public static HubWiring start(EvenkeelConfig config, Clock clock) throws StartFailure {
    return new HubWiring(config, clock);
  }

  @SuppressWarnings("this-escape") // `this::…` goes to parts that are asked only after the start
  private HubWiring(EvenkeelConfig config, Clock clock) throws StartFailure {
    try {
      // What everything stands on.
      DataDirectory directory = part(DataDirectory.open(config.data()));
      data = directory.path();
      part(LogSetup.toFiles(directory.folder("logs")));
      int cores = Runtime.getRuntime().availableProcessors();
      part(new CpuPool(Math.max(2, cores), 64 * cores));

      // Settings and who may change them.
      Database database = part(Database.open(data.resolve("settings.db")));
      AuditStore audit = new AuditStore(clock);
      Accounts accounts =
          new Accounts(
              database,
              new SetupLinkFile(data.resolve("setup-link")),
              audit,
              part(new PasswordHasher()),
              new LoginThrottle(clock),
              clock);
      ApiTokens tokens = new ApiTokens(database, audit, clock);
      CollectionPeriod period = new CollectionPeriod(database, audit, config.collection().period());

      // The front door.
      List<Route> routes =
          Stream.of(
                  new HealthRoutes(() -> ready).routes(),
                  new SessionRoutes(
                          accounts, new Preferences(database), Version.current(), hostName)
                      .routes(),
                  new AdminRoutes(accounts, tokens, new AuditTrail(database, audit)).routes(),
                  new SettingsRoutes(period).routes())
              .flatMap(List::stream)
              .toList();
      api =
          new HttpApi(
              routes,
              new Doorkeeper(accounts, tokens),
              config.publicUrl(),
              new UiFiles(),
              (method, route, status, nanos) -> {});
      listener = part(WebListener.open(config, api));
      setupLink =
          switch (accounts.openSetupLink(listener.localUrl())) {
            case Outcome.Done<String>(String link) -> Optional.of(link);
            case Outcome.Refused<String> setUpAlready -> Optional.empty();
          };
      ready = true;
    } catch (StartFailure e) {
      close();
      throw e;
    } catch (DatabaseException | UncheckedIOException e) {
      close();
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// The data directory, absolute.
  public Path data() {
    return data;
  }

  /// Where people open the pages on this machine.
  public String url() {
    return listener.localUrl();
  }

  /// The listening port.
  public int port() {
    return listener.port();
  }

  /// The name of this machine.
  public String hostName() {
    return hostName;
  }

  /// The one-time link to set the administrator's password, while there is no account.
  public Optional<String> setupLink() {
    return setupLink;
  }

  /// The whole route table.
  public List<Route> routes() {
    return api.routes();
  }

  /// Stops answering, then closes every part in reverse; a part that fails to close does not keep
  /// the others open.
  @Override
  public void close() {
    ready = false;
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.removeLast();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("{} did not close cleanly", part.getClass().getSimpleName(), e);
      }
    }
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.addLast(part);
    return part;
  }
}
