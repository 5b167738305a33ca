package org.ballastvm.vmm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.ballastvm.vmm.attach.Announcement;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.DiskConfig;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.DriveOptions;
import org.ballastvm.vmm.config.FirmwareConfig;
import org.ballastvm.vmm.config.FolderConfig;
import org.ballastvm.vmm.config.ImageConfig;
import org.ballastvm.vmm.config.IoThreadConfig;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.NetdevConfig;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.config.ObjectConfig;
import org.ballastvm.vmm.config.ObjectModels;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.LoopThread;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.qmp.Monitors;
import org.ballastvm.vmm.state.Log;

/**
 * Describes a machine, and starts it. What is not said is as on the command line; nothing is announced to
 * {@code ballast ps}, printed, or kept between starts unless it is asked for.
 */
public final class VmBuilder {
  private static final AtomicInteger NAMELESS = new AtomicInteger();
  private static final String CONSOLE = "console";

  private final List<ObjectConfig> objects = new ArrayList<>();
  private final List<DeviceConfig> devices = new ArrayList<>();
  private final List<DriveConfig> drives = new ArrayList<>();
  private final List<NetdevConfig> networks = new ArrayList<>();
  private final List<FolderConfig> folders = new ArrayList<>();
  private String name = "vm" + NAMELESS.incrementAndGet();
  private long memoryBytes = 128L << 20;
  private long maxMemoryBytes;
  private int slots;
  private int cpus = 1;
  private Optional<Path> kernel = Optional.empty();
  private Optional<Path> initrd = Optional.empty();
  private String commandLine = "";
  private Optional<BootConfig> payload = Optional.empty();
  private Optional<Path> console = Optional.empty();
  private Optional<Path> kernelCache = Optional.empty();
  private Optional<LoopThread> loop = Optional.empty();
  private boolean paused;
  private boolean announced;
  private Consumer<String> notes = note -> Log.of(Vm.class).info("{}", note);

  VmBuilder() {}

  /**
   * Names it.
   *
   * @param text what log lines, threads and {@code ballast ps} call it; {@code vm1}, {@code vm2} and so on if not set
   * @return this
   */
  public VmBuilder name(String text) {
    name = text;
    return this;
  }

  /**
   * Gives it base memory.
   *
   * @param size as {@code -m} takes it, such as {@code 512M}; 128 MiB if not set
   * @return this
   * @throws UserError if it is no size
   */
  public VmBuilder memory(String size) { return memory(ByteSize.parse("memory", size, 1)); }

  /**
   * Gives it base memory.
   *
   * @param sizeBytes a multiple of 4 KiB above zero
   * @return this
   */
  public VmBuilder memory(long sizeBytes) {
    memoryBytes = sizeBytes;
    return this;
  }

  /**
   * Leaves room for more memory.
   *
   * @param size base memory and all that can ever be plugged, such as {@code 4G}
   * @param dimmSlots how many DIMMs it can have, 0 to 256
   * @return this
   * @throws UserError if it is no size
   */
  public VmBuilder maxMemory(String size, int dimmSlots) {
    maxMemoryBytes = ByteSize.parse("maxMemory", size, 1);
    slots = dimmSlots;
    return this;
  }

  /**
   * Gives it processors.
   *
   * @param count 1 to 254; 1 if not set
   * @return this
   */
  public VmBuilder cpus(int count) {
    cpus = count;
    return this;
  }

  /**
   * Has it boot Linux.
   *
   * @param file a bzImage, or an ELF vmlinux with a PVH note
   * @return this
   */
  public VmBuilder kernel(Path file) {
    kernel = Optional.of(file);
    return this;
  }

  /**
   * Gives the kernel an initial RAM disk.
   *
   * @param file a cpio archive
   * @return this
   */
  public VmBuilder initrd(Path file) {
    initrd = Optional.of(file);
    return this;
  }

  /**
   * Gives the kernel parameters.
   *
   * @param parameters such as {@code console=ttyS0}
   * @return this
   */
  public VmBuilder commandLine(String parameters) {
    commandLine = parameters;
    return this;
  }

  /**
   * Has it run a flat 64-bit program in place of a kernel.
   *
   * @param program with where it is put and entered
   * @return this
   */
  public VmBuilder payload(BootConfig.Payload program) {
    payload = Optional.of(program);
    return this;
  }

  /**
   * Has its serial port, COM1, written to a file.
   *
   * @param file is made, or emptied
   * @return this
   */
  public VmBuilder console(Path file) {
    console = Optional.of(file);
    return this;
  }

  /**
   * Gives it a device.
   *
   * @param device typed
   * @return this
   */
  public VmBuilder device(DeviceConfig device) {
    devices.add(device);
    return this;
  }

  /**
   * Gives it a device.
   *
   * @param words as {@code -device} takes them, such as {@code virtio-balloon-pci,id=balloon0}
   * @return this
   * @throws UserError if there is no such device, or it has no such property
   */
  public VmBuilder device(String words) { return device(deviceOf(words)); }

  /**
   * Gives it a disk.
   *
   * @param words as {@code -drive} takes them, such as {@code file=root.img,format=raw}
   * @return this
   * @throws UserError if a word is none that it takes
   */
  public VmBuilder drive(String words) {
    drives.add(DriveOptions.parse(KeyValues.parse("-drive", words, "file"), drives.size()));
    return this;
  }

  /**
   * Gives it a disk that its driver may write to.
   *
   * @param file a raw file or a block device
   * @return this
   */
  public VmBuilder disk(Path file) { return disk(ImageConfig.of(file)); }

