package org.ballastvm.vmm.memory;

import java.util.Locale;

/**
 * Guest memory that was written to since a moment.
 *
 * @param gpa guest physical address, a multiple of 4 KiB
 * @param sizeBytes a multiple of 4 KiB, above zero
 * @param by whom
 */
public record WrittenRange(long gpa, long sizeBytes, By by) {
  /** Who wrote. */
  public enum By {
    /** The guest's processors, or KVM for them: its clock, its accounting of time. */
    VCPUS,
    /** This process, for a device. */
    DEVICES,
    /** Both. */
    BOTH,
    /** Nobody noted it: the memory has come since, or its slot was cut. */
    UNKNOWN;

    /** {@return it, for people and programs} */
    public String words() { return name().toLowerCase(Locale.ROOT); }
  }
}
