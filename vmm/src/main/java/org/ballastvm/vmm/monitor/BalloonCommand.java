package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.virtio.BalloonDevice;
import org.ballastvm.vmm.machine.Machine;

/** {@code balloon N} */
final class BalloonCommand implements Command {
  private static final int PAGE_SHIFT = 12;

  @Override
  public List<String> names() { return List.of("balloon"); }

  @Override
  public String parameters() { return "target"; }

  @Override
  public String help() { return "request VM to change its memory allocation (in MB)"; }

  @Override
  public String run(Machine machine, List<String> arguments) {
    requireCount(arguments, 1, 1);
    BalloonDevice balloon = machine.balloon()
        .orElseThrow(() -> new MonitorError("Error: No balloon device has been activated"));
    long targetBytes = parse(arguments.getFirst());
    long baseBytes = machine.config().memory().sizeBytes();
    // The number is the size that the guest should have, as in QEMU; asking for more than it has asks for all.
    balloon.setTarget((baseBytes - Math.min(targetBytes, baseBytes)) >> PAGE_SHIFT);
    return "";
  }

  private static long parse(String text) {
    try {
      long mebibytes = Long.parseLong(text);
      if (mebibytes > 0 && mebibytes <= Long.MAX_VALUE >> 20) {
        return mebibytes << 20;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new MonitorError("Error: balloon " + text + ": the target must be a number of MiB above zero");
  }
}
