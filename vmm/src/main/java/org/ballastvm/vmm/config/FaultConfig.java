package org.ballastvm.vmm.config;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.ballastvm.fault.Fault;
import org.ballastvm.fault.FaultKind;

/**
 * {@code -fault}: something that goes wrong with a device.
 *
 * @param device its id, or its path in the object tree
 * @param fault what, and when
 */
public record FaultConfig(String device, Fault fault) {
  /** What {@code -fault help} prints: a line for each kind. */
  public static final String LIST = Arrays.stream(FaultKind.values())
      .map(kind -> String.format("%-20s %s", kind.word(), kind.help())).collect(Collectors.joining("\n"));

  /**
   * Parses.
   *
   * @param option by what it was given, for errors: {@code -fault} or {@code fault_inject}
   * @param text {@code DEVICE,what=KIND[,KEY=VALUE]...}
   * @return what was asked for
   * @throws UserError if a word is none that a fault takes, or a value is out of range
   */
  public static FaultConfig parse(String option, String text) {
    int comma = text.indexOf(',');
    if (comma <= 0 || text.lastIndexOf('=', comma) >= 0) {
      throw new UserError(option + " " + text + ": must be DEVICE,what=KIND[,KEY=VALUE]...");
    }
    return parse(option + " " + text, text.substring(0, comma), text.substring(comma + 1));
  }

  /**
   * Parses.
   *
   * @param where how errors begin
   * @param device its id, or its path in the object tree
   * @param words {@code what=KIND[,KEY=VALUE]...}
   * @return what was asked for
   * @throws UserError if a word is none that a fault takes, or a value is out of range
   */
  public static FaultConfig parse(String where, String device, String words) {
    try {
      return new FaultConfig(device, Fault.parse(words));
    } catch (IllegalArgumentException e) {
      throw new UserError(where + ": " + e.getMessage(), e);
    }
  }
}
