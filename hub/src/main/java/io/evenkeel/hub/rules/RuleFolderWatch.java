package io.evenkeel.hub.rules;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the rule folder again and again and hands on its files when they have changed. While one
/// of them is not in order, all stay as they were.
public final class RuleFolderWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RuleFolderWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);

  private final Path folder;
  private final Consumer<List<RuleFolder.Text>> listener;
  private final Thread thread;
  private RuleFolder last;

  /// @param known what was read of it at the start
  /// @param listener takes the files of a change
  public RuleFolderWatch(Path folder, RuleFolder known, Consumer<List<RuleFolder.Text>> listener) {
    this.folder = folder;
    this.last = known;
    this.listener = listener;
    this.thread = Thread.ofVirtual().name("rule-folder").unstarted(this::watch);
  }

  /// Begins to watch.
  public void start() {
    thread.start();
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        look();
      }
    } catch (InterruptedException e) {
      LOG.debug("The rule folder is no longer watched");
    }
  }

  /// Reads the folder once.
  void look() {
    try {
      RuleFolder now = RuleFolder.read(folder);
      if (now.equals(last)) {
        return;
      }
      last = now;
      if (now.problems().isEmpty()) {
        listener.accept(now.files());
        LOG.info("{} rule file(s) of {} are in use", now.files().size(), folder);
      } else {
        LOG.error(
            "Rule files are not in order, the rules stay as they were: {}",
            String.join("; ", now.problems()));
      }
    } catch (RuntimeException e) {
      LOG.error("The rules of {} could not be read again", folder, e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
