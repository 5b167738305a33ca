package org.ballastvm.vmm.machine;

import java.lang.foreign.MemorySegment;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.ballastvm.kvm.CpuidEntry;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.kvm.KvmCap;
import org.ballastvm.kvm.Vcpu;
import org.ballastvm.virtio.UnwrittenMemory;
import org.ballastvm.vmm.Log;
import org.ballastvm.vmm.acpi.AcpiImage;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.acpi.MachineFacts;
import org.ballastvm.vmm.acpi.MachineTables;
import org.ballastvm.vmm.acpi.NumaTables;
import org.ballastvm.vmm.acpi.PciInterruptRouting;
import org.ballastvm.vmm.board.KvmBoard;
import org.ballastvm.vmm.boot.BootLoader;
import org.ballastvm.vmm.boot.CpuStart;
import org.ballastvm.vmm.boot.KernelParameters;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.bus.BusDevice;
import org.ballastvm.vmm.bus.IrqLine;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.chardev.Chardevs;
import org.ballastvm.vmm.chardev.SerialFrontend;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.IoThreadConfig;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.ObjectConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.cpu.CpuName;
import org.ballastvm.vmm.cpu.CpuTopology;
import org.ballastvm.vmm.cpu.GuestCpuid;
import org.ballastvm.vmm.device.CmosRtc;
import org.ballastvm.vmm.device.DebugExitDevice;
import org.ballastvm.vmm.device.PanicDevice;
import org.ballastvm.vmm.device.PmTimer;
import org.ballastvm.vmm.device.PowerDevice;
import org.ballastvm.vmm.device.SerialPort;
import org.ballastvm.vmm.event.EventLoop;
import org.ballastvm.vmm.event.LoopTimer;
import org.ballastvm.vmm.event.LoopTurns;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.Turns;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.memory.MemoryObjects;
import org.ballastvm.vmm.memory.UnwrittenPages;
import org.ballastvm.vmm.pci.BarPlacement;
import org.ballastvm.vmm.pci.HostBridge;
import org.ballastvm.vmm.pci.PciBus;

/** The parts of a machine, put together in the constructor from top to bottom. */
public final class Assembly {
  /** The id of base memory that nobody named. */
  public static final String OWN_RAM = "ballast.ram";

  private final MachineConfig config;
  private final EventLoop loop;
  private final Closer closer;
  private final Machine machine;
  private final CpuTopology topology;
  private final GuestCpuid cpuid;
  private final MemoryObjects objects = new MemoryObjects();
  private final IoThreads iothreads;
  private final List<MemoryBackend> base;
  private final GuestRam ram;
  private final KvmBoard board;
  private final AddressBus ports = new AddressBus("I/O", 0x1_0000);
  private final AddressBus memory = new AddressBus("memory", Long.MAX_VALUE);
  private final PowerDevice power;
  private final PciBus pci;
  private final MemoryRequests requests;
  private final MemoryGoal goal;
  private final Devices devices;
  private final IrqLine wakeLine;
  private final CmosRtc rtc;
  private final BootLoader bootLoader;
  private final AcpiImage acpi;
  private final Map<String, Chardev> chardevs = new LinkedHashMap<>();
  private Optional<Console> console = Optional.empty();

