package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.devices.Buses;
import org.ballastvm.vmm.state.RunState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What two vCPUs do at once to every register of a whole machine, at random: BARs moved over one another and over
 * memory, interrupts sent to nowhere, queues that are no memory, slots ejected while devices come. The machine must not so much as stumble.
 */
@Tag("kvm")
@Timeout(120)
class HostileGuestTest {
  private static final int VCPUS = 2;
  private static final int ACCESSES = 5_000;
  private static final int CONFIG_ADDRESS = 0xcf8;
  private static final int CONFIG_DATA = 0xcfc;
  private static final long ENABLE = 0x8000_0000L;
  private static final long[] PLACES = {0, 0x10_0000, 0xc000_0000L, 0xc000_4000L, 0xc001_0000L, 0xfec0_0000L,
      0xfee0_0000L, 0xffff_f000L, 0xffff_ffffL, 0x9000, 4096, 1, 0xf, 0x7, 0xb, 0x3};
  private static final int[] PORTS = {0x20, 0x61, 0x64, 0x70, 0x71, 0x80, 0x3f8, 0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x3fd,
      0x3ff,
      0x600, 0x602, 0x605, 0x607, 0xcc0, 0xcc4, 0xcc8, 0xcc8, 0xccc, 0xcd0, 0xcd4, 0xcf8, 0xcfa, 0xcfc, 0xcfd, 0xcfe,
      0xcff, 0xffff};

  @TempDir
  private Path directory;

  @Test
  void noRegisterThatAGuestCanReachBreaksTheMachine() throws Exception {
    long seed = System.nanoTime();
    DeviceConfig rng = new DeviceConfig.Rng(Optional.empty(), OptionalInt.empty());
    DeviceConfig another = new DeviceConfig.Rng(Optional.empty(), OptionalInt.empty());
    DeviceConfig balloon = new DeviceConfig.Balloon(Optional.empty(), OptionalInt.empty(),
        BalloonConfig.DEFAULTS.withDeflateOnOom(true));
    TestMachine guest = TestMachine.of(directory, new Program().halt()).with(rng, another, balloon)
        .with(new RunPolicy(true, false, false));
    try (Machine machine = guest.start(); ExecutorService vcpus = Executors.newFixedThreadPool(VCPUS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < VCPUS; i++) {
        Random random = new Random(seed + i);
        all.add(vcpus.submit(() -> attack(machine.buses(), random)));
      }
      for (int i = 0; all.stream().anyMatch(one -> !one.isDone()); i++) {
        replug(machine, new DeviceConfig.Rng(Optional.of("new" + i), OptionalInt.empty()));
      }
      for (Future<?> one : all) {
        one.get();
      }
      machine.reset();
      assertFalse(machine.end().isDone(), "seed " + seed);
      assertEquals(RunState.PRELAUNCH, machine.state(), "seed " + seed);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new AssertionError("seed " + seed, e.getCause());
    }
  }

  /** The host does not rest meanwhile. */
  private static void replug(Machine machine, DeviceConfig device) {
    machine.onLoop(() -> {
      if (machine.devices().pci().size() < 8) {
        machine.devices().plug(device);
      }
      machine.devices().pci().stream().filter(old -> !old.unplugPending()).flatMap(old -> old.id().stream())
          .findFirst().ifPresent(machine.devices()::requestUnplug);
    });
  }

  private static void attack(Buses buses, Random random) {
    for (int i = 0; i < ACCESSES; i++) {
      switch (random.nextInt(4)) {
        case 0 -> configure(buses.ports(), random);
        case 1, 2 -> touchBar(buses.memory(), random);
        default -> touchPort(buses.ports(), random);
      }
    }
  }

  private static void configure(AddressBus ports, Random random) {
    int slot = random.nextInt(5);
    int register = random.nextBoolean()
        ? new int[]{0x04, 0x10, 0x14, 0x20, 0x3c}[random.nextInt(5)]
        : random.nextInt(64) * 4;
    ports.write(CONFIG_ADDRESS, 4, ENABLE | slot << 11 | register);
    int width = 1 << random.nextInt(3);
    int port = CONFIG_DATA + random.nextInt(4) / width * width;
    ports.write(port, width, value(random));
    ports.read(port, width);
  }

  private static void touchBar(AddressBus memory, Random random) {
    List<AddressBus.Range> ranges = memory.ranges();
    if (ranges.isEmpty()) {
      return;
    }
    AddressBus.Range range = ranges.get(random.nextInt(ranges.size()));
    int width = 1 << random.nextInt(4);
    long offset = random.nextInt(3) == 0
        ? random.nextLong(range.length())
        : random.nextLong(4) * 0x1000
            + random.nextInt(0x40);
    if (random.nextInt(3) > 0) {
      memory.write(range.base() + offset, width, value(random));
    }
    memory.read(range.base() + offset, width);
  }

  private static void touchPort(AddressBus ports, Random random) {
    int port = PORTS[random.nextInt(PORTS.length)];
    int width = 1 << random.nextInt(3);
    boolean ends = port <= AcpiPorts.SLEEP_CONTROL && port + width > AcpiPorts.SLEEP_CONTROL;
    if (!ends) {
      ports.write(port, width, value(random));
    }
    ports.read(port, width);
  }

  private static long value(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> PLACES[random.nextInt(PLACES.length)];
      case 1 -> random.nextInt(16);
      default -> random.nextInt() & 0xffff_ffffL;
    };
  }
}
