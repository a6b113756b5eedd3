package io.evenkeel.hub.security;

import io.evenkeel.model.Text;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Argon2id hashes of passwords, in PHC form (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`).
///
/// Parameters are OWASP's smallest recommended set (m=19456 KiB, t=2, p=1; about 30 ms). At most
/// two hashes are computed at once, on threads of their own, and at most [#WAITING] callers wait: a
/// flood of logins costs 38 MiB and two threads, whatever its size. Safe for use by many threads.
public final class PasswordHasher implements AutoCloseable {
  private static final int MEMORY_KIB = 19_456;
  private static final int ITERATIONS = 2;
  private static final int PARALLELISM = 1;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int AT_ONCE = 2;
  private static final int WAITING = 32;
  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d{1,2})\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  private final SecureRandom random = new SecureRandom();
  private final ThreadPoolExecutor pool;

  public PasswordHasher() {
    pool =
        new ThreadPoolExecutor(
            AT_ONCE,
            AT_ONCE,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            Thread.ofPlatform().name("password-", 0).daemon(true).factory());
    pool.allowCoreThreadTimeOut(true);
  }

  /// The PHC text to store for a password, with a fresh salt.
  ///
  /// @throws BusyException when too many hashes wait already
  public String hash(String password) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] hash =
        compute(() -> argon2(password, salt, MEMORY_KIB, ITERATIONS, PARALLELISM, HASH_BYTES));
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m="
        + MEMORY_KIB
        + ",t="
        + ITERATIONS
        + ",p="
        + PARALLELISM
        + "$"
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(hash);
  }

  /// Whether `password` is the one behind `stored`.
  ///
  /// @throws BusyException when too many hashes wait already
  public boolean matches(String password, String stored) {
    Matcher phc = PHC.matcher(stored);
    if (!phc.matches()) {
      throw new IllegalStateException("the stored password is not in Argon2id's PHC form");
    }
    List<Integer> cost =
        List.of(
            Integer.valueOf(phc.group(1)),
            Integer.valueOf(phc.group(2)),
            Integer.valueOf(phc.group(3)));
    byte[] salt = Base64.getDecoder().decode(phc.group(4));
    byte[] expected = Base64.getDecoder().decode(phc.group(5));
    byte[] actual =
        compute(
            () -> argon2(password, salt, cost.get(0), cost.get(1), cost.get(2), expected.length));
    return MessageDigest.isEqual(expected, actual);
  }

  /// Takes the time of a check without one, so that an unknown account answers no faster than a
  /// known one.
  public void pretend(String password) {
    compute(() ->
        argon2(password, new byte[SALT_BYTES], MEMORY_KIB, ITERATIONS, PARALLELISM, HASH_BYTES));
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }

  private byte[] compute(Callable<byte[]> work) {
    FutureTask<byte[]> task = new FutureTask<>(work);
    try {
      pool.execute(task);
      return task.get();
    } catch (RejectedExecutionException e) {
      throw new BusyException();
    } catch (InterruptedException e) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      throw new BusyException();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Argon2id failed", e.getCause());
    }
  }

  private static byte[] argon2(
      String password, byte[] salt, int memoryKib, int iterations, int parallelism, int length) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memoryKib)
            .withIterations(iterations)
            .withParallelism(parallelism)
            .withSalt(salt)
            .build());
    byte[] out = new byte[length];
    // The same letter typed on two keyboards may be two code sequences: compare the composed form.
    generator.generateBytes(
        Normalizer.normalize(password, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8), out);
    return out;
  }

  /// Too many passwords are being checked; try again in a moment.
  public static final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final Text TEXT =
        Text.of(
            "Too many passwords are being checked at this moment: try again in some seconds.",
            "当前核对的密码过多，请几秒后重试。");

    BusyException() {
      super(TEXT.en());
    }

    /// What it says to people.
    public Text text() {
      return TEXT;
    }
  }
}
