package io.evenkeel.agent.tune;

/// A set of processors, which the kernel shows with as many zeros before it as the machine could
/// have processors.
record MaskKnob(FileKnob file) implements Knob {
  @Override
  public String read() throws KnobException {
    String mask = file.read().replaceFirst("^[0,]+", "");
    return mask.isEmpty() ? "0" : mask;
  }

  @Override
  public void write(String value) throws KnobException {
    file.write(value);
  }
}
