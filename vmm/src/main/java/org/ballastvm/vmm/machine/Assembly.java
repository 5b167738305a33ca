package org.ballastvm.vmm.machine;

import java.time.Clock;
import java.time.ZoneId;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.ballastvm.kvm.CpuidEntry;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.kvm.KvmCap;
import org.ballastvm.vmm.acpi.AcpiImage;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.acpi.MachineFacts;
import org.ballastvm.vmm.acpi.MachineTables;
import org.ballastvm.vmm.acpi.NumaTables;
import org.ballastvm.vmm.acpi.PciInterruptRouting;
import org.ballastvm.vmm.block.BlockBackends;
import org.ballastvm.vmm.block.DiskThreads;
import org.ballastvm.vmm.block.ForeignDrives;
import org.ballastvm.vmm.block.MachineDisks;
import org.ballastvm.vmm.board.KvmBoard;
import org.ballastvm.vmm.boot.BootLoader;
import org.ballastvm.vmm.boot.KernelParameters;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.chardev.ChardevTable;
import org.ballastvm.vmm.chardev.Chardevs;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.FaultConfig;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.RecordConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.cpu.CpuName;
import org.ballastvm.vmm.cpu.CpuTopology;
import org.ballastvm.vmm.cpu.GuestCpuid;
import org.ballastvm.vmm.device.CmosRtc;
import org.ballastvm.vmm.device.FwCfgDevice;
import org.ballastvm.vmm.device.GenerationId;
import org.ballastvm.vmm.device.GuestClock;
import org.ballastvm.vmm.device.PmTimer;
import org.ballastvm.vmm.device.PowerDevice;
import org.ballastvm.vmm.device.ResetControl;
import org.ballastvm.vmm.device.SerialPort;
import org.ballastvm.vmm.devices.Buses;
import org.ballastvm.vmm.devices.Devices;
import org.ballastvm.vmm.devices.Folders;
import org.ballastvm.vmm.devices.IoThreads;
import org.ballastvm.vmm.devices.MachineMemory;
import org.ballastvm.vmm.devices.Site;
import org.ballastvm.vmm.devices.Surroundings;
import org.ballastvm.vmm.devices.UserObjects;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopTimer;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryObjects;
import org.ballastvm.vmm.net.Netdevs;
import org.ballastvm.vmm.pci.HostBridge;
import org.ballastvm.vmm.pci.PciBus;
import org.ballastvm.vmm.smbios.SmbiosTables;
import org.ballastvm.vmm.state.Log;

/** Puts the parts of a machine together, from top to bottom, and is gone then. */
final class Assembly {
  private final MachineConfig config;
  private final EventLoop loop;
  private final Closer closer;
  private final RunControl run;
  private final GuestRequests requests;

  /**
   * Nothing yet.
   *
   * @param config what is wanted
   * @param loop the machine's
   * @param closer takes what was opened, for the end of the machine
   * @param run what starts and stops vCPUs
   * @param requests what takes the guest's wishes for the whole machine
   */
  Assembly(MachineConfig config, EventLoop loop, Closer closer, RunControl run, GuestRequests requests) {
    this.config = config;
    this.loop = loop;
    this.closer = closer;
    this.run = run;
    this.requests = requests;
  }

  /**
   * Puts it together.
   *
   * @param events emits events
   * @param around the machine, as its devices see it
   * @return all parts
   * @throws UserError if something asked for cannot be
   * @throws org.ballastvm.kvm.HostError if the host refuses; the closer has what was opened until then
   */
  Hardware hardware(MachineEvents events, Surroundings around) {
    // First, as in QEMU: whoever drives a machine tries its sockets until they are there.
    Map<String, Chardev> chardevs = openChardevs();
    Kvm kvm = openKvm();
    List<CpuidEntry> hostCpuid = kvm.supportedCpuid();
    Processors processors = processors(kvm, hostCpuid);
    MachineMemory memory = memory(hostCpuid);
    MachineDisks disks = disks();
    KvmBoard board = new KvmBoard(kvm, memory.ram(), config.cpus().model().pmu(), config.boot().has("acpi=off"));
    closer.onClose(board::close);

    AddressBus ports = new AddressBus("I/O", 0x1_0000);
    CmosRtc rtc = clock(board, ports);
    PowerDevice power = power(board, ports);
    Buses buses = new Buses(board, ports, new AddressBus("memory", Long.MAX_VALUE), pci(ports), power,
        new FwCfgDevice(memory.ram()));
    Devices devices = new Devices(new Site(loop, buses, chardevTable(chardevs), memory, disks, events,
        around));
    closer.onClose(devices::close);
    config.devices().forEach(device -> place(devices, device));
    config.records().forEach(wish -> record(devices, wish));
    config.faults().forEach(fault -> inject(devices, fault));
    fwCfg(buses);
    Hardware.Firmware firmware = firmware(memory, processors.topology(), devices);
    return new Hardware(config, buses, memory, disks, devices, processors, rtc, chardevs, console(buses, chardevs),
        firmware);
  }

