package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code -fsdev local}: a folder of the host for guests.
 *
 * @param id by which a device names it
 * @param path of the folder
 * @param security what becomes of owners and permissions that the guest sets
 * @param readOnly whether the guest changes nothing
 * @param devices what becomes of other file systems below the folder
 */
public record FolderConfig(String id, String path, Security security, boolean readOnly, Devices devices) {
  /**
   * A folder that the guest may change, as far as this process may.
   *
   * @param directory which
   * @param id by which a device names it
   * @return it
   */
  public static FolderConfig of(Path directory, String id) {
    return new FolderConfig(id, directory.toString(), Security.NONE, false, Devices.WARN);
  }

  /** {@return the same, in which the guest changes nothing} */
  public FolderConfig asReadOnly() {
    return new FolderConfig(id, path, security, true, devices);
  }

  /**
   * The same with another path.
   *
   * @param other the path
   * @return it
   */
  public FolderConfig at(String other) { return new FolderConfig(id, other, security, readOnly, devices); }

  /** {@code security_model}. */
  public enum Security {
    /** Files have the owner and the permissions that this process can give them. */
    NONE("none"),
    /** What the guest sets stands in attributes, {@code user.virtfs}, and the file itself is this process's. */
    MAPPED_XATTR("mapped-xattr");

    private final String word;

    Security(String word) { this.word = word; }

    /** {@return the word on a command line} */
    public String word() { return word; }

    /** {@return the one of a word} */
    static Optional<Security> of(String word) {
      return Stream.of(values()).filter(each -> each.word.equals(word)).findAny();
    }
  }

  /** {@code multidevs}: numbers of files are unique on one file system alone. */
  public enum Devices {
    /** The guest sees the numbers as they are, and the log has a line. */
    WARN,
    /** Each gets numbers of its own. */
    REMAP,
    /** The guest sees nothing of others. */
    FORBID;

    /** {@return the word on a command line} */
    public String word() {
      return switch (this) {
        case WARN -> "warn";
        case REMAP -> "remap";
        case FORBID -> "forbid";
      };
    }

    static final List<String> WORDS = Stream.of(values()).map(Devices::word).toList();

    /** {@return the one of a word} */
    static Optional<Devices> of(String word) {
      return Stream.of(values()).filter(each -> each.word().equals(word)).findAny();
    }
  }
}
