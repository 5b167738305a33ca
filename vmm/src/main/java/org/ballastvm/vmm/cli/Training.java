package org.ballastvm.vmm.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.ballastvm.vmm.command.BuildCommand;
import org.ballastvm.vmm.config.UserError;

/**
 * {@code ballast train DIRECTORY}: does once what every start does, while the JVM that packages Ballast looks on and
 * keeps the classes it sees. The kernel is a {@link TrainingGuest}: what the JVM has not seen by then it makes again in every
 * process, at 1 to 2 ms each.
 */
public final class Training implements BuildCommand {
  private static final int KERNEL_BASE = 0x10_0000;
  private static final int KERNEL_OFFSET = 0x1000;
  private static final int SETUP_BYTES = 1024;
  private static final int MOST_KERNEL_BYTES = 1 << 18;
  /** Incompressible padding: makes the kernel large enough to go through the cache. */
  private static final int NOISE_BYTES = 1 << 17;
  private static final byte[] CODE = TrainingGuest.code();

  private static final List<String> NOT_OF_A_START = List.of("org.ballastvm.images", "org.ballastvm.testkit");
  private static final String BALLOON = "virtio-balloon-pci,id=balloon0,addr=" + TrainingGuest.BALLOON_SLOT;

  /** What programs ask of a machine, before they let it run. */
  private static final String QUESTIONS = """
      {"execute": "qmp_capabilities", "id": 1}
      {"execute": "query-status"}
      {"execute": "query-balloon"}
      {"execute": "balloon", "arguments": {"value": 134217728}}
      {"execute": "qom-set", "arguments": {"path": "/machine/peripheral/balloon0",
       "property": "guest-stats-polling-interval", "value": 1}}
      {"execute": "qom-get", "arguments": {"path": "/machine/peripheral/balloon0", "property": "guest-stats"}}
      {"execute": "object-add", "arguments": {"qom-type": "memory-backend-ram", "id": "mem1", "size": 134217728}}
      {"execute": "device_add", "arguments": {"driver": "pc-dimm", "id": "dimm1", "memdev": "mem1"}}
      {"execute": "human-monitor-command", "arguments": {"command-line": "object_add memory-backend-ram,id=m,size=128M"}}
      {"execute": "human-monitor-command", "arguments": {"command-line": "device_add virtio-mem-pci,id=vm0,memdev=m,addr=%d"}}
      {"execute": "human-monitor-command", "arguments": {"command-line": "qom-set vm0 requested-size 64M"}}
      {"execute": "human-monitor-command", "arguments": {"command-line": "info memory-devices"}}
      {"execute": "query-memory-devices"}
      {"execute": "query-memory-size-summary"}
      {"execute": "device_del", "arguments": {"id": "dimm1"}}
      {"execute": "query-pci"}
      {"execute": "cont"}
      """
      .formatted(TrainingGuest.MEMORY_SLOT);

  @Override
  public String name() { return "train"; }

