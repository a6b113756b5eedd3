package io.evenkeel.hub.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogSetupTest {
  private static final String ATTACK =
      "eve\r\n12:00:00  all is well \u001b[2J\u202e\u0085\u2028 \"quoted\" \\ 你好";

  @TempDir Path folder;

  @Test
  void a_line_of_the_file_is_json_that_nobody_can_forge() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Appender<ILoggingEvent> terminal = root.getAppender("terminal");
    // The failure below is this test's: it would look like one of the build's.
    root.detachAppender(terminal);
    try (AutoCloseable file = LogSetup.toFiles(folder)) {
      assertThat(file).isNotNull();
      LoggerFactory.getLogger("io.evenkeel.test").info("login of {}", ATTACK);
      System.getLogger("io.evenkeel.platform")
          .log(System.Logger.Level.INFO, "by the platform's logger");
      LoggerFactory.getLogger("io.evenkeel.test").warn("failed", new IllegalStateException("why"));
    } finally {
      root.addAppender(terminal);
    }
    List<String> lines = Files.readAllLines(folder.resolve("evenkeel.log"));
    assertThat(lines).hasSize(3);
    assertThat(lines.getFirst())
        .doesNotContain("\u001b", "\u202e", "\u0085", "\u2028")
        .contains("\\u001b", "你好");
    JsonNode first = new JsonMapper().readTree(lines.getFirst());
    assertThat(first.get("message").asString()).isEqualTo("login of " + ATTACK);
    assertThat(first.get("level").asString()).isEqualTo("INFO");
    assertThat(first.get("logger").asString()).isEqualTo("io.evenkeel.test");
    assertThat(lines.get(1)).contains("by the platform's logger");
    assertThat(new JsonMapper().readTree(lines.get(2)).get("error").asString())
        .contains("IllegalStateException: why")
        .contains("LogSetupTest");
  }

  @Test
  void control_characters_are_shown_and_not_obeyed() {
    StringBuilder out = new StringBuilder();
    PlainText.append(out, "a\tb\nc\u001b[31m\u0000\u200f");
    assertThat(out).hasToString("a\\u0009b\\u000ac\\u001b[31m\\u0000\\u200f");
  }
}