  Assembly(MachineConfig config, EventLoop loop, Closer closer, Machine machine) {
    this.config = config;
    this.loop = loop;
    this.closer = closer;
    this.machine = machine;

    // First, as in QEMU: whoever drives a machine tries its sockets until they are there.
    config.chardevs().forEach(this::open);
    Kvm kvm = keep(Kvm.open());
    KvmNeeds.check(kvm);
    kvm.requestTiles();
    List<CpuidEntry> hostCpuid = kvm.supportedCpuid();
    for (String warning : KvmNeeds.warnings(kvm, hostCpuid, config.cpus())) {
      Log.of(Assembly.class).warn("{}", warning);
    }
    topology = CpuTopology.of(config.cpus());
    topology.requireAtMost(kvm.checkExtension(KvmCap.MAX_VCPUS));
    cpuid = new GuestCpuid(hostCpuid, CpuName.ofHost(), topology, kvm.checkExtension(KvmCap.TSC_DEADLINE_TIMER) > 0,
        config.cpus().model());

    GuestLayout layout = GuestLayout.of(config.memory());
    GuestCpuid.addressBits(hostCpuid).ifPresent(bits -> layout.requireReach(config.memory(), bits));
    closer.onClose(objects::close);
    iothreads = new IoThreads(machine::crashed);
    closer.onClose(iothreads::close);
    config.iothreads().forEach(iothreads::create);
    config.backends().forEach(this::create);
    base = baseMemory();
    ram = new GuestRam(layout, base);
    ram.devices().belongTo(loop::ownsCaller);
    board = keep(new KvmBoard(kvm, ram, config.cpus().model().pmu(), config.boot().tells("acpi=off")));

    wakeLine = board.line(SerialPort.COM1_IRQ);
    rtc = new CmosRtc(Clock.systemUTC(), board.line(CmosRtc.IRQ));
    LoopTimer alarm = new LoopTimer(loop, this::lookAtAlarm);
    closer.onClose(alarm::close);
    rtc.wind(alarm::once);
    ports.map(rtc, "rtc", CmosRtc.BASE, CmosRtc.LENGTH);
    power = new PowerDevice(board.line(AcpiPorts.GED_GSI), machine::powerOffAsked);
    ports.map(power, "acpi", AcpiPorts.BLOCK_BASE, AcpiPorts.BLOCK_BYTES);
    if (KernelParameters.needsPmTimer(config.boot())) {
      ports.map(new PmTimer(System::nanoTime), "acpi-tmr", AcpiPorts.PM_TIMER, AcpiPorts.PM_TIMER_BYTES);
    }
    pci = new PciBus(new ResetControl());
    pci.plug(0, new HostBridge());
    ports.map(pci, "pci-conf", PciBus.BASE, PciBus.LENGTH);
    requests = new MemoryRequests(loop, machine);
    closer.onClose(requests::close);
    goal = new MemoryGoal(loop, machine, requests);
    closer.onClose(goal::close);
    Dimms dimms = new Dimms(config.memory().slots(), loop, objects, ram.devices(), config.numa(),
        machine::whileVcpusAreOut, machine.events(), () -> power.announce(AcpiPorts.GED_MEMORY_HOTPLUG),
        requests::wake);
    if (dimms.slotCount() > 0) {
      ports.map(dimms.registers(), "acpi-mem-hotplug", AcpiPorts.MEMORY_HOTPLUG_BASE,
          AcpiPorts.MEMORY_HOTPLUG_BYTES);
    }
    devices = keep(new Devices(loop, board, ram, memory, pci,
        new BarPlacement(layout.lowPciBase(), GuestLayout.LOW_PCI_END),
        new MemoryDevices(objects, ram.devices(), memory, config.numa(), machine::whileVcpusAreOut, requests::wake,
            () -> new LoopTurns(loop)),
        machine::deviceEvent, machine.events(),
        () -> power.announce(AcpiPorts.GED_PCI_HOTPLUG), dimms, this::unwritten));
    ports.map(devices.hotplugRegisters(), "acpi-pci-hotplug", AcpiPorts.PCI_HOTPLUG_BASE, AcpiPorts.PCI_HOTPLUG_BYTES);
    config.devices().forEach(this::place);

    acpi = MachineTables.of(facts(layout),
        NumaTables.of(config.numa(), config.cpus().count(), topology, layout));
    KernelParameters.warnOfHopeless(config.boot());
    bootLoader = new BootLoader(layout, ram, acpi.rsdpAddress());

    config.serials().stream().findFirst().ifPresent(this::attachSerial);
  }

  private void lookAtAlarm() {
    if (rtc.look()) {
      wake();
    }
  }

  /**
   * Wakes a guest from suspend-to-idle, if it has armed the serial port to do so. Nothing else here can: Linux arms neither
   * the generic event device nor the clock on a machine without fixed ACPI hardware. One that is awake finds nothing to do.
   */
  void wake() {
    wakeLine.set(true);
    wakeLine.set(false);
  }

  private Optional<UnwrittenMemory> unwritten(DeviceConfig.Balloon wanted) {
    if (!wanted.freePageHint()) {
      wanted.iothread().ifPresent(iothreads::require);
      return Optional.empty();
    }
    Turns turns = wanted.iothread()
        .map(id -> iothreads.use(id, "device " + wanted.id().orElse(wanted.driver())))
        .orElseGet(() -> new LoopTurns(loop));
    return Optional.of(new UnwrittenPages(ram, machine::whileVcpusAreOut, turns, loop::post));
  }

  private void create(BackendConfig wanted) {
    try {
      objects.create(wanted);
    } catch (HostError e) {
      if (!e.errno().equals(Errno.ENOMEM)) {
        throw e;
      }
      String why = wanted instanceof BackendConfig.Memfd memfd && memfd.hugetlb()
          ? "this host has too few free huge pages (/proc/sys/vm/nr_hugepages); "
          : "this host promises a guest at most all its memory and swap; give less, or reserve=off to a memory backend; ";
      String what = wanted.id().equals(baseId()) ? "-m size=" : "-object id=" + wanted.id() + ",size=";
      throw new UserError(what + ByteSize.describe(wanted.sizeBytes()) + ": " + why + e.getMessage(), e);
    }
  }

