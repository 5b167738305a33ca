package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.event.EventLoop;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.MachineEvents;
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
  private final List<String> told = new ArrayList<>();
  private final MemoryObjects objects = new MemoryObjects();
  private final MemoryBackend base = MemoryBackend.open(new BackendConfig.Ram("base", 16 * MIB, LAZILY));
  private final GuestRam ram = new GuestRam(
      GuestLayout.of(new MemoryConfig(16 * MIB, 4, 1024 * MIB, Optional.empty())), base);
  private final Dimms dimms = new Dimms(4, loop, objects, ram.devices(), NumaConfig.NONE, Runnable::run, monitors,
      () -> told.add("announced"), () -> {
        // Nobody watches requests.
      });

  private void plug() {
    monitors.listen((event, when) -> told.add(event.name()));
    objects.create(new BackendConfig.Ram("mem", 128 * MIB, LAZILY));
    dimms.plug(new DeviceConfig.Dimm(Optional.of("dimm1"), "mem", OptionalInt.empty(), OptionalLong.empty(), 0, 60),
        false);
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
  void whatBecameOfRequestsIsToldOnceHoweverOftenTheGuestSaysIt() throws Exception {
    plug();
    dimms.registers().write(OST_EVENT, 4, 3);
    for (int i = 0; i < STORM; i++) {
      dimms.registers().write(OST_STATUS, 4, 1 + i % 4);
    }
    settle();
    assertEquals(List.of("ACPI_DEVICE_OST", "MEM_UNPLUG_ERROR", "DEVICE_UNPLUG_GUEST_ERROR"), told);
    assertEquals(Optional.of(new MachineEvent.OspmStatus(Optional.of("dimm1"), "0", "DIMM", 3, 4)), dimms.told(0));
  }

  @Test
  void aDimmIsEjectedOnceAndAnEmptySlotNever() throws Exception {
    plug();
    for (int i = 0; i < STORM; i++) {
      dimms.registers().write(0, 4, i % 4);
      dimms.registers().write(FLAGS, 1, EJECT);
    }
    settle();
    assertEquals(List.of("DEVICE_DELETED"), told);
    assertEquals(List.of(), dimms.all());
  }
}
