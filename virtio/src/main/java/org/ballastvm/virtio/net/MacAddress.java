package org.ballastvm.virtio.net;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * An Ethernet address.
 *
 * @param bits its six bytes, the first on the wire highest; 0 to 2^48 - 1
 */
public record MacAddress(long bits) {
  /** Bytes of an address. */
  public static final int BYTES = 6;
  /** All that hear are meant. */
  static final long BROADCAST = 0xffff_ffff_ffffL;

  private static final Pattern FORM = Pattern.compile("\\p{XDigit}{2}([:-]\\p{XDigit}{2}){5}");
  /** The bit of the first byte that says that a group is meant. IEEE 802, 8.2.2. */
  private static final long GROUP = 1L << 40;

  /** Refuses what is longer. */
  public MacAddress {
    if (bits < 0 || bits > BROADCAST) {
      throw new IllegalArgumentException("an Ethernet address of more than 48 bits: 0x" + Long.toHexString(bits));
    }
  }

  /**
   * Reads an address as people write it.
   *
   * @param text such as {@code 52:54:00:12:34:56}
   * @return its bits; empty if that is none
   */
  public static OptionalLong parse(String text) {
    return FORM.matcher(text).matches()
        ? OptionalLong.of(Long.parseLong(text.replaceAll("[:-]", ""), 16))
        : OptionalLong.empty();
  }

  /** {@return whether it names a group, or all} */
  public boolean isGroup() { return isGroup(bits); }

  static boolean isGroup(long bits) { return (bits & GROUP) != 0; }

  /** {@return the address as it lies in memory, read as a little-endian number} */
  long littleEndian() {
    return Long.reverseBytes(bits) >>> 16;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int shift = 40; shift >= 0; shift -= 8) {
      text.append(String.format("%02x", bits >>> shift & 0xff)).append(shift == 0 ? "" : ":");
    }
    return text.toString();
  }
}
