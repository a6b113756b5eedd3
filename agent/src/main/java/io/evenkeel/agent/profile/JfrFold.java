package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.CollapsedStacks;
import io.evenkeel.model.profile.ProfileNote;
import io.evenkeel.model.profile.ProfileNote.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/// Folds a flight recording. Frames are Java's and end in `_[j]`; the type that was allocated is
/// the leaf, with `_[i]`.
final class JfrFold {
  /// Stacks that the recorder cut off at its depth (64 unless configured) hang below this frame.
  static final String TRUNCATED = "[truncated]";

  private static final double WORTH_SAYING = 0.05;

  /// What is read out of a recording.
  enum Source {
    CPU("jfr-cpu"),
    ALLOCATION("jfr-allocation"),
    LOCK("jfr-lock");

    private final String word;

    Source(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }

    static Source of(String word) {
      for (Source source : values()) {
        if (source.word.equals(word)) {
          return source;
        }
      }
      throw new IllegalArgumentException("there is no kind of recording '" + word + "'");
    }
  }

  private final Source source;
  private final CollapsedStacks stacks;
  private long events;
  private long truncated;

  JfrFold(Source source, CollapsedStacks stacks) {
    this.source = source;
    this.stacks = stacks;
  }

  void read(Path file) throws IOException {
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        take(recording.readEvent());
      }
    }
  }

  List<ProfileNote> notes() {
    return events > 0 && truncated > WORTH_SAYING * events
        ? List.of(new ProfileNote(Code.DEEP_STACKS, Math.round(100.0 * truncated / events) + " %"))
        : List.of();
  }

  private void take(RecordedEvent event) {
    String name = event.getEventType().getName();
    switch (source) {
      case CPU -> {
        if (name.equals("jdk.ExecutionSample") || name.equals("jdk.CPUTimeSample")) {
          add(event, 1, "");
        }
      }
      case ALLOCATION -> {
        switch (name) {
          case "jdk.ObjectAllocationSample" -> add(event, event.getLong("weight"), type(event));
          case "jdk.ObjectAllocationInNewTLAB" ->
              add(event, event.getLong("tlabSize"), type(event));
          case "jdk.ObjectAllocationOutsideTLAB" ->
              add(event, event.getLong("allocationSize"), type(event));
          default -> {}
        }
      }
      case LOCK -> {
        if (name.equals("jdk.JavaMonitorEnter")) {
          add(event, event.getDuration().toNanos(), named(event.getClass("monitorClass")));
        } else if (name.equals("jdk.ThreadPark") && isLock(event.getClass("parkedClass"))) {
          add(event, event.getDuration().toNanos(), named(event.getClass("parkedClass")));
        }
      }
    }
  }

  /// Whether a thread that parks there waits for a lock, and not for work: a pool's idle threads
  /// park on conditions and queues all day.
  private static boolean isLock(@Nullable RecordedClass parked) {
    return parked != null
        && parked.getName().startsWith("java.util.concurrent.locks.")
        && !parked.getName().contains("ConditionObject");
  }

  private static String type(RecordedEvent event) {
    return named(event.getClass("objectClass"));
  }

  private static String named(@Nullable RecordedClass type) {
    return type == null ? "" : CollapsedStacks.frame(readable(type.getName())) + "_[i]";
  }

  /// A type's name as people write it: `[B` is `byte[]`.
  static String readable(String name) {
    int dimensions = 0;
    while (dimensions < name.length() && name.charAt(dimensions) == '[') {
      dimensions++;
    }
    if (dimensions == 0) {
      return name;
    }
    String element = name.substring(dimensions);
    String plain =
        switch (element) {
          case "B" -> "byte";
          case "C" -> "char";
          case "D" -> "double";
          case "F" -> "float";
          case "I" -> "int";
          case "J" -> "long";
          case "S" -> "short";
          case "Z" -> "boolean";
          default ->
              element.startsWith("L") && element.endsWith(";")
                  ? element.substring(1, element.length() - 1)
                  : element;
        };
    return plain + "[]".repeat(dimensions);
  }

  private void add(RecordedEvent event, long value, String leaf) {
    Optional<RecordedStackTrace> trace = Optional.ofNullable(event.getStackTrace());
    if (trace.isEmpty() || value <= 0) {
      return;
    }
    events++;
    StringBuilder stack = new StringBuilder();
    if (trace.get().isTruncated()) {
      truncated++;
      stack.append(TRUNCATED);
    }
    List<RecordedFrame> frames = trace.get().getFrames();
    for (int i = frames.size() - 1; i >= 0; i--) {
      RecordedFrame frame = frames.get(i);
      if (frame.isJavaFrame()) {
        separate(stack).append(name(frame)).append("_[j]");
      }
    }
    if (!leaf.isEmpty()) {
      separate(stack).append(leaf);
    }
    stacks.add(stack.toString(), value);
  }

  private static StringBuilder separate(StringBuilder stack) {
    return stack.isEmpty() ? stack : stack.append(';');
  }

  private static String name(RecordedFrame frame) {
    RecordedMethod method = frame.getMethod();
    return method == null
        ? "[unknown]"
        : CollapsedStacks.frame(plain(method.getType().getName()) + "." + method.getName());
  }

  /// Hidden classes carry an address behind their names that changes from start to start: without
  /// it two profiles can be compared.
  static String plain(String type) {
    return type.replaceAll("[./+]0x[0-9a-f]+(/\\d+)?", "");
  }
}
