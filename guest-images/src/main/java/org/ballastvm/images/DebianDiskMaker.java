package org.ballastvm.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.ballastvm.images.HostProgram.Outcome;

/**
 * Makes Debian disks. mmdebstrap installs the packages, as root or in a user namespace, into an archive; a script of ours
 * unpacks that, adds the kernel's modules and the guest's settings, and has mke2fs write the file system. It needs root for
 * nothing: fakeroot remembers who owns what.
 */
final class DebianDiskMaker {
  /** What a guest has that starts with systemd, reaches the network, and takes logins by ssh. */
  private static final List<String> PACKAGES = List.of("systemd-sysv", "systemd-resolved", "libpam-systemd", "udev",
      "dbus", "kmod", "openssh-server", "iproute2", "iputils-ping", "netbase", "procps", "ca-certificates", "less",
      "nano");
  private static final String SERVICES = "chroot \"$1\" systemctl --quiet enable systemd-networkd.service"
      + " systemd-resolved.service ssh.service && chroot \"$1\" systemctl --quiet disable"
      + " systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer"
      + " e2scrub_all.timer e2scrub_reap.service";
  private static final String NETWORK = """
      # A card of any name; passt, or whatever else is on its other end, answers DHCP.
      [Match]
      Type=ether

      [Network]
      DHCP=yes
      """;
  private static final String AUTOLOGIN = """
      [Service]
      ExecStart=
      ExecStart=-/sbin/agetty --autologin root --noclear --keep-baud 115200,57600,38400,9600 - $TERM
      """;

  private final Cache cache;
  private final Progress progress;
  private final DebianDiskConfig config;

  DebianDiskMaker(Cache cache, Progress progress, DebianDiskConfig config) {
    this.cache = cache;
    this.progress = progress;
    this.config = config;
  }

  /** {@return what this host lacks, and what to install; nothing if it has all} */
  static Optional<String> missing() {
    MissingTools missing = new MissingTools().program("mmdebstrap", "mmdebstrap").program("mke2fs", "e2fsprogs")
        .program("depmod", "kmod").program("ssh-keygen", "openssh-client").program("tar", "tar");
    return (isRoot() ? missing : missing.program("fakeroot", "fakeroot").program("newuidmap", "uidmap"))
        .sentence("a Debian disk");
  }

  /**
   * Finds the disk, or makes it.
   *
   * @param kernel  what it boots
   * @param busybox the program of its initramfs
   * @param afresh  makes it also if there is one, with the packages of today
   * @throws ImageError if something is missing, or packages cannot be had
   */
  DebianDisk disk(Kernel kernel, byte[] busybox, boolean afresh) throws IOException {
    Optional<Path> ownKey = config.authorizedKey().isPresent() ? Optional.empty() : Optional.of(SshKey.of(cache));
    String key = ownKey.isEmpty() ? config.authorizedKey().orElseThrow() : SshKey.publicLine(ownKey.get());
    String name = "disks/debian-" + config.suite() + "-" + id(kernel, key);
    if (afresh) {
      cache.remove(name);
    }
    DebianDisk finished = new DebianDisk(cache.place(name));
    cache.entry(name, List.of(DebianDisk.KERNEL, DebianDisk.INITRD, DebianDisk.SSH_CONFIG), List.of(DebianDisk.DISK),
        work -> {
          missing().ifPresent(sentence -> {
            throw new ImageError(sentence);
          });
          Files.copy(kernel.image(), work.resolve(DebianDisk.KERNEL));
          DiskInitramfs.of(kernel, busybox).writeTo(work.resolve(DebianDisk.INITRD));
          install(work.resolve("root.tar"));
          settings(work.resolve("settings"), key);
          fileSystem(work, kernel);
          Files.writeString(work.resolve(DebianDisk.SSH_CONFIG), sshConfig(finished, ownKey));
        });
    return finished;
  }

