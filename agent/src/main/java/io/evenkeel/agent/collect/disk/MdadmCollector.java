package io.evenkeel.agent.collect.disk;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import java.io.IOException;

/// `/proc/mdstat`: the disks of software arrays, and how many of them each needs.
public final class MdadmCollector extends FileCollector {
  public MdadmCollector(Surroundings surroundings) {
    super("mdadm", surroundings.proc("mdstat"), "software RAID", surroundings.names());
  }

  @Override
  public int seconds() {
    return 15;
  }

  @Override
  protected void parse(ByteText text, Samples out) throws IOException {
    Samples.Family disks =
        out.gauge(
            "node_md_disks", "Number of active/failed/spare disks of device.", "device", "state");
    Samples.Family required =
        out.gauge("node_md_disks_required", "Total number of disks of device.", "device");
    String device = "";
    int failed = 0;
    int spare = 0;
    boolean any = false;
    while (text.nextLine()) {
      if (!text.nextWord()) {
        continue;
      }
      if (text.startsWith("md")) {
        device = text.text(names);
        failed = 0;
        spare = 0;
        any = true;
        while (text.nextWord()) {
          String member = text.text(names);
          failed += member.endsWith("(F)") ? 1 : 0;
          spare += member.endsWith("(S)") ? 1 : 0;
        }
      } else if (!device.isEmpty()) {
        // '… blocks super 1.2 [2/1] [U_]': wanted and working members.
        while (text.nextWord()) {
          String word = text.text(names);
          int slash = word.indexOf('/');
          if (word.startsWith("[") && slash > 0 && Character.isDigit(word.charAt(1))) {
            double wanted = Integer.parseInt(word.substring(1, slash));
            double working = Integer.parseInt(word.substring(slash + 1, word.length() - 1));
            required.set(wanted, device);
            disks.set(working, device, "active");
            disks.set(failed, device, "failed");
            disks.set(spare, device, "spare");
            device = "";
            break;
          }
        }
      }
    }
    if (!any) {
      throw new NotAvailableException("this machine has no software RAID arrays");
    }
  }
}
