package io.evenkeel.hub.clean;

import io.evenkeel.hub.clean.KnownSeries.Owner;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.tsdb.storage.AppendReport;
import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The gate that every batch passes before it is stored. Safe for use by many threads.
///
/// What it refuses leaves the batch and is counted; what it finds odd stays as it came and is
/// counted or marked. Cost: a sample of a foreign series costs one test of its bits, and the series
/// one look into a table that says which instance it is about; only the counters and golden signals
/// of hosts are remembered from batch to batch.
public final class Cleaner {
  private static final int MAX_HOSTS = 20_000;
  private static final long EXPONENT = 0x7FF0_0000_0000_0000L;
  private static final Owner NOBODY = new Owner("", null);

  private final CleanCounts counts;
  private final Map<String, HostCheck> hosts = new ConcurrentHashMap<>();
  private final KnownSeries known = KnownSeries.within(Runtime.getRuntime().maxMemory());

  public Cleaner(CleanCounts counts) {
    this.counts = counts;
  }

  /// Checks a batch, takes refused samples out and adds the marks of suspect values.
  ///
  /// @param source who sent it, named where a sample names no host
  /// @param complete whether the batch holds everything that its hosts reported at its newest time,
  ///   as an agent's does; a remote write sender may split one scrape over several requests
  public CleanReport clean(String source, boolean complete, SampleBatch batch) {
    Pass pass = new Pass(source, batch);
    int incoming = batch.sampleCount();
    try {
      for (int sample = 0; sample < incoming; sample++) {
        pass.check(sample);
      }
    } finally {
      pass.hold(null);
    }
    List<HostTick> ticks = new ArrayList<>(pass.touched.size());
    for (HostCheck host : pass.touched) {
      host.lock.lock();
      try {
        if (host.isTouched()) {
          ticks.add(host.finish(batch, complete, pass.refused));
        }
      } finally {
        host.lock.unlock();
      }
    }
    int marked = batch.sampleCount() - incoming;
    int refused = pass.refused.cardinality();
    if (refused > 0) {
      batch.removeSamples(pass.refused);
    }
    return new CleanReport(ticks, pass.instances, refused, marked);
  }

  /// Counts what the store refused of a batch, under its host when it has one only.
  public void account(String source, CleanReport cleaned, AppendReport stored) {
    if (stored.rejected().isEmpty()) {
      return;
    }
    String host = cleaned.hosts().size() == 1 ? cleaned.hosts().getFirst().instance() : source;
    for (Map.Entry<Rejection, Integer> entry : stored.rejected().entrySet()) {
      counts.doubt(host, Doubt.of(entry.getKey()), entry.getValue());
    }
  }

  /// Counts samples that a decoder had to leave out before there was a batch.
  public void account(String source, Doubt doubt, int count) {
    if (count > 0) {
      counts.doubt(source, doubt, count);
    }
  }

  /// One walk over a batch. Samples of one series follow each other, so what was found out about a
  /// series is kept until the next one comes.
  private final class Pass {
    private final String source;
    private final SampleBatch batch;
    private final LabelScan scan = new LabelScan();
    private final BitSet refused = new BitSet();
    private final List<HostCheck> touched = new ArrayList<>(1);
    private int series = -1;
    private KnownSeries.Table table = known.table();
    private int last = KnownSeries.UNKNOWN;
    private SeriesKind kind = SeriesKind.FOREIGN;
    private @Nullable HostCheck host;
    private @Nullable HostCheck held;
    private String instance = "";

    /// The instance of the series that was scanned last, and whom it stands for.
    private byte[] nameBytes = new byte[0];

    private Owner named = NOBODY;

    /// Nearly always one; a name of the batch before is the same object, so few are looked up.
    private final Set<String> instances = new HashSet<>(2);

    private String noted = "";

    Pass(String source, SampleBatch batch) {
      this.source = source;
      this.batch = batch;
    }

