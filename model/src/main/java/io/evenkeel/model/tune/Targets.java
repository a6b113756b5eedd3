package io.evenkeel.model.tune;

import java.util.regex.Pattern;

/// How things that have knobs are named. None of the names can leave its folder.
final class Targets {
  /// As the kernel names disks and interfaces; no dot at the beginning, no slash.
  static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.!:-]{0,31}");

  static final Pattern CPU = Pattern.compile("cpu[0-9]{1,4}");

  /// A unit of systemd, or the last part of a control group's path.
  static final Pattern UNIT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@:\\\\-]{0,200}");

  /// A service as the server's own policy names it.
  static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}");

  /// A process by its number and its start time in clock ticks after boot, which together never
  /// name another one.
  static final Pattern PROCESS = Pattern.compile("[1-9][0-9]{0,8}@[0-9]{1,18}");

  private Targets() {}
}
