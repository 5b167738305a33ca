package org.ballastvm.vmm.monitor;

import java.util.List;

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
  public String run(VmControl vm, List<String> arguments) {
    requireAtMost(1, arguments);
    if (arguments.isEmpty()) {
      throw MonitorError.misuse("unexpected end of expression");
    }
    long targetBytes = parse(arguments.getFirst());
    VmControl.Balloon balloon = vm.balloon()
        .orElseThrow(() -> new MonitorError("No balloon device has been activated"));
    long baseBytes = vm.baseMemoryBytes();
    // The number is the size that the guest should have, as in QEMU; asking for more than it has asks for all.
    balloon.setTarget((baseBytes - Math.min(targetBytes, baseBytes)) >> PAGE_SHIFT);
    return "";
  }

  /** A whole number of MiB, also hexadecimal, as in QEMU, which has no suffix here either. */
  private static long parse(String text) {
    long mebibytes;
    try {
      mebibytes = Long.decode(text);
    } catch (NumberFormatException e) {
      throw MonitorError.misuse("balloon " + text + ": the target must be a whole number of MiB");
    }
    if (mebibytes < 0) {
      throw MonitorError.misuse("enter a positive value");
    }
    if (mebibytes == 0 || mebibytes > Long.MAX_VALUE >> 20) {
      throw new MonitorError("Parameter 'target' expects a size");
    }
    return mebibytes << 20;
  }
}