    void check(int sample) {
      if (batch.series(sample) != series) {
        enter(batch.series(sample));
      }
      long bits = batch.valueBits(sample);
      if (StaleMarker.is(bits) || batch.histogram(sample) != null) {
        return;
      }
      boolean finite = (bits & EXPONENT) != EXPONENT;
      if (kind == SeriesKind.FOREIGN) {
        if (bits < 0 && finite && isNegativeCounter(Double.longBitsToDouble(bits))) {
          refuse(sample, Doubt.NEGATIVE_COUNTER);
        }
        return;
      }
      if (!finite) {
        refuse(sample, Doubt.NON_FINITE);
        return;
      }
      HostCheck check = host;
      if (check != null) {
        hold(check);
        if (!check.isTouched()) {
          touched.add(check);
        }
        if (!check.take(batch, sample, table, last)) {
          refused.set(sample);
        }
      }
    }

    /// Holds one host's lock, null none, until another's is wanted: a batch is of one host as a
    /// rule.
    void hold(@Nullable HostCheck wanted) {
      if (held == wanted) {
        return;
      }
      if (held != null) {
        held.lock.unlock();
      }
      held = wanted;
      if (wanted != null) {
        wanted.lock.lock();
      }
    }

    private void enter(int number) {
      series = number;
      long hash = batch.labelHash(number);
      int found = table.find(last, hash);
      if (found == KnownSeries.UNKNOWN) {
        scanLabels(number);
        // The table that has it may be another one, in which the one before has no number.
        table = known.put(hash, kind, named);
        found = table.find(KnownSeries.UNKNOWN, hash);
      }
      kind = table.kind(found);
      Owner owner = table.owner(found);
      instance = owner.instance();
      host = kind == SeriesKind.FOREIGN ? null : owner.host();
      last = found;
      note();
    }

    @SuppressWarnings("ReferenceEquality") // Another object of the same name is only noted again.
    private void note() {
      if (instance != noted) {
        noted = instance;
        if (!instance.isEmpty()) {
          instances.add(instance);
        }
      }
    }

    private void scanLabels(int number) {
      byte[] bytes = batch.labelBytes(number);
      scan.scanAll(bytes, batch.labelOffset(number), batch.labelLength(number));
      kind = SeriesKind.of(bytes, scan.nameOffset, scan.nameLength);
      int end = scan.instanceOffset + scan.instanceLength;
      if (!Arrays.equals(bytes, scan.instanceOffset, end, nameBytes, 0, nameBytes.length)) {
        nameBytes = Arrays.copyOfRange(bytes, scan.instanceOffset, end);
        String name = new String(nameBytes, StandardCharsets.UTF_8);
        named = owner(name, hosts.get(name));
      }
      if (named.host() == null && kind != SeriesKind.FOREIGN && !named.instance().isEmpty()) {
        named = owner(named.instance(), hostCheck(named.instance(), bytes));
      }
    }

    private static Owner owner(String name, @Nullable HostCheck check) {
      return new Owner(check == null ? name : check.instance(), check);
    }

    private @Nullable HostCheck hostCheck(String name, byte[] bytes) {
      if (hosts.size() >= MAX_HOSTS) {
        return null;
      }
      String job = new String(bytes, scan.jobOffset, scan.jobLength, StandardCharsets.UTF_8);
      return hosts.computeIfAbsent(name, unused -> new HostCheck(name, job, counts));
    }

    private boolean isNegativeCounter(double value) {
      if (value >= 0) {
        return false;
      }
      scan.scanName(batch.labelBytes(series), batch.labelOffset(series), batch.labelLength(series));
      return SeriesKind.isCounterName(batch.labelBytes(series), scan.nameOffset, scan.nameLength);
    }

    private void refuse(int sample, Doubt doubt) {
      refused.set(sample);
      counts.doubt(instance.isEmpty() || kind == SeriesKind.FOREIGN ? source : instance, doubt, 1);
    }
  }
}
