package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/sys/fs/file-nr`: open files on the whole machine, and how many there may be.
public final class FileDescriptorCollector extends FileCollector {
  public FileDescriptorCollector(Surroundings surroundings) {
    super(
        "filefd",
        surroundings.proc("sys/fs/file-nr"),
        "counts of open files",
        surroundings.names());
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    text.nextLine();
    set(
        out.gauge("node_filefd_allocated", "File descriptor statistics: allocated."),
        text.number(),
        1);
    text.skip(1);
    set(out.gauge("node_filefd_maximum", "File descriptor statistics: maximum."), text.number(), 1);
  }
}
