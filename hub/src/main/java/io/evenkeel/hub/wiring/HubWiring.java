package io.evenkeel.hub.wiring;

import io.evenkeel.agent.Agent;
import io.evenkeel.agent.AgentSettings;
import io.evenkeel.agent.CollectorStatus;
import io.evenkeel.agent.HostFacts;
import io.evenkeel.agent.profile.AsyncProfilerLibrary;
import io.evenkeel.agent.profile.Profiler;
import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.agent.tune.TuningPolicy;
import io.evenkeel.gateway.policy.HealthWeights;
import io.evenkeel.hub.alert.AlertEngine;
import io.evenkeel.hub.alert.AlertStore;
import io.evenkeel.hub.alert.RuleBook;
import io.evenkeel.hub.alert.RulePack;
import io.evenkeel.hub.alert.RulePreview;
import io.evenkeel.hub.alert.ThresholdAdvice;
import io.evenkeel.hub.api.AdminRoutes;
import io.evenkeel.hub.api.AgentDoor;
import io.evenkeel.hub.api.AlertRoutes;
import io.evenkeel.hub.api.ChannelRoutes;
import io.evenkeel.hub.api.ChartRoutes;
import io.evenkeel.hub.api.EnrolmentRoutes;
import io.evenkeel.hub.api.FindingRoutes;
import io.evenkeel.hub.api.FleetRoutes;
import io.evenkeel.hub.api.GatewayRoutes;
import io.evenkeel.hub.api.HealthRoutes;
import io.evenkeel.hub.api.HostRoutes;
import io.evenkeel.hub.api.HttpApi;
import io.evenkeel.hub.api.IncidentRoutes;
import io.evenkeel.hub.api.IngestRoutes;
import io.evenkeel.hub.api.LiveRoutes;
import io.evenkeel.hub.api.NoiseRoutes;
import io.evenkeel.hub.api.PoolRoutes;
import io.evenkeel.hub.api.ProbeRoutes;
import io.evenkeel.hub.api.ProfileRoutes;
import io.evenkeel.hub.api.PrometheusAnswers;
import io.evenkeel.hub.api.PrometheusStatusRoutes;
import io.evenkeel.hub.api.QueryRoutes;
import io.evenkeel.hub.api.Route;
import io.evenkeel.hub.api.SeriesRoutes;
import io.evenkeel.hub.api.SessionRoutes;
import io.evenkeel.hub.api.SettingsRoutes;
import io.evenkeel.hub.api.StatusRoutes;
import io.evenkeel.hub.api.TargetRoutes;
import io.evenkeel.hub.api.TrialRoutes;
import io.evenkeel.hub.api.TsdbAdminRoutes;
import io.evenkeel.hub.api.TuningRoutes;
import io.evenkeel.hub.api.UiFiles;
import io.evenkeel.hub.chart.Charts;
import io.evenkeel.hub.clean.CleanCounts;
import io.evenkeel.hub.clean.Cleaner;
import io.evenkeel.hub.config.EvenkeelConfig;
import io.evenkeel.hub.config.Version;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.diagnose.FindingWatch;
import io.evenkeel.hub.diagnose.HostFinding;
import io.evenkeel.hub.enrolment.AgentArchive;
import io.evenkeel.hub.enrolment.AgentGate;
import io.evenkeel.hub.enrolment.AgentLinks;
import io.evenkeel.hub.enrolment.AgentTls;
import io.evenkeel.hub.enrolment.CertificateAuthority;
import io.evenkeel.hub.enrolment.CommandDesk;
import io.evenkeel.hub.enrolment.EnrolledAgent;
import io.evenkeel.hub.enrolment.Enrolment;
import io.evenkeel.hub.enrolment.LinkFamilies;
import io.evenkeel.hub.enrolment.LinkWatch;
import io.evenkeel.hub.fleet.Fleet;
import io.evenkeel.hub.fleet.HostAttributeBook;
import io.evenkeel.hub.fleet.HostAttributes;
import io.evenkeel.hub.fleet.StatusStrips;
import io.evenkeel.hub.gateways.GatewayFamilies;
import io.evenkeel.hub.gateways.Gateways;
import io.evenkeel.hub.haproxy.Haproxies;
import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.hosts.HostWatch;
import io.evenkeel.hub.incident.Incidents;
import io.evenkeel.hub.ingest.Ingest;
import io.evenkeel.hub.ingest.IngestRoom;
import io.evenkeel.hub.ingest.Otlp;
import io.evenkeel.hub.ingest.OwnAgentSink;
import io.evenkeel.hub.ingest.RemoteWrite;
import io.evenkeel.hub.ingest.Source;
import io.evenkeel.hub.live.LiveHub;
import io.evenkeel.hub.live.LiveLimits;
import io.evenkeel.hub.logging.LogSetup;
import io.evenkeel.hub.notify.Notifications;
import io.evenkeel.hub.notify.NotifyMetrics;
import io.evenkeel.hub.pools.Pools;
import io.evenkeel.hub.pools.WeightLoop;
import io.evenkeel.hub.probe.Probes;
import io.evenkeel.hub.probe.ProbingServer;
import io.evenkeel.hub.processes.ProcessLog;
import io.evenkeel.hub.profile.Profiles;
import io.evenkeel.hub.rules.RecordingRules;
import io.evenkeel.hub.rules.RuleFolder;
import io.evenkeel.hub.rules.RuleFolderWatch;
import io.evenkeel.hub.scrape.Scraper;
import io.evenkeel.hub.security.Accounts;
import io.evenkeel.hub.security.ApiTokens;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.AuditTrail;
import io.evenkeel.hub.security.Doorkeeper;
import io.evenkeel.hub.security.LoginThrottle;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.PasswordHasher;
import io.evenkeel.hub.security.Preferences;
import io.evenkeel.hub.security.SecretBox;
import io.evenkeel.hub.security.SetupLinkFile;
import io.evenkeel.hub.settings.AgentAddress;
import io.evenkeel.hub.settings.CollectionPeriod;
import io.evenkeel.hub.settings.HostCollections;
import io.evenkeel.hub.telemetry.CleanFamilies;
import io.evenkeel.hub.telemetry.Family;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.hub.telemetry.MetricsPage;
import io.evenkeel.hub.telemetry.ProcessFamilies;
import io.evenkeel.hub.telemetry.QueryCacheFamilies;
import io.evenkeel.hub.telemetry.QueryPoolFamilies;
import io.evenkeel.hub.telemetry.RecordingFamilies;
import io.evenkeel.hub.telemetry.SelfSampler;
import io.evenkeel.hub.telemetry.StoreFamilies;
import io.evenkeel.hub.tune.AuditedServer;
import io.evenkeel.hub.tune.EnrolledServers;
import io.evenkeel.hub.tune.Feedback;
import io.evenkeel.hub.tune.KeptEffect;
import io.evenkeel.hub.tune.KeptFamilies;
import io.evenkeel.hub.tune.OwnServer;
import io.evenkeel.hub.tune.Pace;
import io.evenkeel.hub.tune.PooledBackends;
import io.evenkeel.hub.tune.Proposals;
import io.evenkeel.hub.tune.Rollouts;
import io.evenkeel.hub.tune.Trials;
import io.evenkeel.hub.tune.TunedServer;
import io.evenkeel.hub.tune.TunedServers;
import io.evenkeel.hub.tune.UntunedServer;
import io.evenkeel.hub.tune.measure.HostNumbers;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.hub.work.FairPool;
import io.evenkeel.model.outgoing.AddressRules;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryHelpers;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.cache.ResultCache;
import io.evenkeel.tsdb.engine.LocalStore;
import io.evenkeel.tsdb.engine.StoreSettings;
import io.evenkeel.tsdb.storage.StorageException;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import io.evenkeel.tsdb.storage.WriteLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every part of a running hub, built in the order of this page and closed in reverse.
public final class HubWiring implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HubWiring.class);

  /// Outside the data directory: whoever may write that must not widen what may be turned.

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  private final String hostName = HostName.current();
  private final Path data;
  private final HttpApi api;
  private final WebListener listener;
  private final Optional<String> setupLink;
  private volatile @Nullable Agent agent;
  private volatile @Nullable AlertEngine alerting;
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
      CpuPool pool = part(new CpuPool(Math.max(2, cores), 64 * cores));

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

      // Samples: where they are kept, and the way they take.
      TimeSeriesStore store =
          part(
              LocalStore.open(
                  directory.folder("tsdb"),
                  StoreSettings.DEFAULT
                      .keeping(
                          config.retention().keep(),
                          config.retention().minutes(),
                          config.retention().hours(),
                          config.retention().sizeBytes())
                      .accepting(WriteLimits.DEFAULT.withSeries(config.limits().series())),
                  clock));
      Optional<ResultCache> cache = ResultCache.of(store, cacheBytes(config));
      QueryLimits limits =
          QueryLimits.DEFAULT.costing(
              config.limits().queryTimeout(), config.limits().querySamples());
      // Who asks from outside takes neither memory nor turns from charts and rules.
      QueryEngine outsideQueries =
          new QueryEngine(store, limits, part(new QueryHelpers(Math.max(1, cores - 1))))
              .cached(cache);
      QueryEngine queries = outsideQueries.apart(limits.holding(limits.maxMemoryBytes() / 2));
      RecordingRules recording = part(new RecordingRules(queries, store, pool, clock));
      // Queries from outside have threads of their own: none of them holds up charts or rules.
      FairPool outside = part(new FairPool(Math.clamp(2L * cores, 4, 20), 128));
      HubMetrics metrics = new HubMetrics();
      CleanCounts doubts = new CleanCounts();
      HostRegistry hosts = part(new HostRegistry(database, clock, System::nanoTime));
      ProcessLog processes =
          part(new ProcessLog(directory.folder("processes"), ProcessLog.Retention.DEFAULT));
      LiveHub live = part(new LiveHub(store, pool, hosts, metrics, clock, LiveLimits.DEFAULT));
      Ingest ingest = new Ingest(new Cleaner(doubts), store, hosts, live, metrics);
      IngestRoom ingestRoom = new IngestRoom();
      RequestLimits ingestLimits =
          RequestLimits.DEFAULT.sized(
              config.limits().ingestCompressedBytes(), config.limits().ingestDecodedBytes());
      NotifyMetrics notified = new NotifyMetrics();
      Pools pools =
          part(
              new Pools(
                  database, audit, config.gatewayFile(), new Haproxies(config.haproxy()), clock));
      String instance = config.collection().instance().orElse(hostName);
      Gateways gateways = new Gateways(pools, instance, clock, System::nanoTime);
      Scraper scraper =
          part(
              new Scraper(
                  config.scrapeJobs(),
                  ingest,
                  new AddressRules(config.outgoing().privateNetworks()),
                  metrics,
                  clock,
                  System::nanoTime));
      Probes probes =
          part(
              new Probes(
                  database,
                  audit,
                  config.probes(),
                  ingest,
                  new AddressRules(config.outgoing().privateNetworks()),
                  id -> hosts.find(id).isPresent(),
                  clock,
                  System::nanoTime));
      KeptFamilies keptChanges = new KeptFamilies();
      AgentLinks links = new AgentLinks(clock, System::nanoTime);
      List<Family.Source> telemetry =
          List.of(
              metrics,
              notified,
              new CleanFamilies(doubts),
              new StoreFamilies(store),
              new QueryPoolFamilies(outside),
              cache.<Family.Source>map(QueryCacheFamilies::new).orElse(List::of),
              new RecordingFamilies(recording),
              new GatewayFamilies(pools, gateways),
              keptChanges,
              new LinkFamilies(links, hosts),
              new ProcessFamilies());

      // This machine is watched from here on, so that there is something to show when the hub
      // answers.
      HostAttributeBook said = new HostAttributeBook(database, hosts, audit);
      HostCollections collections =
          new HostCollections(database, audit, period, id -> said.of(id).group());
      said.onChange(collections::tell);
      Agent own =
          part(watchThisMachine(config, instance, ingest, hosts, processes, collections, clock));
      agent = own;

      // Its knobs, as far as its own policy lets anybody turn them; leases end before the store
      // does.
      TunedServer ownKnobs = ownKnobs(instance, own, directory.folder("tuning"), clock);

      // Who is told.
      Notifications notifications =
          part(
              new Notifications(
                  database,
                  audit,
                  SecretBox.open(data.resolve("secret-key")),
                  new AddressRules(config.outgoing().privateNetworks()),
                  notified,
                  this::isAlerting,
                  clock));
      String publicUrl = config.publicUrl().orElse("");
      Incidents incidents =
          part(
              new Incidents(
                  database,
                  audit,
                  notifications,
                  publicUrl,
                  hosts::isInDoubt,
                  said::completing,
                  clock));
      AlertStore alertStore = new AlertStore();
      RulePack pack = RulePack.load();
      RuleBook rules = new RuleBook(database, alertStore, audit, clock, pack.rules(), pack.texts());
      RuleFolder folder = ruleFiles(data.resolve("rules"));
      rules.onChange(changed -> recording.use(rules.sources()));
      rules.useFolder(folder.files());
      AlertEngine alerts =
          part(
              new AlertEngine(
                  database, alertStore, rules, queries, store, pool, incidents, publicUrl, clock));
      alerting = alerts;
      ingest.onArrival(alerts::arrived);

      // What is wrong.
      FindingWatch findings = part(new FindingWatch(database, store, hosts, pool, clock));

      // Other servers.
      List<String> names = OwnNames.of(config.publicUrl(), hostName);
      CertificateAuthority authority =
          CertificateAuthority.open(data.resolve("authority"), Set.copyOf(names), clock);
      Enrolment enrolment = new Enrolment(database, audit, hosts, authority, links, clock);
      CommandDesk commands = new CommandDesk(clock);
      Profiler profiler =
          part(
              new Profiler(
                  AsyncProfilerLibrary.unpack(directory.folder("native")),
                  clock,
                  System::nanoTime));
      Profiles profiles =
          part(
              new Profiles(
                  database,
                  audit,
                  hosts,
                  commands,
                  id -> commands.isAttached(id) || enrolment.find(id).isPresent(),
                  directory.folder("profiles"),
                  clock));
      hosts
          .idFor(instance)
          .ifPresent(id ->
              commands.attach(
                  id, new OwnCommands(own, profiler, report -> profiles.delivered(id, report))));
      RemoteWrite remoteWrite = new RemoteWrite(ingest, ingestRoom, ingestLimits);
      AgentArchive archive = new AgentArchive(data.resolve("agent"));
      AgentListener agents =
          part(
              new AgentListener(
                  new AgentDoor(
                      new AgentGate(
                          enrolment,
                          links,
                          commands,
                          hosts,
                          collections,
                          config.limits().seriesPerAgent(),
                          clock),
                      enrolment,
                      remoteWrite,
                      archive,
                      profiles,
                      probes.onServers(),
                      agent -> probing(agent, said),
                      metrics),
                  AgentTls.context(authority, clock),
                  new AgentAddress(database, audit),
                  names));

      // Changes and trials of them; they end while agents can still be told.
      EnrolledServers enrolled =
          new EnrolledServers(enrolment, links, commands, collections, System::nanoTime);
      TunedServers tuned =
          new TunedServers(
              new AuditedServer(ownKnobs, database, audit),
              () ->
                  enrolled.get().stream()
                      .<TunedServer>map(server -> new AuditedServer(server, database, audit))
                      .toList());
      HostNumbers numbers = new HostNumbers(queries, pool);
      PooledBackends backends = backends(pools, gateways);
      Trials trials = part(new Trials(database, audit, tuned, numbers, backends, Pace.REAL, clock));
      Rollouts rollouts =
          part(
              new Rollouts(
                  database,
                  audit,
                  trials,
                  tuned,
                  host -> groupPeers(host, hosts, said),
                  findings::hasSame,
                  clock));
      Feedback feedback =
          part(new Feedback(database, tuned, new KeptEffect(numbers), keptChanges, clock));

      // The front door.
      PrometheusAnswers answers = new PrometheusAnswers(outside, outsideQueries.limits());
      List<Route> routes =
          Stream.of(
                  new HealthRoutes(() -> ready, this::isAlerting).routes(),
                  new SessionRoutes(
                          accounts, new Preferences(database), Version.current(), instance)
                      .routes(),
                  new AdminRoutes(accounts, tokens, new AuditTrail(database, audit)).routes(),
                  new SettingsRoutes(period, collections, hosts, said).routes(),
                  new ChannelRoutes(notifications).routes(),
                  new IncidentRoutes(incidents, clock).routes(),
                  new AlertRoutes(rules, alerts, recording, new RulePreview(queries, pool, clock))
                      .routes(),
                  new NoiseRoutes(rules, incidents, new ThresholdAdvice(queries, pool, clock))
                      .routes(),
                  new IngestRoutes(remoteWrite, new Otlp(ingest, ingestRoom, ingestLimits), metrics)
                      .routes(),
                  new TargetRoutes(scraper).routes(),
                  new ProbeRoutes(probes).routes(),
                  new PoolRoutes(pools, gateways, clock).routes(),
                  new GatewayRoutes(gateways).routes(),
                  new FindingRoutes(findings, hosts).routes(),
                  new ProfileRoutes(profiles).routes(),
                  new EnrolmentRoutes(enrolment, links, commands, authority, agents, archive)
                      .routes(),
                  new LiveRoutes(live, metrics).routes(),
                  new ChartRoutes(new Charts(queries, pool, hosts, metrics)).routes(),
                  new HostRoutes(hosts, processes, store, this::collectors, collections, clock)
                      .routes(),
                  new FleetRoutes(
                          new Fleet(
                              hosts,
                              said,
                              alerts::status,
                              () -> incidents.maintenanceNow(HostAttributes.HOST_LABELS),
                              enrolment,
                              Version.current()),
                          new StatusStrips(queries, pool, clock),
                          said)
                      .routes(),
                  new StatusRoutes(
                          store,
                          metrics,
                          notified,
                          cache,
                          new MetricsPage(store, instance, telemetry, clock),
                          data,
                          tuned.own().standing().problem(),
                          clock)
                      .routes(),
                  new QueryRoutes(outsideQueries, store, answers, metrics, clock).routes(),
                  new SeriesRoutes(store, answers, clock).routes(),
                  new PrometheusStatusRoutes(store, answers, config, data, clock).routes(),
                  new TsdbAdminRoutes(store, data, clock).routes(),
                  new TuningRoutes(tuned, trials, backends).routes(),
                  new TrialRoutes(
                          trials,
                          tuned,
                          new Proposals(
                              id -> findings.find(id).map(HostFinding.Detail::finding),
                              tuned,
                              numbers,
                              clock),
                          rollouts)
                      .routes())
              .flatMap(List::stream)
              .toList();
      api =
          new HttpApi(
              routes,
              new Doorkeeper(accounts, tokens),
              config.publicUrl(),
              new UiFiles(),
              metrics::http);
      listener = part(WebListener.open(config, api));
      setupLink =
          switch (accounts.openSetupLink(listener.localUrl())) {
            case Outcome.Done<String>(String link) -> Optional.of(link);
            case Outcome.Refused<String> setUpAlready -> Optional.empty();
          };

      // What works by itself; streams end before the front door closes, which waits for answers.
      part(live::close);
      notifications.start();
      incidents.start();
      part(new HostWatch(hosts, store, clock, live::hosts)).start();
      part(new RuleFolderWatch(data.resolve("rules"), folder, rules::useFolder)).start();
      part(new SelfSampler(telemetry, store, instance, clock)).start();
      scraper.start();
      probes.start();
      agents.start(config.agents());
      part(new LinkWatch(enrolment, links)).start();
      pools.start();
      trials.start();
      rollouts.start();
      feedback.start();
      part(new WeightLoop(pools, queries, pool, HealthWeights.Settings.USUAL, clock)).start();
      ready = true;

      // What keeps every core busy at first comes last, so that nobody waits for it.
      recording.start();
      alerts.start();
      findings.start();
      LOG.info("Evenkeel {} answers on {}, data in {}", Version.current(), url(), data);
    } catch (StartFailure e) {
      close();
      throw e;
    } catch (IOException e) {
      close();
      throw new StartFailure("scraping or profiling cannot start: " + e.getMessage(), e);
    } catch (DatabaseException | StorageException | UncheckedIOException e) {
      close();
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// The backends that a trial may drain: of the hub's own balancer with the gateways that run its
  /// pools, and of each HAProxy that it steers. HAProxy has no slow start after a drain.
  private static PooledBackends backends(Pools pools, Gateways gateways) {
    return new PooledBackends(
        pools::states,
        name ->
            pools.configured().stream()
                .filter(one -> one.name().equals(name))
                .mapToLong(one -> one.health().slowStart().toSeconds())
                .max()
                .orElse(0),
        (pool, backend, draining, actor) ->
            pools.drain(pool, backend, draining, actor) instanceof Outcome.Refused<?> refused
                ? Optional.of(refused.message().en())
                : Optional.empty(),
        member -> {
          Gateways.Standing told = gateways.standing(member.pool(), member.backend());
          return new PooledBackends.Standing(told.heldBack(), told.inFlight(), told.silent());
        });
  }

  /// A journal that cannot be trusted stops tuning, not the hub.
  private TunedServer ownKnobs(String instance, Agent own, Path folder, Clock clock) {
    try {
      TuningExecutor executor =
          part(
              TuningExecutor.start(
                  new TuningExecutor.Settings(
                      Path.of("/"), folder, TuningPolicy.FILE, TuningPolicy.ROOT),
                  clock,
                  System::nanoTime));
      return new OwnServer(instance, executor, own::collectEvery);
    } catch (IOException e) {
      LOG.error("The hub starts without tuning: {}", e.getMessage());
      return new UntunedServer(instance, String.valueOf(e.getMessage()));
    }
  }

  /// The other hosts of a host's group; none where it has no group.
  private static Set<String> groupPeers(
      String host, HostRegistry hosts, HostAttributeBook attributes) {
    String group = hosts.idOf(host).map(id -> attributes.of(id).group()).orElse("");
    return group.isEmpty()
        ? Set.of()
        : hosts.all().stream()
            .filter(one -> !one.name().equals(host))
            .filter(one -> attributes.of(one.id()).group().equals(group))
            .map(Host::name)
            .collect(Collectors.toSet());
  }

  private static long cacheBytes(EvenkeelConfig config) {
    return config.limits().queryCacheBytes().orElse(Runtime.getRuntime().maxMemory() / 16);
  }

  private static RuleFolder ruleFiles(Path folder) throws StartFailure {
    RuleFolder rules = RuleFolder.read(folder);
    if (!rules.problems().isEmpty()) {
      throw new StartFailure(
          "rule files are not in order: " + String.join("; ", rules.problems()), null);
    }
    return rules;
  }

  private static Agent watchThisMachine(
      EvenkeelConfig config,
      String instance,
      Ingest ingest,
      HostRegistry hosts,
      ProcessLog processes,
      HostCollections collections,
      Clock clock) {
    String id = hosts.idFor(instance).orElse("");
    String version = Version.current();
    AgentSettings settings =
        AgentSettings.of(instance, collections.of(id).period(), config.collection().textfiles());
    String os = HostFacts.read(settings.root()).os();
    OwnAgentSink sink =
        new OwnAgentSink(
            ingest,
            hosts,
            processes,
            instance,
            () -> Source.ownAgent(version, collections.of(id).period().toMillis(), os),
            System::nanoTime);
    Agent own = Agent.start(settings, sink, clock);
    Runnable follow =
        () -> {
          HostCollections.InForce now = collections.of(id);
          own.setPeriod(now.period());
          own.setSwitchedOff(now.switchedOff());
        };
    follow.run();
    collections.onChange(follow);
    return own;
  }

  private static ProbingServer probing(EnrolledAgent agent, HostAttributeBook said) {
    HostAttributes attributes = said.of(agent.hostId());
    Set<String> names = new HashSet<>(agent.former());
    names.add(agent.instance());
    return new ProbingServer(
        agent.hostId(),
        agent.instance(),
        names,
        attributes.group(),
        new HashSet<>(attributes.tags()));
  }

  private boolean isAlerting() {
    AlertEngine alerts = alerting;
    return alerts != null && alerts.isAlive();
  }

  private List<CollectorStatus> collectors() {
    Agent own = agent;
    return own == null ? List.of() : own.statuses();
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
    if (ready) {
      LOG.info("Evenkeel stops");
    }
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