  /**
   * Gives it a disk.
   *
   * @param image which file, and how it is used, such as {@code ImageConfig.of(file).asSnapshot()}
   * @return this
   */
  public VmBuilder disk(ImageConfig image) {
    return disk(new DriveConfig("virtio" + drives.size(), Optional.empty(), image, DriveConfig.Use.DEFAULTS, true));
  }

  /**
   * Gives it a disk, with limits and with what is done when the host fails.
   *
   * @param disk typed; one that is not {@linkplain DriveConfig#plugged plugged} needs a device
   * @return this
   */
  public VmBuilder disk(DriveConfig disk) {
    drives.add(disk);
    return this;
  }

  /**
   * Gives it a network card.
   *
   * @param network the other end of its wire, such as
   *        {@code new NetdevConfig.User("net0", UserNetConfig.USUAL.forwarding(2222, 22))}
   * @return this
   */
  public VmBuilder networkCard(NetdevConfig network) {
    networks.add(network);
    return device(DeviceConfig.Net.of(network));
  }

  /**
   * Gives it a folder of the host, for {@code mount -t 9p -o trans=virtio TAG DIRECTORY}.
   *
   * @param folder which, such as {@code FolderConfig.of(directory, "share")}; its id is the tag, 1 to 255 bytes
   * @return this
   * @throws UserError if the tag is too long
   */
  public VmBuilder folder(FolderConfig folder) {
    String word = folder.id().replace(",", ",,");
    DeviceConfig device = deviceOf("virtio-9p-pci,fsdev=" + word + ",mount_tag=" + word);
    folders.add(folder);
    return device(device);
  }

  /**
   * Gives it an object for its devices to use.
   *
   * @param object typed
   * @return this
   */
  public VmBuilder object(ObjectConfig object) {
    objects.add(object);
    return this;
  }

  /**
   * Gives it an object for its devices to use.
   *
   * @param words as {@code -object} takes them, such as {@code memory-backend-ram,id=mem0,size=1G}
   * @return this
   * @throws UserError if there is no such object, or it has no such property
   */
  public VmBuilder object(String words) { return object(objectOf(words)); }

  /**
   * Keeps kernels that were unpacked on the host, so that its guest need not unpack its own at each boot.
   *
   * @param directory is made; machines may share it
   * @return this
   */
  public VmBuilder kernelCache(Path directory) {
    kernelCache = Optional.of(directory);
    return this;
  }

  /**
   * Has its event loop share a thread with those of other machines; it has a thread of its own if not set.
   *
   * @param shared is open, and may be closed before the machine is
   * @return this
   */
  public VmBuilder loop(VmLoop shared) {
    loop = Optional.of(shared.thread());
    return this;
  }

  /**
   * Has it wait for {@link Vm#resume}.
   *
   * @return this
   */
  public VmBuilder paused() {
    paused = true;
    return this;
  }

  /**
   * Has {@code ballast ps} list it and {@code ballast monitor} reach it.
   *
   * @return this
   */
  public VmBuilder announced() {
    announced = true;
    return this;
  }

  /**
   * Hears what its user should know while it is put together: how far the preallocation of memory is, for example.
   *
   * @param taker takes a line each; logs them if not set
   * @return this
   */
  public VmBuilder notes(Consumer<String> taker) {
    notes = taker;
    return this;
  }

  /**
   * Puts the machine together and, unless it is to be {@link #paused}, starts it.
   *
   * @return the machine; the caller closes it
   * @throws UserError if something asked for cannot be; nothing is left behind
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing is left behind
   * @throws IllegalStateException if the {@link #loop} that it should share is closed
   */
  public Vm start() {
    return new Vm(Machine.start(config(), loop, notes, machine -> {
      Monitors.attach(machine);
      if (announced) {
        Announcement.of(machine);
      }
    }));
  }

  /** What it describes. */
  MachineConfig config() {
    MemoryConfig memory = new MemoryConfig(memoryBytes, slots, Math.max(maxMemoryBytes, memoryBytes), Optional.empty());
    List<ChardevConfig> chardevs = console
        .map(file -> List.<ChardevConfig>of(new ChardevConfig.File(CONSOLE, false, file, false))).orElse(List.of());
    List<String> serials = chardevs.stream().map(ChardevConfig::id).toList();
    DiskConfig disks = new DiskConfig(List.of(), drives);
    return new MachineConfig(name, UUID.randomUUID(), memory, CpuConfig.of(cpus), NumaConfig.NONE, boot(),
        ofKind(BackendConfig.class), ofKind(IoThreadConfig.class), networks, disks, disks.withDevices(devices),
        chardevs, serials, List.of(),
        new RunPolicy(paused, false, false), Optional.empty(), kernelCache, folders, FirmwareConfig.DEFAULT, List.of());
  }

  private BootConfig boot() {
    if (payload.isPresent() && kernel.isPresent()) {
      throw new UserError("kernel " + kernel.get() + ": the machine runs a payload; it can be one of the two");
    }
    return payload.orElseGet(() -> kernel.<BootConfig>map(file -> new BootConfig.Linux(file, initrd, commandLine))
        .orElseThrow(() -> new UserError("kernel: is missing, and this machine has no firmware that would find one")));
  }

  private <T> List<T> ofKind(Class<T> kind) {
    return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  static DeviceConfig deviceOf(String words) { return DeviceModels.parse(KeyValues.parse("device", words, "driver")); }

  static ObjectConfig objectOf(String words) {
    return ObjectModels.parse(KeyValues.parse("object", words, "qom-type"));
  }
}