  private Map<String, Chardev> openChardevs() {
    Map<String, Chardev> chardevs = new LinkedHashMap<>();
    config.chardevs().forEach(wanted -> {
      Chardev opened = Chardevs.open(wanted, loop, () -> run.quit(MachineEvent.Cause.HOST_UI));
      closer.onClose(opened::close);
      chardevs.put(wanted.id(), opened);
    });
    return chardevs;
  }

  private ChardevTable chardevTable(Map<String, Chardev> chardevs) {
    List<String> claimed = new ArrayList<>(config.serials());
    config.monitors().forEach(monitor -> claimed.add(monitor.chardev()));
    return new ChardevTable(chardevs, claimed);
  }

  private Kvm openKvm() {
    Kvm kvm = Kvm.open();
    closer.onClose(kvm::close);
    KvmNeeds.check(kvm);
    kvm.requestTiles();
    return kvm;
  }

  private Processors processors(Kvm kvm, List<CpuidEntry> hostCpuid) {
    for (String warning : KvmNeeds.warnings(kvm, hostCpuid, config.cpus())) {
      Log.of(Assembly.class).warn("{}", warning);
    }
    CpuTopology topology = CpuTopology.of(config.cpus());
    topology.requireAtMost(kvm.checkExtension(KvmCap.MAX_VCPUS));
    GuestCpuid cpuid = new GuestCpuid(hostCpuid, CpuName.ofHost(), topology,
        kvm.checkExtension(KvmCap.TSC_DEADLINE_TIMER) > 0, config.cpus().model());
    return new Processors(topology, cpuid, requests);
  }

  private MachineMemory memory(List<CpuidEntry> hostCpuid) {
    GuestLayout layout = GuestLayout.of(config.memory());
    GuestCpuid.addressBits(hostCpuid).ifPresent(bits -> layout.requireReach(config.memory(), bits));
    UserObjects objects = new UserObjects(new MemoryObjects(), new IoThreads(run::crashed),
        Folders.of(config.folders(), run::crashed), new Netdevs(loop));
    closer.onClose(objects::close);
    config.iothreads().forEach(objects.threads()::create);
    config.netdevs().forEach(objects.netdevs()::create);
    GuestRam ram = new GuestRam(layout, new BaseMemory(config, objects.memory()).open());
    ram.devices().belongTo(loop::ownsCaller);
    return new MachineMemory(config.memory(), config.numa(), layout, ram, objects);
  }

  private MachineDisks disks() {
    MachineDisks disks = new MachineDisks(new BlockBackends(), new DiskThreads(config.name(), run::crashed),
        new ForeignDrives(), config.cpus().count());
    closer.onClose(disks::close);
    config.disks().nodes().forEach(node -> named("-blockdev", node.nodeName(), () -> disks.backends().addNode(node)));
    config.disks().drives()
        .forEach(drive -> named("-drive", Optional.of(drive.id()), () -> add(disks, drive)));
    return disks;
  }

  private static void add(MachineDisks disks, DriveConfig drive) {
    if (drive.format().isPresent()) {
      disks.foreign().add(drive);
    } else {
      disks.backends().addDrive(drive);
    }
  }

  private static void named(String option, Optional<String> name, Runnable task) {
    try {
      task.run();
    } catch (UserError e) {
      throw new UserError(option + " " + name.orElse("") + ": " + e.getMessage(), e);
    }
  }

  private CmosRtc clock(KvmBoard board, AddressBus ports) {
    WakeLine wake = new WakeLine(board);
    CmosRtc rtc = new CmosRtc(
        GuestClock.of(config.firmware().rtc(), Clock.systemUTC(), ZoneId::systemDefault, System::nanoTime),
        board.line(CmosRtc.IRQ));
    LoopTimer alarm = new LoopTimer(loop, () -> {
      if (rtc.look()) {
        wake.pulse();
      }
    });
    closer.onClose(alarm::close);
    rtc.wind(alarm::once);
    ports.map(rtc, "rtc", CmosRtc.BASE, CmosRtc.LENGTH);
    return rtc;
  }

