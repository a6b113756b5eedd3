package io.evenkeel.hub.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/// A log event as a line for people: time, a mark when it matters, the sentence.
final class TerminalLine extends LayoutBase<ILoggingEvent> {
  private final DateTimeFormatter time;

  /// @param zone in which times are shown
  TerminalLine(ZoneId zone) {
    time = DateTimeFormatter.ofPattern("HH:mm:ss").withZone(zone);
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(120);
    time.formatTo(event.getInstant(), line);
    line.append(
        event.getLevel().isGreaterOrEqual(Level.ERROR)
            ? "  error    "
            : event.getLevel().isGreaterOrEqual(Level.WARN) ? "  warning  " : "  ");
    PlainText.append(line, event.getFormattedMessage());
    line.append(System.lineSeparator());
    if (event.getThrowableProxy() != null) {
      ThrowableProxyUtil.asString(event.getThrowableProxy())
          .lines()
          .forEach(frame -> {
            line.append("    ");
            PlainText.append(line, frame.replace("\t", "  "));
            line.append(System.lineSeparator());
          });
    }
    return line.toString();
  }
}
