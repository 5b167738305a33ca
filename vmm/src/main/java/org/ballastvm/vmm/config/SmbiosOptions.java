package org.ballastvm.vmm.config;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code -uuid} and {@code -smbios}, by QEMU's names. */
public final class SmbiosOptions {
  private static final String OPTION = "-smbios";
  private static final Pattern UUID_FORM = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
  private static final Pattern RELEASE = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})");
  private static final int FIRMWARE = 0;
  private static final int SYSTEM = 1;
  private static final int MOST_OF_RELEASE = 255;

  private final Map<SmbiosText, String> texts = new EnumMap<>(SmbiosText.class);
  private final Set<Integer> types = new HashSet<>();
  private Optional<SmbiosConfig.Release> release = Optional.empty();
  private Optional<UUID> uuid;

  private SmbiosOptions(Optional<UUID> uuid) { this.uuid = uuid; }

  /**
   * What was given.
   *
   * @param uuid of the machine, if it was given one
   * @param smbios its tables
   */
  public record Given(Optional<UUID> uuid, SmbiosConfig smbios) {}

  /**
   * Parses.
   *
   * @param uuid what stands behind {@code -uuid}, if it was given
   * @param smbios what stands behind each {@code -smbios}; of two values of a key the later counts
   * @return both
   * @throws UserError for a type, key or value that is none, and for two UUIDs
   */
  public static Given parse(Optional<String> uuid, List<String> smbios) {
    SmbiosOptions all = new SmbiosOptions(uuid.map(text -> uuid("-uuid " + text, text)));
    smbios.forEach(text -> all.add(KeyValues.parse(OPTION, text, "file")));
    return new Given(all.uuid, new SmbiosConfig(all.texts, all.types, all.release));
  }

  private void add(KeyValues values) {
    values.take("file").ifPresent(file -> {
      throw new UserError(OPTION + " file=" + file + ": whole tables are not taken; give texts with type=0, 1, 2 or 3");
    });
    String word = values.require("type");
    if (!word.matches("[0-3]")) {
      throw new UserError(OPTION + " type=" + word + ": must be 0, 1, 2 or 3; the others are the machine's own");
    }
    int type = Integer.parseInt(word);
    types.add(type);
    SmbiosText.of(type).forEach(text -> values.take(text.key()).ifPresent(value -> texts.put(text, value)));
    String keys = SmbiosText.of(type).stream().map(SmbiosText::key).collect(Collectors.joining(", "));
    if (type == FIRMWARE) {
      values.take("release").ifPresent(text -> release = Optional.of(release(text)));
      if (values.takeBoolean("uefi", false)) {
        throw new UserError(OPTION + " type=0,uefi=on: must be off; this machine has no UEFI");
      }
      keys += ", release, uefi";
    } else if (type == SYSTEM) {
      values.take("uuid").ifPresent(this::alsoUuid);
      keys += ", uuid";
    }
    values.refuseRest("type, " + keys);
  }

  private void alsoUuid(String text) {
    UUID given = uuid(OPTION + " type=1,uuid=" + text, text);
    if (uuid.isPresent() && !uuid.get().equals(given)) {
      throw new UserError(OPTION + " type=1,uuid=" + text + ": must be that of -uuid, " + uuid.get());
    }
    uuid = Optional.of(given);
  }

  private static SmbiosConfig.Release release(String text) {
    Matcher numbers = RELEASE.matcher(text);
    if (numbers.matches()) {
      int major = Integer.parseInt(numbers.group(1));
      int minor = Integer.parseInt(numbers.group(2));
      if (major <= MOST_OF_RELEASE && minor <= MOST_OF_RELEASE) {
        return new SmbiosConfig.Release(major, minor);
      }
    }
    throw new UserError(OPTION + " type=0,release=" + text + ": must be two numbers up to 255, such as 1.16");
  }

  /**
   * A UUID as users write it.
   *
   * @param where the option and its value, for the error
   * @param text its value
   * @return it
   * @throws UserError if it is none
   */
  static UUID uuid(String where, String text) {
    if (!UUID_FORM.matcher(text).matches()) {
      throw new UserError(
          where + ": must be 32 hexadecimal digits, such as 5f6c8a3e-0123-4567-89ab-cdef01234567");
    }
    return UUID.fromString(text);
  }
}