  private PowerDevice power(KvmBoard board, AddressBus ports) {
    PowerDevice power = new PowerDevice(board.line(AcpiPorts.GED_GSI), requests::powerOffAsked);
    ports.map(power, "acpi", AcpiPorts.BLOCK_BASE, AcpiPorts.BLOCK_BYTES);
    if (KernelParameters.needsPmTimer(config.boot())) {
      ports.map(new PmTimer(System::nanoTime), "acpi-tmr", AcpiPorts.PM_TIMER, AcpiPorts.PM_TIMER_BYTES);
    }
    return power;
  }

  private PciBus pci(AddressBus ports) {
    PciBus pci = new PciBus(new ResetControl(requests::resetAsked));
    pci.plug(0, new HostBridge());
    ports.map(pci, "pci-conf", PciBus.BASE, PciBus.LENGTH);
    return pci;
  }

  private static void place(Devices devices, DeviceConfig device) {
    try {
      devices.place(device);
    } catch (UserError e) {
      String id = device.id().map(given -> ",id=" + given).orElse("");
      throw new UserError("-device " + device.driver() + id + ": " + e.getMessage(), e);
    }
  }

  private static void record(Devices devices, RecordConfig wish) {
    try {
      devices.recordings().start(wish);
    } catch (UserError e) {
      throw new UserError("-record " + wish.device() + ": " + e.getMessage(), e);
    }
  }

  private static void inject(Devices devices, FaultConfig fault) {
    try {
      devices.faults().inject(fault.device(), fault.fault());
    } catch (UserError e) {
      throw new UserError("-fault " + fault.device() + "," + fault.fault().words() + ": " + e.getMessage(), e);
    }
  }

  /** One without files is not there, so that no guest looks at it. */
  private void fwCfg(Buses buses) {
    FirmwareFiles.add(buses.fwCfg(), config.firmware().files());
    if (!buses.fwCfg().items().isEmpty()) {
      buses.ports().map(buses.fwCfg(), "fwcfg", AcpiPorts.FW_CFG, AcpiPorts.FW_CFG_BYTES);
    }
  }

  private Hardware.Firmware firmware(MachineMemory memory, CpuTopology topology, Devices devices) {
    GuestLayout layout = memory.layout();
    List<MachineFacts.Cpu> cpus = IntStream.range(0, config.cpus().count())
        .mapToObj(i -> new MachineFacts.Cpu(topology.apicId(i), true)).toList();
    MachineFacts facts = new MachineFacts(cpus,
        new MachineFacts.Window(layout.lowPciBase(), GuestLayout.LOW_PCI_END - layout.lowPciBase()), Optional.empty(),
        PciInterruptRouting.swizzled(), SerialPort.COM1_IRQ, OptionalInt.of(CmosRtc.IRQ),
        config.memory().slots(), devices.hasPanicDevice(), KernelParameters.needsPmTimer(config.boot()),
        devices.hasFirmwareFiles(),
        devices.generation().isPresent() ? OptionalLong.of(GenerationId.ADDRESS) : OptionalLong.empty());
    byte[] smbios = SmbiosTables.of(config.firmware().smbios(), config.uuid(), config.cpus(), CpuName.ofHost().text(),
        layout.memory().stream().map(range -> new SmbiosTables.Memory(range.base(), range.sizeBytes())).toList());
    AcpiImage acpi = MachineTables.of(facts,
        NumaTables.of(config.numa(), config.cpus().count(), topology, layout), smbios);
    KernelParameters.warnOfHopeless(config.boot());
    byte[] smbiosEntry = SmbiosTables.entryPoint(acpi.addressOf(MachineTables.SMBIOS), smbios.length);
    return new Hardware.Firmware(acpi, MemorySegment.ofArray(smbiosEntry),
        new BootLoader(layout, memory.ram(), acpi.rsdpAddress(), config.kernelCache()));
  }

  private Optional<Console> console(Buses buses, Map<String, Chardev> chardevs) {
    Optional<Console> console = config.serials().stream().findFirst()
        .map(chardev -> new Console(loop, buses, chardevs.get(chardev), run.vcpus()::kickOne));
    console.ifPresent(port -> closer.onClose(port::close));
    return console;
  }
}
