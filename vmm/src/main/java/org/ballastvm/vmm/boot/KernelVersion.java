package org.ballastvm.vmm.boot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The version of a Linux kernel, as its file states it.
 *
 * @param major the first number, such as 6 of 6.1.0
 * @param minor the second number
 */
record KernelVersion(int major, int minor) {
  /** How {@code linux_banner} begins (init/version.c). */
  private static final String BANNER = "Linux version ";
  private static final int FIRST_WITH_GENERIC_PVH = 5;
  private static final int MOST_DIGITS = 4;

  /**
   * {@return whether an entry that this kernel's PVH note names works without Xen} From 4.11 to 4.20 there is a note, and code
   * behind it that makes Xen's hypercalls; 5.0 is the first with CONFIG_PVH (arch/x86/platform/pvh).
   */
  boolean hasGenericPvh() { return major >= FIRST_WITH_GENERIC_PVH; }

  /** A version at the beginning of a text, if it begins with one. */
  static Optional<KernelVersion> at(ByteBuffer part) {
    return at(text(part));
  }

  private static Optional<KernelVersion> at(String text) {
    int dot = digits(text, 0);
    int end = dot == 0 || dot == text.length() || text.charAt(dot) != '.' ? 0 : digits(text, dot + 1);
    return end <= dot + 1
        ? Optional.empty()
        : Optional.of(new KernelVersion(Integer.parseInt(text.substring(0, dot)),
            Integer.parseInt(text.substring(dot + 1, end))));
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && at - from < MOST_DIGITS && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  /** The version of a banner that is somewhere in a part of a kernel, if one is. */
  static Optional<KernelVersion> inBanner(ByteBuffer part) {
    String text = text(part);
    int at = text.indexOf(BANNER);
    return at < 0 ? Optional.empty() : at(text.substring(at + BANNER.length()));
  }

  private static String text(ByteBuffer part) {
    byte[] bytes = new byte[part.remaining()];
    part.get(part.position(), bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
