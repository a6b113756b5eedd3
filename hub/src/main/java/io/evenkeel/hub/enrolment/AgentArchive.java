package io.evenkeel.hub.enrolment;

import com.google.re2j.Pattern;
import io.airlift.compress.v3.snappy.SnappyCompressor;
import io.evenkeel.agent.AgentMain;
import io.evenkeel.agent.profile.AsyncProfilerLibrary;
import io.evenkeel.agent.profile.ClassPlace;
import io.evenkeel.model.SampleBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.minidns.dnsmessage.DnsMessage;

/// The agent's files as an archive for other servers, made from this hub's own at the first asking:
/// the classes alone (`jar`), or with a Java runtime for machines of the hub's own kind
/// (`linux-x86_64`), see [AgentRuntime]. For other kinds of machines it has no runtime and says so.
/// Safe for use by many threads.
public final class AgentArchive {
  private static final String CLASSES_ONLY = "jar";
  private static final String OPTIONS = "/io/evenkeel/agent/java.options";

  private final Path folder;
  private final Map<String, Found> made = new HashMap<>();

  /// What was asked for.
  public sealed interface Found {
    /// A `.tar.gz`.
    record Archive(Path file) implements Found {}

    /// There is none.
    ///
    /// @param reason why, and what to do
    record Missing(String reason) implements Found {}
  }

  /// @param folder where archives are made; emptied at the start, since they are this build's
  public AgentArchive(Path folder) {
    this.folder = folder;
    empty(folder);
  }

  /// The kind of machine that the hub runs on, as `uname` names it: `linux-x86_64`.
  public static String ownKind() {
    String arch = System.getProperty("os.arch");
    return System.getProperty("os.name").toLowerCase(Locale.ROOT)
        + "-"
        + (arch.equals("amd64") ? "x86_64" : arch);
  }

  /// The script that sets an agent up.
  public String script() {
    return resource(AgentArchive.class, "/enrolment/install.sh");
  }

  private static String resource(Class<?> besides, String name) {
    try (InputStream in = besides.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the jar of " + besides.getName() + " lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The archive for a kind of machine, or of the classes alone (`jar`).
  public synchronized Found file(String kind) {
    if (!kind.equals(CLASSES_ONLY) && !kind.equals(ownKind())) {
      return new Found.Missing(
          "this hub has a Java runtime for "
              + ownKind()
              + " only, not for this machine: install a Java 25 runtime here and start again");
    }
    return made.computeIfAbsent(kind, this::make);
  }

  /// Begins to make the archive that most servers will ask for, when it is not there yet: so that
  /// the line that is about to be pasted finds it made.
  public void prepare() {
    Thread.ofVirtual().name("agent-archive").start(() -> file(ownKind()));
  }

  private Found make(String kind) {
    Path tree = folder.resolve(kind);
    try {
      Path lib = Files.createDirectories(tree.resolve("lib"));
      copyClasses(AgentMain.class, lib.resolve("agent.jar"));
      copyClasses(SampleBatch.class, lib.resolve("model.jar"));
      copyClasses(SnappyCompressor.class, lib.resolve("codec.jar"));
      // What only probes need: their classes are loaded when there is one.
      copyClasses(DnsMessage.class, lib.resolve("dns.jar"));
      copyClasses(DefaultBHttpClientConnection.class, lib.resolve("http.jar"));
      copyClasses(Pattern.class, lib.resolve("pattern.jar"));
      Files.writeString(tree.resolve("agent.options"), resource(AgentMain.class, OPTIONS));
      if (!kind.equals(CLASSES_ONLY)) {
        AsyncProfilerLibrary.unpack(lib);
        AgentRuntime.make(tree, folder);
      }
      Path archive = folder.resolve(kind + ".tar.gz");
      AgentRuntime.run(
          folder, List.of("tar", "-czf", archive.toString(), "-C", tree.toString(), "."));
      empty(tree);
      return new Found.Archive(archive);
    } catch (IOException e) {
      return new Found.Missing("the hub cannot make this archive: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Found.Missing("the hub is stopping");
    }
  }

  /// Copies the jar that a class is in; in a build that runs from folders, the folder as a jar.
  private static void copyClasses(Class<?> type, Path jar) throws IOException {
    Path source = ClassPlace.of(type);
    if (Files.isRegularFile(source)) {
      Files.copy(source, jar, StandardCopyOption.REPLACE_EXISTING);
      return;
    }
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        entries.putNextEntry(new ZipEntry(source.relativize(file).toString()));
        Files.copy(file, entries);
        entries.closeEntry();
      }
    }
  }

  private static void empty(Path folder) {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot empty " + folder, e);
    }
  }
}
