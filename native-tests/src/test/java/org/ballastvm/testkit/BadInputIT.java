package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a user gets wrong: one sentence that says what, exit status 2, and nothing started or left behind. */
@Tag("kvm")
class BadInputIT {
  private static final String LONG_TEXT = "x".repeat(3000);

  @TempDir
  private Path directory;

  /**
   * A mistake.
   *
   * @param sentence all that is said
   * @param options the command line
   */
  record Mistake(String sentence, List<String> options) {
    @Override
    public String toString() {
      String line = String.join(" ", options);
      return line.substring(0, Math.min(80, line.length()));
    }
  }

  private static Mistake mistake(String sentence, String... options) { return new Mistake(sentence, List.of(options)); }

  @BeforeEach
  void makeFiles() throws IOException {
    Files.createDirectory(directory.resolve("directory"));
    Files.write(directory.resolve("bzImage"), KernelFiles.bzImage(4096));
    byte[] whole = KernelFiles.bzImage(65536);
    Files.write(directory.resolve("truncated"), java.util.Arrays.copyOf(whole, 5000));
    Files.write(directory.resolve("header"), java.util.Arrays.copyOf(whole, 600));
    Files.write(directory.resolve("vmlinux"), KernelFiles.elfWithoutNote());
    Files.writeString(directory.resolve("text"), "this is not a kernel\n".repeat(100));
    Files.write(directory.resolve("initrd"), new byte[0]);
    try (var file = new java.io.RandomAccessFile(directory.resolve("initrd").toFile(), "rw")) {
      file.setLength(256L << 20); // a hole
    }
    Files.write(directory.resolve("ram"), new byte[4096]);
  }

  static Stream<Mistake> kernels() {
    return Stream.of(mistake("-kernel absent: no such file", "-kernel", "absent"),
        mistake("-kernel directory: is a directory; it must be a file", "-kernel", "directory"),
        mistake("-kernel truncated: is a bzImage cut short: its header promises 66560 bytes, and it has 5000",
            "-kernel",
            "truncated"),
        mistake("-kernel header: is cut short within the setup header of a bzImage: it has 600 bytes", "-kernel",
            "header"),
        mistake("-kernel text: is neither a bzImage nor an ELF vmlinux", "-kernel", "text"),
        mistake("-kernel vmlinux: is an ELF file without a PVH note, so it has no entry that this machine knows; "
            + "build the kernel with CONFIG_PVH=y, or give its bzImage", "-kernel", "vmlinux"),
        mistake("-initrd absent: no such file", "-kernel", "bzImage", "-initrd", "absent"),
        mistake("-initrd initrd: has 268435456 bytes, and there is room for 49283072 behind the kernel; "
            + "give the guest more memory with -m", "-kernel", "bzImage", "-initrd", "initrd", "-m", "64"),
        mistake("-append: the command line has 3000 bytes; this kernel takes at most 2047", "-kernel", "bzImage",
            "-append", LONG_TEXT),
        mistake("-initrd: is for a kernel, and there is none; give one with -kernel FILE", "-initrd", "initrd"),
        mistake("-append: is for a kernel, and there is none; give one with -kernel FILE", "-append", "quiet"));
  }

  static Stream<Mistake> sizes() {
    String range = "guest memory must be a multiple of 4 KiB, above zero and at most 64 TiB";
    return Stream.of(mistake("-m size=0 bytes: " + range, "-m", "0"),
        mistake("-m size=5000 TiB: " + range, "-m", "5000T"),
        mistake("-m size=-5: must be a size such as 512M or 4G", "-m", "-5"),
        mistake("-m size=much: must be a size such as 512M or 4G", "-m", "much"),
        mistake("-m maxmem=32 MiB: maxmem must be at least the size, 64 MiB, and at most 64 TiB", "-m", "64,maxmem=32"),
        mistake("-smp cpus=0: must be a number from 1 to 254", "-smp", "0"),
        mistake("-smp cpus=255: must be a number from 1 to 254", "-smp", "255"),
        mistake("-smp sockets=3,cores=1,threads=1: their product must be the number of CPUs, 4", "-smp", "4,sockets=3"),
        mistake("-machine memory-backend=a: its size is 67108864 bytes, and -m asks for 134217728; they must be equal",
            "-object", "memory-backend-ram,id=a,size=64M", "-machine", "memory-backend=a", "-m", "128"),
        mistake("-object memory-backend-file,id=a,mem-path=absent/ram: open absent/ram: ENOENT (no such file or "
            + "directory)", "-object", "memory-backend-file,id=a,size=64M,mem-path=absent/ram", "-machine",
            "memory-backend=a", "-m", "64"),
        mistake("-object memory-backend-file,id=a,mem-path=ram: the file has 4 KiB, less than size=64 MiB", "-object",
            "memory-backend-file,id=a,size=64M,mem-path=ram,share=on", "-machine", "memory-backend=a", "-m", "64"));
  }

