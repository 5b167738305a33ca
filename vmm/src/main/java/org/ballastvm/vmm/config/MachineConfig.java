package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Everything a machine is assembled from.
 *
 * @param name the {@code -name} of the machine, for people
 * @param uuid the {@code -uuid} of the machine, all zeros if it was given none
 * @param memory base memory and room to grow
 * @param cpus how many vCPUs and how they are grouped
 * @param numa nodes of processors and memory, if the guest is to know any
 * @param boot what the first vCPU runs
 * @param backends memory backends by {@code -object}, in the order given
 * @param iothreads threads for devices by {@code -object iothread}
 * @param netdevs other ends of network cards' wires by {@code -netdev}, in the order given
 * @param disks what its disks are made of
 * @param devices devices by {@code -device}, in the order given
 * @param chardevs character devices, each with an id of its own
 * @param serials ids of the chardevs behind COM1, at most one
 * @param monitors monitors, each on a chardev
 * @param policy what start, reboot, shutdown and panic do
 * @param pidFile where the process writes its number, if anywhere
 * @param kernelCache directory of kernels that were unpacked on the host; without one the guest unpacks its kernel
 * @param folders folders by {@code -fsdev}, in the order given
 * @param firmware what a firmware would give the guest
 * @param faults what goes wrong with devices, by {@code -fault}, in the order given
 * @param records what is recorded of devices, by {@code -record}, in the order given
 */
public record MachineConfig(String name, UUID uuid, MemoryConfig memory, CpuConfig cpus, NumaConfig numa,
    BootConfig boot,
    List<BackendConfig> backends, List<IoThreadConfig> iothreads, List<NetdevConfig> netdevs,
    DiskConfig disks, List<DeviceConfig> devices,
    List<ChardevConfig> chardevs, List<String> serials,
    List<MonitorConfig> monitors, RunPolicy policy, Optional<Path> pidFile, Optional<Path> kernelCache,
    List<FolderConfig> folders, FirmwareConfig firmware, List<FaultConfig> faults,
    List<RecordConfig> records) {
  /** The name of a machine that was given none; log lines leave it out. */
  public static final String UNNAMED = "ballast";
  /** The UUID of a machine that was given none. */
  public static final UUID NO_UUID = new UUID(0, 0);

  /** One of which nothing is recorded, and all else is as it is there. */
  public MachineConfig(String name, UUID uuid, MemoryConfig memory, CpuConfig cpus, NumaConfig numa, BootConfig boot,
      List<BackendConfig> backends, List<IoThreadConfig> iothreads, List<NetdevConfig> netdevs, DiskConfig disks,
      List<DeviceConfig> devices, List<ChardevConfig> chardevs, List<String> serials, List<MonitorConfig> monitors,
      RunPolicy policy, Optional<Path> pidFile, Optional<Path> kernelCache, List<FolderConfig> folders,
      FirmwareConfig firmware, List<FaultConfig> faults) {
    this(name, uuid, memory, cpus, numa, boot, backends, iothreads, netdevs, disks, devices, chardevs, serials,
        monitors, policy, pidFile, kernelCache, folders, firmware, faults, List.of());
  }

  /** Copies the lists and checks what needs no host: ids are unique within each kind, references resolve. */
  public MachineConfig {
    backends = List.copyOf(backends);
    iothreads = List.copyOf(iothreads);
    netdevs = List.copyOf(netdevs);
    devices = List.copyOf(devices);
    chardevs = List.copyOf(chardevs);
    serials = List.copyOf(serials);
    monitors = List.copyOf(monitors);
    folders = List.copyOf(folders);
    faults = List.copyOf(faults);
    records = List.copyOf(records);
    numa.check(cpus, memory);
    unique("-object", Stream.concat(backends.stream(), iothreads.stream()).map(ObjectConfig::id).toList());
    unique("-fsdev", folders.stream().map(FolderConfig::id).toList());
    unique("-netdev", netdevs.stream().map(NetdevConfig::id).toList());
    unique("-device", devices.stream().map(DeviceConfig::id).flatMap(Optional::stream).toList());
    unique("-chardev", chardevs.stream().map(ChardevConfig::id).toList());
    Set<String> known = new HashSet<>(chardevs.stream().map(ChardevConfig::id).toList());
    for (String serial : serials) {
      requireChardev(known, "-serial", serial);
    }
    for (MonitorConfig monitor : monitors) {
      requireChardev(known, "-mon", monitor.chardev());
    }
    List<String> users = new ArrayList<>(serials);
    monitors.forEach(monitor -> users.add(monitor.chardev()));
    chardevs.stream().filter(chardev -> !chardev.mux()).map(ChardevConfig::id).forEach(id -> requireOneUser(users, id));
    if (chardevs.stream().map(ChardevConfig::bare).filter(ChardevConfig.Stdio.class::isInstance).count() > 1) {
      throw new UserError("-chardev stdio: standard input and output can be used by one chardev; "
          + "console and monitor share it by -serial mon:stdio, or by mux=on");
    }
    if (serials.size() > 1) {
      throw new UserError("-serial: " + serials.size() + " serial ports were asked for; this machine has one, COM1");
    }
  }

  private static void unique(String option, List<String> ids) {
    Set<String> seen = new HashSet<>();
    for (String id : ids) {
      if (!seen.add(id)) {
        throw new UserError(option + ": id '" + id + "' is used twice; every id must be unique");
      }
    }
  }

  private static void requireOneUser(List<String> users, String id) {
    if (Collections.frequency(users, id) > 1) {
      throw new UserError("-chardev id=" + id + ": is used more than once; it can be shared if it has mux=on");
    }
  }

  private static void requireChardev(Set<String> known, String option, String id) {
    if (!known.contains(id)) {
      throw new UserError(option + ": chardev '" + id + "' does not exist; it must be the id of a -chardev");
    }
  }
}
