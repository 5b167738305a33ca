package org.ballastvm.images;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a Debian disk is to be.
 *
 * @param suite         a suite of Debian's, as {@code bookworm}
 * @param include       packages beside those that every disk has
 * @param sizeBytes     how large the disk is; its file is sparse
 * @param hostname      the guest's name
 * @param authorizedKey who may log in as root by ssh, a line of {@code authorized_keys}; nothing for a key that is made
 * @param autologin     root is logged in on the serial console
 * @param kernel        which of Debian's kernels it boots, and has the modules of
 */
public record DebianDiskConfig(String suite, List<String> include, long sizeBytes, String hostname,
    Optional<String> authorizedKey, boolean autologin, DebianFlavour kernel) {
  /** The suite if none is named. */
  public static final String SUITE = "bookworm";
  /** The size if none is named. */
  public static final long SIZE_BYTES = 4L << 30;
  /** The least that holds the packages that every disk has. */
  public static final long LEAST_BYTES = 1L << 30;
  /** The most, which is ext4's with 4 KiB blocks. */
  public static final long MOST_BYTES = 16L << 40;

  private static final long STEP_BYTES = 1L << 20;
  private static final Pattern SUITE_FORM = Pattern.compile("[a-z][a-z0-9.-]{0,63}");
  private static final Pattern PACKAGE_FORM = Pattern.compile("[a-z0-9][a-z0-9+.:-]*(=[A-Za-z0-9.+:~-]+)?");
  private static final Pattern HOSTNAME_FORM = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern KEY_FORM = Pattern.compile("(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+( [^\\n]*)?");

  /** Checks it; the message begins with the name of what is wrong. */
  public DebianDiskConfig {
    include = List.copyOf(include);
    require(SUITE_FORM.matcher(suite).matches(), "suite " + suite + ": must be a suite of Debian's, such as " + SUITE);
    for (String each : include) {
      require(PACKAGE_FORM.matcher(each).matches(),
          "include " + each + ": must be names of packages with commas between them, such as fio,iperf3");
    }
    require(sizeBytes >= LEAST_BYTES && sizeBytes <= MOST_BYTES && sizeBytes % STEP_BYTES == 0,
        "size " + sizeBytes + ": must be whole MiB, from 1G to 16T");
    require(HOSTNAME_FORM.matcher(hostname).matches(),
        "hostname " + hostname
            + ": must be 1 to 63 lower-case letters, digits and dashes, without a dash at either end");
    authorizedKey.ifPresent(key -> require(KEY_FORM.matcher(key).matches(),
        "ssh-key: must be one public key, as in a file ~/.ssh/id_ed25519.pub"));
  }

  private static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }

  /** {@return the disk that is made if nothing is asked for} */
  public static DebianDiskConfig usual() {
    return new DebianDiskConfig(SUITE, List.of(), SIZE_BYTES, "debian", Optional.empty(), false, DebianFlavour.CLOUD);
  }

  /** {@return the same, and root is logged in on the serial console} */
  public DebianDiskConfig withAutologin() {
    return new DebianDiskConfig(suite, include, sizeBytes, hostname, authorizedKey, true, kernel);
  }

  /** {@return all of it in one line, from which the disk follows} */
  String words() {
    return String.join("|", suite, String.join(",", include), Long.toString(sizeBytes), hostname,
        authorizedKey.orElse(""), Boolean.toString(autologin), kernel.word());
  }
}
