package io.evenkeel.hub.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;

/// A log event as one line of JSON: `time`, `level`, `logger`, `thread`, `message`, and `error`
/// with the stack when there is one.
final class JsonLine extends LayoutBase<ILoggingEvent> {
  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(200);
    line.append('{');
    member(line, "time", event.getInstant().toString());
    member(line.append(','), "level", event.getLevel().toString());
    member(line.append(','), "logger", event.getLoggerName());
    member(line.append(','), "thread", event.getThreadName());
    member(line.append(','), "message", event.getFormattedMessage());
    if (event.getThrowableProxy() != null) {
      member(line.append(','), "error", ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    return line.append("}\n").toString();
  }

  private static void member(StringBuilder line, String name, String value) {
    line.append('"').append(name).append("\":\"");
    PlainText.appendJson(line, value);
    line.append('"');
  }
}
