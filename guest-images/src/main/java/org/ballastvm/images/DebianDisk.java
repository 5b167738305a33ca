package org.ballastvm.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A disk with Debian on it and what boots it, in one directory: {@code disk.img}, {@code vmlinuz}, {@code initrd}, and
 * {@code ssh_config} by which ssh finds the guest's keys.
 *
 * @param directory where they are
 */
public record DebianDisk(Path directory) {
  static final String DISK = "disk.img";
  static final String KERNEL = "vmlinuz";
  static final String INITRD = "initrd";
  static final String KNOWN_HOSTS = "known_hosts";
  static final String SSH_CONFIG = "ssh_config";
  /** What each has to have on the kernel's command line: where the root is, and the console. */
  public static final String APPEND = "root=/dev/vda rw console=ttyS0";
  /**
   * What stands behind it in the rig, too: systemd gives a service or a device 90 s to start, which may pass there for
   * what is done at once on a host.
   */
  public static final String APPEND_IN_RIG = "systemd.default_timeout_start_sec=900";

  /** {@return the disk: an ext4 without partitions, in a sparse file} */
  public Path disk() {
    return directory.resolve(DISK);
  }

  /** {@return its kernel} */
  public Path kernel() { return directory.resolve(KERNEL); }

  /** {@return an initramfs that mounts the disk and starts what is on it} */
  public Path initrd() {
    return directory.resolve(INITRD);
  }

  /** {@return a configuration of ssh for the host {@code debian}; the port comes from the command line} */
  public Path sshConfig() {
    return directory.resolve(SSH_CONFIG);
  }

  /** {@return whether a directory holds such a disk} */
  public static boolean isIn(Path directory) {
    return List.of(DISK, KERNEL, INITRD, SSH_CONFIG).stream().allMatch(name -> Files.exists(directory.resolve(name)));
  }

  /**
   * Copies it. The copy of the disk stays sparse, and is whole when it has its name.
   *
   * @param target a directory, which is made if need be
   * @return the copy
   * @throws ImageError if there is one already, or it cannot be made
   */
  public DebianDisk copyTo(Path target) {
    DebianDisk copy = new DebianDisk(target.toAbsolutePath().normalize());
    if (Files.exists(copy.disk())) {
      throw new ImageError(copy.disk() + " is there already, and is not overwritten");
    }
    try {
      Files.createDirectories(copy.directory);
      for (String name : List.of(KERNEL, INITRD, KNOWN_HOSTS)) {
        Files.copy(directory.resolve(name), copy.directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
      String config = Files.readString(sshConfig());
      Files.writeString(copy.sshConfig(),
          config.replace(directory.resolve(KNOWN_HOSTS).toString(), copy.directory.resolve(KNOWN_HOSTS).toString()));
      SparseFile.copy(disk(), copy.disk());
      return copy;
    } catch (IOException e) {
      throw new ImageError("a Debian disk cannot be copied to " + target + ": " + e, e);
    }
  }
}
