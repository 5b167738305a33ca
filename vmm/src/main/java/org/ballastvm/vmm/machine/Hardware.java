package org.ballastvm.vmm.machine;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.kvm.Vcpu;
import org.ballastvm.vmm.acpi.AcpiImage;
import org.ballastvm.vmm.block.MachineDisks;
import org.ballastvm.vmm.boot.BootLoader;
import org.ballastvm.vmm.boot.CpuStart;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.device.CmosRtc;
import org.ballastvm.vmm.device.FwCfgDevice;
import org.ballastvm.vmm.devices.Buses;
import org.ballastvm.vmm.devices.Devices;
import org.ballastvm.vmm.devices.MachineMemory;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MissingPage;
import org.ballastvm.vmm.smbios.SmbiosTables;

/**
 * A machine's parts, put together.
 *
 * @param config what it was made of
 * @param buses what devices are wired to
 * @param memory the guest's memory, and what users made for devices
 * @param disks what disks are made of, and their threads
 * @param devices what a user asked for, and what plugs more of it
 * @param processors makes vCPUs
 * @param rtc the clock
 * @param chardevs open chardevs by id
 * @param console COM1, if there is one
 * @param firmware what the guest finds in its memory
 */
record Hardware(MachineConfig config, Buses buses, MachineMemory memory, MachineDisks disks, Devices devices,
    Processors processors,
    CmosRtc rtc, Map<String, Chardev> chardevs, Optional<Console> console, Firmware firmware) {

  /**
   * What the guest finds in its memory.
   *
   * @param acpi tables
   * @param smbiosEntry what leads to those of SMBIOS, which are among them
   * @param boot puts the kernel there
   */
  record Firmware(AcpiImage acpi, MemorySegment smbiosEntry, BootLoader boot) {}

  /** {@return the guest's memory, by its physical addresses} */
  GuestRam ram() { return memory.ram(); }

  /** {@return how many vCPUs it has} */
  int vcpuCount() { return config.cpus().count(); }

  /** Fills guest memory for a start. */
  Optional<CpuStart> load() {
    try {
      AcpiImage acpi = firmware.acpi;
      put(acpi.address(), MemorySegment.ofArray(acpi.bytes()));
      put(acpi.mpPointerAddress(), MemorySegment.ofArray(acpi.mpPointer()));
      put(SmbiosTables.ENTRY_POINT, firmware.smbiosEntry);
      return firmware.boot.load(config.boot());
    } catch (InternalError e) {
      throw MissingPage.explained(e, memory.objects().memory());
    }
  }

  private void put(long address, MemorySegment bytes) { ram().write(address, bytes, 0, bytes.byteSize()); }

  /** Creates a vCPU and its thread, which has not started. */
  VcpuThread createVcpu(int index, Optional<CpuStart> start, RunGate gate) {
    Vcpu vcpu = processors.create(buses.board(), index, start);
    return new VcpuThread(index, vcpu, gate, buses.ports(), buses.memory(), processors.watcher(),
        config.name() + "-vcpu" + index);
  }

  /** Has the guest's last words sent. On the event loop, while no vCPU runs. */
  void sendOutput() {
    devices.sendOutput();
    console.ifPresent(Console::sendOutput);
  }

  /** Wakes a guest from suspend-to-idle. One that is awake stays so. */
  void wake() {
    new WakeLine(buses.board()).pulse();
  }

  /** Puts all devices back to how they are after power-on, and makes a new VM. */
  void reset() {
    devices.reset();
    buses.pci().reset();
    console.ifPresent(Console::reset);
    buses.power().reset();
    buses.fwCfg().restore(FwCfgDevice.POWER_ON);
    rtc.reset();
    buses.board().replace();
  }

  /** {@return why a page of the guest's memory was missing, if an error is about that} */
  Optional<String> missingPage(Throwable error) {
    return MissingPage.sentence(error, memory.objects().memory());
  }
}
