package io.evenkeel.hub.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import org.slf4j.LoggerFactory;

/// Where log lines go: what needs attention to the terminal's standard error from the beginning,
/// everything to files once the data directory is known.
///
/// Found by Logback as a service and written in code, because reading an XML configuration would
/// cost a tenth of the start.
public final class LogSetup extends ContextAwareBase implements Configurator {
  private static final FileSize FILE = FileSize.valueOf("10MB");
  private static final FileSize TOTAL = FileSize.valueOf("100MB");
  private static final int DAYS = 30;

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    ConsoleAppender<ILoggingEvent> terminal = new ConsoleAppender<>();
    terminal.setContext(context);
    terminal.setName("terminal");
    terminal.setTarget("System.err");
    terminal.setEncoder(encoder(context, new TerminalLine(ZoneId.systemDefault())));
    ThresholdFilter attention = new ThresholdFilter();
    attention.setLevel(Level.WARN.levelStr);
    attention.start();
    terminal.addFilter(attention);
    terminal.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(terminal);
    context.getLogger("io.evenkeel").setLevel(Level.INFO);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /// Also writes JSON lines to `evenkeel.log` in a directory: a new file each day and each 10 MB,
  /// kept for 30 days and up to 100 MB. Closing the result ends that.
  public static AutoCloseable toFiles(Path directory) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    RollingFileAppender<ILoggingEvent> file = new RollingFileAppender<>();
    file.setContext(context);
    file.setName("file");
    file.setFile(directory.resolve("evenkeel.log").toString());
    SizeAndTimeBasedRollingPolicy<ILoggingEvent> rolling = new SizeAndTimeBasedRollingPolicy<>();
    rolling.setContext(context);
    rolling.setParent(file);
    rolling.setFileNamePattern(directory.resolve("evenkeel.%d{yyyy-MM-dd}.%i.log.gz").toString());
    rolling.setMaxFileSize(FILE);
    rolling.setTotalSizeCap(TOTAL);
    rolling.setMaxHistory(DAYS);
    rolling.start();
    file.setRollingPolicy(rolling);
    file.setEncoder(encoder(context, new JsonLine()));
    file.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(file);
    return () -> {
      root.detachAppender(file);
      file.stop();
    };
  }

  private static LayoutWrappingEncoder<ILoggingEvent> encoder(
      LoggerContext context, Layout<ILoggingEvent> layout) {
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(layout);
    encoder.start();
    return encoder;
  }
}
