package io.evenkeel.agent.tune;

/// Two knobs of which the kernel sets one to 0 when the other is written, such as vm.dirty_bytes
/// and vm.dirty_ratio (Documentation/admin-guide/sysctl/vm.rst): both are put back by writing the
/// one that was not 0.
record TwinKnob(FileKnob own, FileKnob twin) implements Knob {
  @Override
  public String read() throws KnobException {
    return own.read();
  }

  @Override
  public void write(String value) throws KnobException {
    own.write(value);
  }

  @Override
  public String snapshot() throws KnobException {
    return own.read() + " " + twin.read();
  }

  @Override
  public void restore(String snapshot) throws KnobException {
    int space = snapshot.indexOf(' ');
    String before = snapshot.substring(0, space);
    if (before.equals("0")) {
      twin.write(snapshot.substring(space + 1));
    } else {
      own.write(before);
    }
  }
}