  static Stream<Mistake> devices() {
    return Stream.of(
        mistake("-device: id 'a' is used twice; every id must be unique", "-device", "virtio-balloon-pci,id=a",
            "-device",
            "virtio-rng-pci,id=a"),
        mistake(
            "-device e1000: 'e1000' is not a valid device model name; there are i6300esb, isa-debug-exit, java, pc-dimm, "
                + "pvpanic, pvpanic-pci, vhost-user-blk-pci, vhost-user-fs-pci, vhost-vsock-pci, virtconsole, virtio-9p-pci, virtio-balloon-pci, virtio-blk-pci, virtio-mem-pci, virtio-net-pci, virtio-replay-pci, "
                + "virtio-rng-pci, virtio-serial-pci, virtio-vsock-pci, virtserialport, vmcoreinfo, vmgenid",
            "-device",
            "e1000"),
        mistake("-device virtio-rng-pci: Property 'virtio-rng-pci.color' not found; there are addr", "-device",
            "virtio-rng-pci,color=red"),
        mistake("-device virtio-balloon-pci,deflate-on-oom=maybe: must be on or off", "-device",
            "virtio-balloon-pci,deflate-on-oom=maybe"),
        mistake("-device virtio-balloon-pci: Only one balloon device is supported", "-device",
            "virtio-balloon-pci", "-device", "virtio-balloon-pci"),
        mistake("-device virtio-rng-pci: PCI: slot 4 function 0 not available for virtio-rng-pci, in use by "
            + "virtio-rng-pci,id=(null)", "-device", "virtio-rng-pci,addr=4", "-device",
            "virtio-rng-pci,addr=4"),
        mistake("-object memory-backend-tape: there is no such object type; there are iothread, memory-backend-file, "
            + "memory-backend-memfd, memory-backend-ram", "-object", "memory-backend-tape,id=a"),
        mistake("-machine memory-backend=b: there is no such object; it must be the id of a -object memory-backend-*",
            "-machine", "memory-backend=b"));
  }

  static Stream<Mistake> lines() {
    return Stream.of(
        mistake("-chardev tape: there is no such backend; there are stdio, socket, null, file, pty", "-chardev",
            "tape,id=a"),
        mistake("-chardev null: parameter 'id' is missing", "-chardev", "null"),
        mistake(
            "-serial tape: must be stdio, mon:stdio, unix:PATH, tcp:HOST:PORT, telnet:HOST:PORT, file:PATH, pty, null, "
                + "none or chardev:ID",
            "-serial", "tape"),
        mistake("-serial: chardev 'a' does not exist; it must be the id of a -chardev", "-serial", "chardev:a"),
        mistake("-mon: chardev 'a' does not exist; it must be the id of a -chardev", "-mon", "a"),
        mistake("-chardev id=a: is used more than once; it can be shared if it has mux=on", "-chardev", "null,id=a",
            "-serial", "chardev:a", "-mon", "a"),
        mistake("-chardev stdio: standard input and output can be used by one chardev; console and monitor share it by "
            + "-serial mon:stdio, or by mux=on", "-serial", "stdio", "-monitor", "stdio"),
        mistake("-serial: 2 serial ports were asked for; this machine has one, COM1", "-serial", "null", "-serial",
            "null"),
        mistake("-monitor unix:absent/monitor: bind absent/monitor: ENOENT (no such file or directory)", "-monitor",
            "unix:absent/monitor,server"),
        mistake("-monitor unix:text: there is something that is no socket; give another path", "-monitor",
            "unix:text,server,nowait"),
        mistake("-monitor port=99999: must be a number from 0 to 65535", "-monitor",
            "tcp:127.0.0.1:99999,server,nowait"),
        mistake("-serial file:absent/log: open absent/log: ENOENT (no such file or directory)", "-serial",
            "file:absent/log"));
  }

