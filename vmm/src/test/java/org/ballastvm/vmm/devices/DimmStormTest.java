package org.ballastvm.vmm.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.device.PowerDevice;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.memory.MemoryObjects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A guest that writes to the registers of its DIMMs without end: the host's queues, monitors and log see little of it. */
class DimmStormTest {
  private static final long MIB = 1 << 20;
  private static final int STORM = 10_000;
  private static final int OST_EVENT = 0x04;
  private static final int OST_STATUS = 0x08;
  private static final int FLAGS = 0x14;
  private static final int EJECT = 1 << 3;
  private static final BackendConfig.Common LAZILY = new BackendConfig.Common(false, false, false, false, true);

  private final EventLoop loop = new EventLoop("storm", bug -> {
    throw new AssertionError(bug);
  });
  private final MachineEvents monitors = new MachineEvents(loop);
  private final List<String> seen = new ArrayList<>();
  private final MemoryObjects objects = new MemoryObjects();
  private final MemoryBackend base = MemoryBackend.open(new BackendConfig.Ram("base", 16 * MIB, LAZILY));
  private final GuestRam ram = new GuestRam(
      GuestLayout.of(new MemoryConfig(16 * MIB, 4, 1024 * MIB, Optional.empty())), base);
  private final PowerDevice power = new PowerDevice(high -> seen.add("announced"), () -> {
    // No guest switches it off.
  });
  private final AddressBus ports = new AddressBus("I/O", 0x1_0000);
  private final Dimms dimms = new Dimms(
      new Site(loop,
          new Buses(null, ports, new AddressBus("memory", Long.MAX_VALUE), null, power, null), null,
          new MachineMemory(new MemoryConfig(16 * MIB, 4, 1024 * MIB, Optional.empty()), NumaConfig.NONE, null, ram,
              new UserObjects(objects, null, null, null)),
          null, monitors, new Nobody()),
      new DevicePaths());

  /** A machine that watches nothing. */
  private static final class Nobody implements Surroundings {
    @Override
    public boolean isRunning() { return false; }

    @Override
    public void memoryAsked() {
      // Nobody watches.
    }

    @Override
    public void whileOut(Runnable task) { task.run(); }

    @Override
    public void panicked() { throw new AssertionError(); }

    @Override
    public void crashLoaded() { throw new AssertionError(); }

    @Override
    public void stopForIoError() { throw new AssertionError(); }

    @Override
    public void watchdogExpired() { throw new AssertionError(); }

    @Override
    public void exit(int status) { throw new AssertionError(); }
  }

  private void plug() {
    monitors.listen((event, when) -> seen.add(event.name()));
    objects.create(new BackendConfig.Ram("mem", 128 * MIB, LAZILY));
    dimms.plug(new DeviceConfig.Dimm(Optional.of("dimm1"), "mem", OptionalInt.empty(), OptionalLong.empty(), 0, 60),
        false);
  }

  private void write(int register, int sizeBytes, long value) {
    ports.write(AcpiPorts.MEMORY_HOTPLUG_BASE + register, sizeBytes, value);
  }

  private void settle() throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.post(() -> done.complete(null));
    loop.start();
    done.get(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    monitors.close();
    loop.close();
    objects.close();
    base.close();
  }

  @Test
  void whatBecameOfRequestsIsEmittedOnceHoweverOftenTheGuestSaysIt() throws Exception {
    plug();
    write(OST_EVENT, 4, 3);
    for (int i = 0; i < STORM; i++) {
      write(OST_STATUS, 4, 1 + i % 4);
    }
    settle();
    assertEquals(List.of("ACPI_DEVICE_OST", "MEM_UNPLUG_ERROR", "DEVICE_UNPLUG_GUEST_ERROR"), seen);
    assertEquals(Optional.of(new MachineEvent.OspmStatus(Optional.of("dimm1"), "0", "DIMM", 3, 4)), dimms.reported(0));
  }

  @Test
  void aDimmIsEjectedOnceAndAnEmptySlotNever() throws Exception {
    plug();
    for (int i = 0; i < STORM; i++) {
      write(0, 4, i % 4);
      write(FLAGS, 1, EJECT);
    }
    settle();
    assertEquals(List.of("DEVICE_DELETED"), seen);
    assertEquals(List.of(), dimms.all());
  }
}
