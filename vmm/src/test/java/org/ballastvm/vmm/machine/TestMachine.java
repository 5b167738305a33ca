package org.ballastvm.vmm.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.ballastvm.vmm.boot.KernelFiles;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DiskConfig;
import org.ballastvm.vmm.config.FirmwareConfig;
import org.ballastvm.vmm.config.IoThreadConfig;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.state.EndReason;

/** A machine for a program, whole: from its config record on /dev/kvm to a file that its serial port writes. */
public record TestMachine(Path directory, MemoryConfig memory, List<BackendConfig> backends, CpuConfig cpus,
    BootConfig boot,
    List<DeviceConfig> devices, ChardevConfig serial, RunPolicy policy) {
  private static final int PATIENCE_SECONDS = 30;

  /** One CPU, 16 MiB and a serial port, with the program as a bzImage. */
  public static TestMachine of(Path directory, Program program) throws IOException {
    Path kernel = Files.write(directory.resolve("bzImage"), KernelFiles.bzImage(program.code()));
    return new TestMachine(directory, MemoryConfig.of(16 << 20), List.of(), CpuConfig.of(1),
        new BootConfig.Linux(kernel, Optional.empty(), ""), List.of(),
        new ChardevConfig.File("serial", false, directory.resolve("serial"), false), RunPolicy.DEFAULT);
  }

  /** Two CPUs that have not started and would halt, and 1 GiB that nobody touches: for whoever talks to a machine. */
  public static Machine idle(DeviceConfig... devices) {
    return idle(MemoryConfig.of(1 << 30), devices);
  }

  /** The same with other memory. */
  public static Machine idle(MemoryConfig memory, DeviceConfig... devices) {
    return idle(memory, List.of(), devices);
  }

  /** The same with chardevs, for devices that talk through them. */
  public static Machine idle(List<ChardevConfig> chardevs, DeviceConfig... devices) {
    return idle(MemoryConfig.of(1 << 30), chardevs, devices);
  }

  private static Machine idle(MemoryConfig memory, List<ChardevConfig> chardevs, DeviceConfig... devices) {
    MachineConfig config = new MachineConfig("idle", MachineConfig.NO_UUID, memory, CpuConfig.of(2), NumaConfig.NONE,
        new BootConfig.Linux(IdleKernel.FILE, Optional.empty(), ""), List.of(), List.of(), List.of(),
        DiskConfig.NONE, List.of(devices),
        chardevs,
        List.of(),
        List.of(),
        new RunPolicy(true, false, true), Optional.empty(), Optional.empty(), List.of(), FirmwareConfig.DEFAULT,
        List.of());
    return Machine.start(config, System.err::println, machine -> {
      // No monitors.
    });
  }

  public TestMachine with(DeviceConfig... these) {
    return new TestMachine(directory, memory, backends, cpus, boot, List.of(these), serial, policy);
  }

  public TestMachine with(RunPolicy other) {
    return new TestMachine(directory, memory, backends, cpus, boot, devices, serial, other);
  }

  public TestMachine with(CpuConfig other) {
    return new TestMachine(directory, memory, backends, other, boot, devices, serial, policy);
  }

  public TestMachine with(MemoryConfig other) {
    return new TestMachine(directory, other, backends, cpus, boot, devices, serial, policy);
  }

  public TestMachine with(ChardevConfig other) {
    return new TestMachine(directory, memory, backends, cpus, boot, devices, other, policy);
  }

  public TestMachine with(BootConfig other) {
    return new TestMachine(directory, memory, backends, cpus, other, devices, serial, policy);
  }

  /** All of its memory on a backend. */
  public TestMachine on(BackendConfig backend) {
    MemoryConfig named = new MemoryConfig(backend.sizeBytes(), 0, backend.sizeBytes(), Optional.of(backend.id()));
    return new TestMachine(directory, named, List.of(backend), cpus, boot, devices, serial, policy);
  }

  /** With backends that devices use. */
  public TestMachine holding(BackendConfig... these) {
    return new TestMachine(directory, memory, List.of(these), cpus, boot, devices, serial, policy);
  }

  /** The threads that its devices name. */
  private List<IoThreadConfig> iothreads() {
    return devices.stream().filter(DeviceConfig.Balloon.class::isInstance)
        .flatMap(device -> ((DeviceConfig.Balloon) device).iothread().stream())
        .map(id -> new IoThreadConfig(id, 0, 0, 0, 0)).toList();
  }

  public MachineConfig config() {
    return new MachineConfig("test", MachineConfig.NO_UUID, memory, cpus, NumaConfig.NONE, boot, backends, iothreads(),
        List.of(), DiskConfig.NONE,
        devices,
        List.of(serial),
        List.of(serial.id()),
        List.of(), policy, Optional.empty(), Optional.empty(), List.of(), FirmwareConfig.DEFAULT, List.of());
  }

  public Machine start() {
    return Machine.start(config(), System.err::println, machine -> {
      // No monitors.
    });
  }

  /** Runs it until it ends by itself. */
  public EndReason run() throws InterruptedException, ExecutionException, TimeoutException {
    try (Machine machine = start()) {
      return await(machine);
    }
  }

  public static EndReason await(Machine machine) throws InterruptedException, ExecutionException, TimeoutException {
    return machine.end().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** What backs base memory. */
  static MemoryBackend base(Machine machine) {
    return machine.objects().memory().all().stream().filter(entry -> entry.user().equals(Optional.of("base memory")))
        .findFirst().orElseThrow().backend();
  }

  /** What the serial port has sent. */
  public byte[] sent() throws IOException {
    return Files.readAllBytes(directory.resolve("serial"));
  }

  public String printed() throws IOException { return new String(sent(), StandardCharsets.ISO_8859_1); }

  /** A kernel that halts. */
  private static final class IdleKernel {
    static final Path FILE = write();

    private static Path write() {
      try {
        Path file = Files.createTempFile("halt", ".bzImage");
        file.toFile().deleteOnExit();
        return Files.write(file, KernelFiles.bzImage(new Program().halt().code()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