  static Stream<Mistake> options() {
    return Stream.of(mistake("-foo: Ballast has no such option; -help lists those it has", "-foo"),
        mistake("-hda: Ballast has no such option; -help lists those it has", "-hda", "disk"),
        mistake("-vnc: Ballast has no such option; -help lists those it has", "-vnc", ":0"),
        mistake("disk.img: a disk image or other word without an option; a kernel is given with -kernel FILE",
            "disk.img"),
        mistake("-accel tcg: Ballast has only kvm", "-accel", "tcg"),
        mistake("-cpu qemu64: Ballast has only host, which is called max too", "-cpu", "qemu64"),
        mistake("-machine virt: Ballast has only ballast", "-machine", "virt"),
        mistake("-display gtk: Ballast has only none", "-display", "gtk"),
        mistake("-pidfile absent/pid: cannot be written: there is no such directory", "-pidfile", "absent/pid"),
        mistake("-D absent/log: cannot be written: there is no such directory", "-D", "absent/log"),
        mistake("-d noise: there is no such log item; there are guest_errors, debug, trace:PATTERN", "-d", "noise"),
        mistake("-name: there is no property 'color'; allowed are guest, debug-threads", "-name", "guest=a,color=red"),
        mistake("-kernel: a value must follow: -kernel FILE", "-kernel"),
        mistake("-machine virt: Ballast has only ballast", "-M", "virt"),
        mistake("-machine accel=tcg: Ballast has only kvm", "-machine", "accel=tcg"),
        mistake("-mon mode=chat: must be readline or control", "-mon", "chardev=first,mode=chat"),
        mistake("-smp maxcpus=4: must be the number of CPUs, 2; this machine cannot plug CPUs", "-smp", "2,maxcpus=4"),
        mistake("-smp sockets=1,cores=2,threads=1: their product must be the number of CPUs, 3", "-smp", "3,cores=2"),
        mistake("-smp 4: dies=2: must be 1; this machine's sockets have cores, and these threads", "-smp", "4,dies=2"));
  }

  @ParameterizedTest
  @MethodSource({"kernels", "sizes", "devices", "lines", "options"})
  void aMistakeIsNamedInOneSentenceAndNothingStarts(Mistake mistake) throws Exception {
    // A monitor, a log and a process number that would be seen if they had been made, and stayed.
    List<String> options = new ArrayList<>(
        List.of("-nodefaults", "-S", "-chardev", "socket,id=first,path=first,server=on,wait=off"));
    if (!mistake.options().contains("-pidfile")) {
      options.addAll(List.of("-pidfile", "pid"));
    }
    options.addAll(mistake.options());
    assertRefused(mistake.sentence(), Launched.with(directory, "", options));
  }

  static Stream<Mistake> studies() {
    return Stream.of(
        mistake("study --resize 100M: must be a multiple of 128 MiB, by which Linux takes a DIMM, up to 1 TiB", "study",
            "--resize", "100M"),
        mistake("study --means tape: 'tape' is none; there are balloon, virtio-mem, dimm", "study", "--means", "tape"),
        mistake("study --kernel absent: no such file", "study", "--kernel", "absent"),
        mistake("study --csv directory: is a directory; it must be a file", "study", "--csv", "directory"),
        mistake("study --colour: there is no such option; study --help lists what it takes", "study", "--colour"));
  }

  @ParameterizedTest
  @MethodSource("studies")
  void aStudyThatMakesNoSenseDoesNotBegin(Mistake mistake) throws Exception {
    assertRefused(mistake.sentence(), Launched.with(directory, "", mistake.options()));
  }

  private void assertRefused(String sentence, Launched launched) throws IOException {
    assertEquals("ballast: " + sentence + "\n", launched.errors());
    assertEquals("", launched.output());
    assertEquals(2, launched.status());
    try (Stream<Path> files = Files.list(directory)) {
      List<String> names = files.map(file -> file.getFileName().toString()).toList();
      assertEquals(new TreeSet<>(List.of("directory", "bzImage", "truncated", "header", "vmlinux", "text", "initrd",
          "ram")), new TreeSet<>(names));
    }
  }