  @Override
  public int run(List<String> arguments) {
    if (arguments.size() != 1) {
      throw new UserError("train: takes one argument, a directory");
    }
    Path directory = Path.of(arguments.getFirst());
    try {
      loadOurClasses();
      Path kernel = Files.write(directory.resolve("kernel"), bzImage(gzip(elf())));
      Path initrd = Files.write(directory.resolve("initrd"), new byte[4096]);
      int status = watchedMachine(directory, kernel, initrd);
      status = status == 0 ? machineOfNodes(kernel) : status;
      return status == 0 ? plainMachine(directory) : status;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A machine that programs ask, and people, before it runs. */
  private static int watchedMachine(Path directory, Path kernel, Path initrd) {
    Path serial = directory.resolve("serial");
    Path qmp = directory.resolve("qmp");
    List<Thread> clients = List.of(Thread.startVirtualThread(() -> connect(serial, "")),
        Thread.startVirtualThread(() -> connect(qmp, QUESTIONS)));
    int status = Main.run(new String[]{"-nodefaults", "-display", "none", "-no-reboot", "-S", "-m",
        "256,slots=2,maxmem=2G", "-smp", "2", "-kernel", kernel.toString(), "-initrd", initrd.toString(), "-append",
        "console=ttyS0", "-device", BALLOON, "-device", "virtio-rng-pci", "-object",
        "memory-backend-memfd,id=ram,size=256M", "-machine", "memory-backend=ram", "-serial",
        "unix:" + serial + ",server=on,wait=on", "-qmp", "unix:" + qmp + ",server=on,wait=on", "-monitor", "stdio"});
    clients.forEach(Thread::interrupt);
    return status;
  }

  /**
   * A machine with nodes and memory for each, which runs at once. Its DIMM is no multiple of 128 MiB, which is warned of: a
   * process that logs that it has no descriptors left must not need one to load the logger's classes.
   */
  private static int machineOfNodes(Path kernel) {
    return Main.run(new String[]{"-nodefaults", "-display", "none", "-no-reboot", "-m", "256,slots=2,maxmem=2G", "-smp",
        "sockets=2,cores=1", "-kernel", kernel.toString(), "-serial", "null", "-device",
        BALLOON,
        "-object", "memory-backend-ram,id=r0,size=128M", "-object", "memory-backend-ram,id=r1,size=128M", "-numa",
        "node,nodeid=0,cpus=0,memdev=r0", "-numa", "node,nodeid=1,cpus=1,memdev=r1", "-object",
        "memory-backend-ram,id=m0,size=128M", "-device",
        "virtio-mem-pci,id=vm0,memdev=m0,node=1,requested-size=64M,addr=" + TrainingGuest.MEMORY_SLOT, "-object",
        "memory-backend-ram,id=m1,size=96M", "-device", "pc-dimm,id=dimm1,memdev=m1,node=0"});
  }

  /** A machine of nothing but memory that nobody named, which ends before it runs. */
  private static int plainMachine(Path directory) {
    Path qmp = directory.resolve("plain");
    Thread client = Thread.startVirtualThread(() -> connect(qmp, """
        {"execute": "qmp_capabilities"}
        {"execute": "quit"}
        """));
    int status = Main.run(new String[]{"-nodefaults", "-display", "none", "-S", "-m", "64", "-qmp",
        "unix:" + qmp + ",server=on,wait=on"});
    client.interrupt();
    return status;
  }

  /**
   * What a boot without a virtio driver does not reach, a boot with one will. Every class that is kept takes a little of
   * each start, and what makes guests and measures them has no part in one.
   */
  private static void loadOurClasses() throws IOException {
    for (ResolvedModule module : Training.class.getModule().getLayer().configuration().modules()) {
      if (module.name().startsWith("org.ballastvm.") && !NOT_OF_A_START.contains(module.name())) {
        ModuleReference reference = module.reference();
        try (ModuleReader reader = reference.open()) {
          reader.list().filter(name -> name.endsWith(".class") && name.contains("/") && !name.contains("/generated/"))
              .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
              .forEach(Training::load);
        }
      }
    }
  }

  private static void load(String name) {
    try {
      Class.forName(name, false, Training.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      // It belongs to JUnit, which is not in the package.
    }
  }

  private static void connect(Path socket, String words) {
    while (!Thread.currentThread().isInterrupted()) {
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        channel.write(ByteBuffer.wrap(words.getBytes(StandardCharsets.UTF_8)));
        while (channel.read(ByteBuffer.allocate(4096)) > 0) {
          // Until the machine is gone.
        }
        return;
      } catch (IOException e) {
        Thread.onSpinWait(); // The machine is not there yet.
      }
    }
  }

  /** A vmlinux of one segment, with the note that names its 32-bit entry: ELF-64 specification; Xen's PVH note. */
  private static byte[] elf() {
    ByteBuffer elf = ByteBuffer.allocate(KERNEL_OFFSET + CODE.length + NOISE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0, 0x464c_457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
    elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1).putLong(32, 64);
    elf.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 2);
    programHeader(elf, 64, 1, KERNEL_OFFSET, CODE.length);
    programHeader(elf, 64 + 56, 4, 256, 20);
    elf.putInt(256, 4).putInt(260, 4).putInt(264, 18).put(268, "Xen\0".getBytes(StandardCharsets.US_ASCII));
    elf.putInt(272, KERNEL_BASE);
    elf.put(KERNEL_OFFSET, CODE);
    byte[] noise = new byte[NOISE_BYTES];
    new Random(1).nextBytes(noise);
    elf.put(KERNEL_OFFSET + CODE.length, noise);
    return elf.array();
  }

  private static void programHeader(ByteBuffer elf, int at, int type, int offset, int bytes) {
    elf.putInt(at, type).putInt(at + 4, 5).putLong(at + 8, offset).putLong(at + 24, KERNEL_BASE);
    elf.putLong(at + 32, bytes).putLong(at + 40, bytes);
  }

  private static byte[] gzip(byte[] kernel) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(kernel);
    }
    return packed.toByteArray();
  }

  /** A bzImage around a packed kernel: Documentation/arch/x86/boot.rst. */
  private static byte[] bzImage(byte[] payload) {
    ByteBuffer image = ByteBuffer.allocate(SETUP_BYTES + MOST_KERNEL_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    image.put(0x1f1, (byte) (SETUP_BYTES / 512 - 1)).putInt(0x1f4, MOST_KERNEL_BYTES / 16);
    image.putShort(0x1fe, (short) 0xaa55).putInt(0x202, 0x5372_6448).putShort(0x206, (short) 0x20f);
    image.put(0x211, (byte) 1).putInt(0x22c, 0x7fff_ffff).putShort(0x236, (short) 1).putInt(0x238, 2047);
    image.putInt(0x248, 0).putInt(0x24c, payload.length);
    image.putLong(0x258, KERNEL_BASE).putInt(0x260, MOST_KERNEL_BYTES);
    image.put(SETUP_BYTES, payload);
    return image.array();
  }
}
