package io.evenkeel.agent.tune;

import java.nio.file.Path;

/// A knob that is one file. Where the file lists the choices, the one in brackets is the value
/// (`always [madvise] never`).
record FileKnob(Path path) implements Knob {
  @Override
  public String read() throws KnobException {
    String text = KernelText.read(path);
    int open = text.indexOf('[');
    int close = text.indexOf(']', open + 1);
    return open >= 0 && close > open ? text.substring(open + 1, close) : text;
  }

  @Override
  public void write(String value) throws KnobException {
    KernelText.write(path, value);
  }
}