  @Test
  void aSocketInUseIsLeftToItsUser() throws Exception {
    Path path = directory.resolve("used");
    try (ServerSocketChannel user = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      user.bind(UnixDomainSocketAddress.of(path));
      Launched launched = Launched.with(directory, "",
          List.of("-nodefaults", "-S", "-monitor", "unix:used,server=on,wait=off"));
      assertTrue(Files.exists(path));
      Files.delete(path);
      assertRefused("-monitor unix:used: is in use; give another, or end the process that listens there", launched);
    }
  }

  @Test
  void aMachineWithNothingToBootIsNotStarted() throws Exception {
    assertRefused(
        "-kernel FILE: is missing, and this machine has no firmware that would find one; 'ballast demo' brings "
            + "its own, and -help lists all options",
        Launched.with(directory, "", List.of("-m", "64", "-pidfile", "pid")));
  }

  @Test
  void theTerminalThatNographicWantsCannotBeGivenAway() throws Exception {
    assertRefused(
        "-chardev stdio: standard input and output can be used by one chardev; console and monitor share it by "
            + "-serial mon:stdio, or by mux=on",
        Launched.with(directory, "", List.of("-nographic", "-monitor", "stdio", "-S")));
  }

  /** A figure of /proc/meminfo, in GiB rounded up. */
  private static long gibibytes(String figure) throws IOException {
    String line = Files.readAllLines(Path.of("/proc/meminfo")).stream().filter(each -> each.startsWith(figure + ":"))
        .findFirst().orElseThrow();
    return Math.ceilDiv(Long.parseLong(line.replaceAll("\\D", "")), 1 << 20);
  }

  @Test
  void moreMemoryThanTheHostPromisesIsRefused() throws Exception {
    long gib = 2 * gibibytes("MemTotal") + 2 * gibibytes("SwapTotal") + 1;
    Path promises = Path.of("/proc/sys/vm/overcommit_memory");
    String before = Files.readString(promises);
    if (before.strip().equals("1")) {
      assumeTrue(Files.isWritable(promises), "this host promises any amount of memory");
      Files.writeString(promises, "0");
    }
    try {
      assertRefused(
          "-m size=" + gib + " GiB: this host promises a guest at most all its memory and swap; give less, or "
              + "reserve=off to a memory backend; mmap of " + (gib << 30)
              + " bytes of anonymous memory: ENOMEM (out of memory)",
          Launched.with(directory, "", List.of("-nodefaults", "-S", "-m", gib + "G", "-pidfile", "pid")));
    } finally {
      if (before.strip().equals("1")) {
        Files.writeString(promises, before);
      }
    }
  }

  @Test
  void aFileInThePlaceOfKvmIsNotTakenForIt() throws Exception {
    assertRefused("KVM_GET_API_VERSION of /dev/kvm: ENOTTY (not a terminal, or not a device that knows this request): "
        + "that file is something else than KVM's device; a container may have been given it by mistake",
        withKvmChanged("mount --bind /dev/null /dev/kvm"));
  }

  @Test
  void withoutPermissionOnKvmItSaysHowToGetIt() throws Exception {
    // A device node on a mount without devices cannot be opened, by root neither.
    assertRefused("open /dev/kvm: EACCES (permission denied): add yourself to group kvm (sudo usermod -aG kvm $USER), "
        + "and log in again", withKvmChanged("mount --bind /dev/kvm /dev/kvm && mount -o remount,bind,nodev /dev/kvm"));
  }

  /** Starts it where a command has changed what /dev/kvm is. */
  private Launched withKvmChanged(String change) throws IOException, InterruptedException {
    boolean root = Files.getOwner(directory).getName().equals("root");
    List<String> namespace = List.of("unshare", root ? "-m" : "-rm", "sh", "-c");
    assumeTrue(Launched.run(directory, "", with(namespace, change)).status() == 0, "no mount namespaces here");
    return Launched.run(directory, "",
        with(namespace, change + " && exec '" + Launched.launcher() + "' -nodefaults -S -pidfile pid"));
  }

  private static List<String> with(List<String> command, String more) {
    List<String> all = new ArrayList<>(command);
    all.add(more);
    return all;
  }
}