  /** Another script, kernel, key or wish makes another disk. */
  private String id(Kernel kernel, String key) {
    String all = String.join("\n", config.words(), kernel.release(), key, String.join(",", PACKAGES), SERVICES, NETWORK,
        AUTOLOGIN, Script.text("debian-disk"), Script.text("disk-init"));
    return Cache.sha256(all.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
  }

  private void install(Path archive) throws IOException {
    progress.begins("installing Debian " + config.suite() + " (a minute or two)");
    Set<String> packages = new TreeSet<>(PACKAGES);
    packages.addAll(config.include());
    List<String> command = new ArrayList<>(mountsApart(archive.getParent()));
    command.addAll(List.of("mmdebstrap", "--variant=minbase", "--format=tar",
        "--include=" + String.join(",", packages), "--customize-hook=" + SERVICES, config.suite(), archive.toString()));
    command.addAll(Apt.sources(config.suite()));
    Map<String, String> environment = new HashMap<>(Map.of("DEBIAN_FRONTEND", "noninteractive"));
    if (System.getenv("http_proxy") == null) {
      Apt.proxy().ifPresent(proxy -> environment.put("http_proxy", proxy));
    }
    run("mmdebstrap", new HostProgram(archive.getParent(), environment, this::step), command);
  }

  /**
   * What has a program of root's mount where the host does not see it, so that nothing stays mounted when it is killed.
   * Without root it is in a namespace anyway; and where root may make none, it may not mount either.
   */
  private static List<String> mountsApart(Path directory) throws IOException {
    return isRoot() && MissingTools.isOnPath("unshare")
        && !HostProgram.in(directory).run(List.of("unshare", "--mount", "true")).failed()
            ? List.of("unshare", "--mount")
            : List.of();
  }

  private void step(String line) {
    if (line.startsWith("I: ")) {
      progress.begins("mmdebstrap: " + line.substring(3).strip().replaceFirst("\\.+$", ""));
    }
  }

  private void settings(Path directory, String key) throws IOException {
    String name = config.hostname();
    write(directory.resolve("etc/hostname"), name + "\n");
    write(directory.resolve("etc/hosts"), "127.0.0.1 localhost\n127.0.1.1 " + name + "\n::1 localhost ip6-localhost\n");
    write(directory.resolve("etc/systemd/network/80-dhcp.network"), NETWORK);
    // For all users: the capability of the program does not come through fakeroot.
    write(directory.resolve("etc/sysctl.d/50-ping.conf"), "net.ipv4.ping_group_range = 0 2147483647\n");
    if (config.autologin()) {
      write(directory.resolve("etc/systemd/system/serial-getty@.service.d/autologin.conf"), AUTOLOGIN);
    }
    write(directory.resolve("root/.ssh/authorized_keys"), key + "\n");
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void fileSystem(Path work, Kernel kernel) throws IOException {
    progress.begins("writing the file system");
    Path modules = kernel.modules().orElseThrow(() -> new ImageError("Debian's kernel came without its modules"));
    List<String> command = new ArrayList<>(isRoot() ? List.of() : List.of("fakeroot", "--"));
    command.addAll(List.of("sh", "-c", Script.text("debian-disk"), "debian-disk", kernel.release(), modules.toString(),
        UUID.randomUUID().toString(), config.sizeBytes() / 1024 + "k"));
    run("the file system", HostProgram.in(work), command);
    Files.setPosixFilePermissions(work.resolve(DebianDisk.DISK), PosixFilePermissions.fromString("r--r--r--"));
  }

  private void run(String what, HostProgram program, List<String> command) throws IOException {
    Outcome outcome = program.run(command);
    if (outcome.failed()) {
      throw new ImageError("a Debian disk (" + config.suite() + ") cannot be made: " + what + " failed ("
          + outcome.status() + "): " + outcome.complaint());
    }
  }

  /** The alias keeps the guest's key apart from whatever else was once met on that port. */
  private static String sshConfig(DebianDisk finished, Optional<Path> ownKey) {
    String identity = ownKey.map(file -> "  IdentityFile " + file + "\n  IdentitiesOnly yes\n").orElse("");
    return """
        Host debian
          HostName 127.0.0.1
          User root
          HostKeyAlias debian
          UserKnownHostsFile %s
        """.formatted(finished.directory().resolve(DebianDisk.KNOWN_HOSTS))
        + identity;
  }

  private static boolean isRoot() { return System.getProperty("user.name").equals("root"); }
}