  private String baseId() { return config.memory().backend().orElse(OWN_RAM); }

  /** {@return memory for the guest: what nodes or the machine name, or private anonymous memory} */
  private List<MemoryBackend> baseMemory() {
    List<String> ofNodes = config.numa().nodes().stream().flatMap(node -> node.backend().stream()).toList();
    if (!ofNodes.isEmpty()) {
      if (config.memory().backend().isPresent()) {
        throw new UserError("-machine memory-backend=" + baseId()
            + ": '-machine memory-backend' and '-numa memdev' properties are mutually exclusive");
      }
      return ofNodes.stream().map(id -> objects.claim(id, "base memory")).toList();
    }
    long size = config.memory().sizeBytes();
    String id = baseId();
    if (config.memory().backend().isEmpty()) {
      create(new BackendConfig.Ram(id, size, BackendConfig.Common.DEFAULTS));
    } else if (config.backends().stream().noneMatch(named -> named.id().equals(id))) {
      throw new UserError("-machine memory-backend=" + id
          + ": there is no such object; it must be the id of a -object memory-backend-*");
    }
    MemoryBackend named = objects.claim(id, "base memory");
    if (named.config().sizeBytes() != size) {
      throw new UserError("-machine memory-backend=" + id + ": its size is " + named.config().sizeBytes()
          + " bytes, and -m asks for " + size + "; they must be equal");
    }
    return List.of(named);
  }

  private void place(DeviceConfig device) {
    try {
      if (device instanceof DeviceConfig.Panic panic) {
        devices.fix(panic);
        ports.map(new PanicDevice(machine.requests()), "pvpanic", AcpiPorts.PANIC, 1);
      } else if (device instanceof DeviceConfig.DebugExit exit) {
        placeExit(exit);
      } else {
        devices.place(device);
      }
    } catch (UserError e) {
      String id = device.id().map(given -> ",id=" + given).orElse("");
      throw new UserError("-device " + device.driver() + id + ": " + e.getMessage(), e);
    }
  }

  private void placeExit(DeviceConfig.DebugExit exit) {
    // COM1 comes later, to whoever asks for it.
    boolean atSerial = exit.port() < SerialPort.COM1_BASE + SerialPort.LENGTH
        && SerialPort.COM1_BASE < exit.port() + exit.portCount();
    if (atSerial || !ports.isFree(exit.port(), exit.portCount())) {
      throw new UserError("iobase=0x" + Integer.toHexString(exit.port()) + ",iosize=" + exit.portCount()
          + ": another device has one of these ports; info mtree shows who has which");
    }
    devices.fix(exit);
    ports.map(new DebugExitDevice(machine.requests()::exit), "debug-exit", exit.port(), exit.portCount());
  }

  private MachineFacts facts(GuestLayout layout) {
    List<MachineFacts.Cpu> cpus = IntStream.range(0, config.cpus().count())
        .mapToObj(i -> new MachineFacts.Cpu(topology.apicId(i), true)).toList();
    return new MachineFacts(cpus,
        new MachineFacts.Window(layout.lowPciBase(), GuestLayout.LOW_PCI_END - layout.lowPciBase()), Optional.empty(),
        PciInterruptRouting.swizzled(), SerialPort.COM1_IRQ, OptionalInt.of(CmosRtc.IRQ),
        config.memory().slots(), devices.panic().isPresent(), KernelParameters.needsPmTimer(config.boot()));
  }

  private void open(ChardevConfig wanted) {
    chardevs.put(wanted.id(), keep(Chardevs.open(wanted, loop, () -> machine.quit(MachineEvent.Cause.HOST_UI))));
  }

  private void attachSerial(String chardev) {
    CollectedPort data = new CollectedPort(board, machine, SerialPort.COM1_BASE);
    SerialFrontend frontend = new SerialFrontend(loop, chardevs.get(chardev), data);
    closer.onClose(frontend::close);
    SerialPort port = new SerialPort(board.line(SerialPort.COM1_IRQ), frontend);
    frontend.connect(port);
    ports.map(port, "serial", SerialPort.COM1_BASE, SerialPort.LENGTH);
    console = Optional.of(new Console(port, frontend, data));
  }

  /** Fills guest memory for a start. */
  Optional<CpuStart> load() {
    byte[] tables = acpi.bytes();
    ram.write(acpi.address(), MemorySegment.ofArray(tables), 0, tables.length);
    byte[] pointer = acpi.mpPointer();
    ram.write(acpi.mpPointerAddress(), MemorySegment.ofArray(pointer), 0, pointer.length);
    return bootLoader.load(config.boot());
  }

