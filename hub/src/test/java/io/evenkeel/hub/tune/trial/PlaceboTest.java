package io.evenkeel.hub.tune.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.tune.trial.TrialReport.Verdict;
import io.evenkeel.hub.tune.trial.TripWire.Guard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The real decision code on what measures of a busy machine did by themselves, second by second
/// (recorded on two virtual processors while builds ran): fsync of 4 KiB, a TCP connection with an
/// echo, a sleep of 10 ms, a fixed piece of work (all in µs), and context switches a second.
class PlaceboTest {
  private static final int PLACEBOS = 10_000;
  private static final int BLOCK_SECONDS = 10;
  private static final int WASHOUT_SECONDS = 2;
  private static final int NOISE_BLOCKS = 8;

  private static final List<double[]> SECONDS = recorded();

  private static List<double[]> recorded() {
    try (var in =
        Objects.requireNonNull(PlaceboTest.class.getResourceAsStream("/tune/aa-noise.tsv"))) {
      List<double[]> rows = new ArrayList<>();
      new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .forEach(line -> {
            String[] fields = line.split("\t", -1);
            double[] row = new double[fields.length];
            for (int i = 0; i < row.length; i++) {
              row[i] = Double.parseDouble(fields[i]);
            }
            rows.add(row);
          });
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_change_that_does_nothing_is_called_a_help_in_no_more_than_one_of_twenty() {
    Map<Verdict, Integer> verdicts = verdicts(0, PLACEBOS);
    int helped = verdicts.getOrDefault(Verdict.HELPED, 0);
    System.out.printf(
        "placebos: %s; HELPED %.2f %%, at most %.2f %% with 95 %% confidence%n",
        verdicts, 100.0 * helped / PLACEBOS, 100 * wilsonUpper(helped, PLACEBOS));
    assertThat(wilsonUpper(helped, PLACEBOS)).isLessThan(0.05);
  }

  /// From every third second of each measure: eighty seconds without a change, then two minutes.
  @Test
  void what_a_machine_does_by_itself_trips_no_guard() {
    int tried = 0;
    for (int measure = 0; measure < SECONDS.getFirst().length; measure++) {
      int column = measure;
      double[] seconds = SECONDS.stream().mapToDouble(row -> row[column]).toArray();
      for (int from = 0; from + 200 <= seconds.length; from += 3) {
        TripWire wire =
            new TripWire(Map.of(Guard.P99_SECONDS, Arrays.copyOfRange(seconds, from, from + 80)));
        for (int i = from + 80; i < from + 200; i++) {
          assertThat(wire.second(Map.of(Guard.P99_SECONDS, seconds[i])))
              .as("measure %d from second %d", measure, from)
              .isEmpty();
        }
        tried++;
      }
    }
    assertThat(tried).isGreaterThan(500);
  }

  @Test
  void against_the_time_before_a_change_that_does_nothing_is_no_help_either() {
    Map<Verdict, Integer> verdicts = verdicts(0, PLACEBOS, true);
    int helped = verdicts.getOrDefault(Verdict.HELPED, 0);
    System.out.printf(
        "placebos before and after: %s; HELPED %.2f %%, at most %.2f %% with 95 %% confidence%n",
        verdicts, 100.0 * helped / PLACEBOS, 100 * wilsonUpper(helped, PLACEBOS));
    assertThat(wilsonUpper(helped, PLACEBOS)).isLessThan(0.05);
    Map<Verdict, Integer> halved = verdicts(0.5, 1_000, true);
    System.out.println("halved, before and after: " + halved);
    assertThat(halved.getOrDefault(Verdict.HELPED, 0)).isGreaterThan(400);
  }

  @Test
  void a_change_that_halves_the_measure_is_mostly_found_on_the_same_noise() {
    Map<Verdict, Integer> verdicts = verdicts(0.5, 1_000);
    System.out.println("halved: " + verdicts);
    assertThat(verdicts.getOrDefault(Verdict.HELPED, 0)).isGreaterThan(500);
    assertThat(verdicts.getOrDefault(Verdict.HARMED, 0)).isLessThan(10);
  }

  @Test
  void a_harmful_change_is_never_kept() {
    Map<Verdict, Integer> verdicts = verdicts(-0.5, 1_000);
    System.out.println("half as much again: " + verdicts);
    assertThat(verdicts.getOrDefault(Verdict.HELPED, 0)).isZero();
  }

  private static Map<Verdict, Integer> verdicts(double effect, int trials) {
    return verdicts(effect, trials, false);
  }

  private static Map<Verdict, Integer> verdicts(double effect, int trials, boolean stuck) {
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    SplittableRandom random = new SplittableRandom(20_261);
    for (int i = 0; i < trials; i++) {
      verdicts.merge(verdict(random.split(), effect, stuck), 1, Integer::sum);
    }
    return verdicts;
  }

  /// @param stuck whether the old value cannot be put back for a block
  private static Verdict verdict(SplittableRandom random, double effect, boolean stuck) {
    int measure = random.nextInt(SECONDS.getFirst().length);
    int second = random.nextInt(SECONDS.size());
    double[] before = new double[NOISE_BLOCKS];
    for (int i = 0; i < NOISE_BLOCKS; i++) {
      before[i] = block(measure, second, false, 0).value();
      second += BLOCK_SECONDS;
    }
    Trial trial = new Trial(TrialPlan.usual(true), Block.median(before), random.nextLong());
    if (stuck) {
      trial.compareWithBefore(
          Arrays.stream(before)
              .mapToObj(value -> new Block(false, value, OptionalDouble.empty()))
              .toList());
    }
    while (trial.next().isPresent()) {
      trial.accept(block(measure, second, trial.next().get(), effect));
      second += BLOCK_SECONDS;
    }
    return trial.report().orElseThrow().verdict();
  }

  private static Block block(int measure, int from, boolean on, double effect) {
    double[] samples = new double[BLOCK_SECONDS - WASHOUT_SECONDS];
    for (int i = 0; i < samples.length; i++) {
      double value = SECONDS.get((from + WASHOUT_SECONDS + i) % SECONDS.size())[measure];
      samples[i] = on ? value * (1 - effect) : value;
    }
    return Block.of(on, samples, new double[0]);
  }

  /// The upper end of Wilson's interval, 95 % on this side.
  private static double wilsonUpper(int hits, int of) {
    double z = 1.645;
    double p = (double) hits / of;
    return (p + z * z / (2 * of) + z * Math.sqrt(p * (1 - p) / of + z * z / (4.0 * of * of)))
        / (1 + z * z / of);
  }
}
