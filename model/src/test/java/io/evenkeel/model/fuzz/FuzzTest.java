package io.evenkeel.model.fuzz;

import io.evenkeel.model.fuzz.FuzzTargets.Exposition;
import io.evenkeel.model.fuzz.FuzzTargets.Otlp;
import io.evenkeel.model.fuzz.FuzzTargets.RemoteWrite;
import io.evenkeel.model.fuzz.FuzzTargets.Snappy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Throws mutated inputs at every target: those that coverage-guided runs found worth keeping
/// (`src/test/resources/fuzz`) and what becomes of them by chance. `scripts/fuzz.sh` runs the same
/// targets guided by coverage.
class FuzzTest {
  enum Target {
    REMOTE_WRITE("RemoteWrite", RemoteWrite::fuzzerTestOneInput),
    SNAPPY("Snappy", Snappy::fuzzerTestOneInput),
    EXPOSITION("Exposition", Exposition::fuzzerTestOneInput),
    OTLP("Otlp", Otlp::fuzzerTestOneInput);

    private final String corpus;
    private final Consumer<byte[]> target;

    Target(String corpus, Consumer<byte[]> target) {
      this.corpus = corpus;
      this.target = target;
    }
  }

  @ParameterizedTest
  @EnumSource
  void any_input_ends_with_a_result_or_a_reason(Target target) {
    mutate(target, 20_000, 20261126);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource
  void any_input_ends_with_a_result_or_a_reason_for_long(Target target) {
    mutate(target, 5_000_000, new Random().nextLong());
  }

  private static void mutate(Target target, int executions, long seed) {
    List<byte[]> corpus = corpus(target.corpus);
    corpus.forEach(input -> run(target, input, 0));
    Random random = new Random(seed);
    for (int i = 0; i < executions; i++) {
      run(target, mutated(corpus, random), seed);
    }
  }

  private static void run(Target target, byte[] input, long seed) {
    try {
      target.target.accept(input);
    } catch (RuntimeException | AssertionError | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(
          target + " failed on " + HexFormat.of().formatHex(input) + " (seed " + seed + ")", e);
    }
  }

  private static byte[] mutated(List<byte[]> corpus, Random random) {
    byte[] input = corpus.get(random.nextInt(corpus.size())).clone();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      int at = input.length == 0 ? 0 : random.nextInt(input.length);
      switch (random.nextInt(5)) {
        case 0 -> {
          if (input.length > 0) {
            input[at] ^= (byte) (1 << random.nextInt(8));
          }
        }
        case 1 -> {
          if (input.length > 0) {
            input[at] = (byte) random.nextInt();
          }
        }
        case 2 -> input = Arrays.copyOf(input, at);
        case 3 -> {
          byte[] other = corpus.get(random.nextInt(corpus.size()));
          int from = other.length == 0 ? 0 : random.nextInt(other.length);
          byte[] spliced = Arrays.copyOf(input, at + other.length - from);
          System.arraycopy(other, from, spliced, at, other.length - from);
          input = spliced;
        }
        default -> {
          byte[] longer = Arrays.copyOf(input, input.length + 1);
          System.arraycopy(input, at, longer, at + 1, input.length - at);
          longer[at] = (byte) random.nextInt();
          input = longer;
        }
      }
    }
    return input;
  }

  private static List<byte[]> corpus(String name) {
    try {
      Path folder =
          Path.of(Objects.requireNonNull(FuzzTest.class.getResource("/fuzz/" + name)).toURI());
      try (Stream<Path> files = Files.list(folder)) {
        return files.sorted().map(FuzzTest::bytes).toList();
      }
    } catch (URISyntaxException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