  /** Has the guest's last words sent. On the event loop, while no vCPU runs. */
  void sendOutput() {
    console.ifPresent(serial -> serial.frontend.drained());
  }

  VcpuThread createVcpuThread(int index, Optional<CpuStart> start, RunGate gate) {
    Vcpu vcpu = board.createVcpu(topology.apicId(index));
    try {
      vcpu.setCpuid(cpuid.forVcpu(index));
      VcpuReset.apply(vcpu);
      if (start.isPresent()) {
        vcpu.setSpecialRegisters(start.get().specialRegisters(vcpu.getSpecialRegisters().apicBase()));
        vcpu.setRegisters(start.get().registers());
      }
      return new VcpuThread(index, vcpu, gate, ports, memory, machine, config.name() + "-vcpu" + index);
    } catch (RuntimeException e) {
      vcpu.close();
      throw e;
    }
  }

  /** Puts all devices back to how they are after power-on, and makes a new VM. */
  void reset() {
    devices.reset();
    pci.reset();
    console.ifPresent(Console::reset);
    power.reset();
    rtc.reset();
    board.replace();
  }

  private Kvm keep(Kvm opened) {
    closer.onClose(opened::close);
    return opened;
  }

  private KvmBoard keep(KvmBoard opened) {
    closer.onClose(opened::close);
    return opened;
  }

  private Devices keep(Devices opened) {
    closer.onClose(opened::close);
    return opened;
  }

  private Chardev keep(Chardev opened) {
    closer.onClose(opened::close);
    return opened;
  }

  /** The serial port, who sends what it puts out, and how that comes to it. */
  private record Console(SerialPort port, SerialFrontend frontend, CollectedPort data) {
    void reset() {
      port.reset();
      data.reset();
    }
  }

  /** Port 0xcf9. */
  private final class ResetControl implements BusDevice {
    private int value;

    @Override
    public long read(long offset, int sizeBytes) { return value; }

    @Override
    public void write(long offset, int sizeBytes, long written) {
      value = (int) written & 0xff & ~AcpiPorts.RESET_CPU;
      if (AcpiPorts.isReset((int) written)) {
        machine.resetAsked("reset control register");
      }
    }
  }

  /** {@return the ACPI power and event device} */
  public PowerDevice power() { return power; }

  /** {@return the devices that were asked for, and what plugs more of them} */
  public Devices devices() {
    return devices;
  }

  /** {@return what guests were asked to do with their memory devices} */
  public MemoryRequests requests() {
    return requests;
  }

  /** {@return what brings the guest to a total} */
  public MemoryGoal goal() { return goal; }

  /** {@return the PCI bus} */
  public PciBus pci() { return pci; }

  /** {@return I/O ports} */
  public AddressBus ports() { return ports; }

  /** {@return memory-mapped registers} */
  public AddressBus memory() { return memory; }

  /** {@return the guest's memory, by its physical addresses} */
  public GuestRam ram() { return ram; }

  /** {@return the part of the machine that is in the kernel} */
  public KvmBoard board() { return board; }

  /** {@return threads for devices, by id} */
  public IoThreads iothreads() { return iothreads; }

  /**
   * Creates an object.
   *
   * @param wanted what
   * @throws UserError if its id is taken, or it cannot be
   * @throws HostError if the host refuses
   */
  public void createObject(ObjectConfig wanted) {
    if (iothreads.has(wanted.id()) || objects.all().stream().anyMatch(entry -> isOf(entry, wanted.id()))) {
      throw new UserError("object '" + wanted.id() + "' exists already; every id must be unique");
    }
    // No switch over types: the first resize comes here, and that would spin a class.
    if (wanted instanceof BackendConfig memory) {
      objects.create(memory);
    } else {
      iothreads.create((IoThreadConfig) wanted);
    }
  }

  private static boolean isOf(MemoryObjects.Entry entry, String id) { return entry.backend().config().id().equals(id); }

  /**
   * Deletes an object.
   *
   * @param id which
   * @throws UserError if there is none of that id, or somebody uses it
   */
  public void deleteObject(String id) {
    if (iothreads.has(id)) {
      iothreads.delete(id);
    } else {
      objects.delete(id);
    }
  }

  /** {@return memory backends by id} */
  public MemoryObjects objects() { return objects; }

  /** {@return what backs base memory, in the order of its addresses} */
  public List<MemoryBackend> base() {
    return base;
  }

  /** {@return open chardevs by id} */
  public Map<String, Chardev> chardevs() { return chardevs; }
}
