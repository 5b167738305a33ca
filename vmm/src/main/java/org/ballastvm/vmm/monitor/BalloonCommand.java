package org.ballastvm.vmm.monitor;

import org.ballastvm.vmm.control.Balloon;
import org.ballastvm.vmm.machine.Machine;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code balloon N} */
final class BalloonCommand implements Command {
  private static final int MIB_SHIFT = 20;
  private static final Pattern NUMBER = Pattern.compile("-?(0[xX]\\p{XDigit}+|0[0-7]*|[1-9][0-9]*)");

  @Override
  public List<String> names() { return List.of("balloon"); }

  @Override
  public String parameters() { return "target"; }

  @Override
  public String help() { return "request VM to change its memory allocation (in MB)"; }

  @Override
  public String run(Machine vm, List<String> arguments) {
    if (arguments.isEmpty() || arguments.getFirst().equals("-")) {
      throw MonitorError.misuse("unexpected end of expression");
    }
    long mebibytes = number(arguments.getFirst());
    requireAtMost(1, arguments);
    if (mebibytes > Long.MAX_VALUE >> MIB_SHIFT) {
      throw new MonitorError("Parameter 'target' expects a size");
    }
    new Balloon().run(vm, new Balloon.Target(mebibytes << MIB_SHIFT));
    return "";
  }

  /** A whole number, in any base that C has a prefix for, and no suffix: QEMU takes none here either. */
  private long number(String text) {
    Matcher number = NUMBER.matcher(text);
    if (!number.lookingAt()) {
      throw MonitorError.misuse("invalid char '" + text.charAt(0) + "' in expression");
    }
    if (number.end() < text.length()) {
      throw extraneous();
    }
    long value;
    try {
      value = Long.decode(text);
    } catch (NumberFormatException e) {
      throw MonitorError.misuse("number too large");
    }
    if (value < 0) {
      throw MonitorError.misuse("enter a positive value");
    }
    return value;
  }
}
