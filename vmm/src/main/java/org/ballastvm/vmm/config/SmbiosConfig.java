package org.ballastvm.vmm.config;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code -smbios}: what a machine's SMBIOS tables say.
 *
 * @param texts those that were given; an empty one leaves out what would stand there
 * @param types which of the types 0 to 3 were named
 * @param release the firmware's, if one was given
 */
public record SmbiosConfig(Map<SmbiosText, String> texts, Set<Integer> types, Optional<Release> release) {
  /** The longest text, in bytes of UTF-8. */
  public static final int LONGEST_TEXT = 1024;

  /** Nothing was given. */
  public static final SmbiosConfig DEFAULT = new SmbiosConfig(Map.of(), Set.of(), Optional.empty());

  /**
   * A firmware's release.
   *
   * @param major 0 to 255
   * @param minor 0 to 255
   */
  public record Release(int major, int minor) {}

  /** Copies, and checks the texts: the tables have room for so much, and end a text with a zero. */
  public SmbiosConfig {
    texts = Map.copyOf(texts);
    types = Set.copyOf(types);
    texts.forEach((text, value) -> {
      String option = "-smbios type=" + text.type() + "," + text.key() + "=";
      if (value.getBytes(StandardCharsets.UTF_8).length > LONGEST_TEXT) {
        throw new UserError(option + "...: has more than " + LONGEST_TEXT + " bytes");
      }
      if (value.indexOf('\0') >= 0) {
        throw new UserError(option + ": must not have a zero byte");
      }
    });
  }

  /**
   * A text.
   *
   * @param text which
   * @param fallback what stands there if none was given
   * @return it, which may be empty
   */
  public String text(SmbiosText text, String fallback) { return texts.getOrDefault(text, fallback); }
}
