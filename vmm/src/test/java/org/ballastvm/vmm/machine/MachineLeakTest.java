package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.state.EndReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines come and go in one process: the host has back what each of them took. */
@Timeout(240)
class MachineLeakTest {
  private static final int WARM_UP = 5;
  private static final int MACHINES = 50;
  /** The JVM's own mappings (code heap, arenas of its allocator) come and go by a few. */
  private static final int SLACK_MAPPINGS = 12;
  private static final DeviceConfig RNG = new DeviceConfig.Rng(Optional.empty(), OptionalInt.empty());
  private static final DeviceConfig BALLOON = new DeviceConfig.Balloon(Optional.empty(), OptionalInt.empty(),
      BalloonConfig.DEFAULTS);

  @TempDir
  private Path directory;

  @Tag("kvm")
  @Test
  void fiftyMachinesLeaveNothingBehind() throws Exception {
    Program program = new Program().count(0x50_0000).ifBelow(2, new Program().reset()).powerOff();
    TestMachine guest = TestMachine.of(directory, program).with(CpuConfig.of(3)).with(RNG, BALLOON)
        .with(new ChardevConfig.Unix("serial", false, directory.resolve("socket"), true, false));
    Footprint before = null;
    for (int i = 0; i < WARM_UP + MACHINES; i++) {
      if (i == WARM_UP) {
        before = Footprint.now();
      }
      assertEquals(EndReason.GUEST_SHUTDOWN, guest.run(), "machine " + i);
    }
    Footprint.now().assertNotAbove(before);
  }

  @Test
  void aMachineThatCannotBePutTogetherLeavesNothingBehind() throws Exception {
    TestMachine guest = TestMachine.of(directory, new Program().powerOff())
        .with(new ChardevConfig.Unix("serial", false, directory.resolve("no/such/socket"), true, false))
        .with(RNG, BALLOON);
    Footprint before = null;
    for (int i = 0; i < WARM_UP + MACHINES; i++) {
      if (i == WARM_UP) {
        before = Footprint.now();
      }
      assertTrue(refused(guest).contains("no/such/socket"));
    }
    Footprint.now().assertNotAbove(before);
  }

  private static String refused(TestMachine guest) {
    try (Machine machine = guest.start()) {
      throw new AssertionError("it started: " + machine.state());
    } catch (UserError e) {
      return e.getMessage();
    }
  }

  /** What this process holds. */
  private record Footprint(List<String> files, List<String> threads, int mappings, long vcpuMappings) {
    static Footprint now() throws IOException {
      List<String> maps = Files.readAllLines(Path.of("/proc/self/maps"));
      return new Footprint(openFiles(), machineThreads(), maps.size(),
          maps.stream().filter(line -> line.contains("kvm")).count());
    }

    /** Those of machines: the JVM opens and closes its own. */
    private static List<String> openFiles() throws IOException {
      try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
        return all.map(Footprint::target).filter(file -> file.contains("anon_inode") || file.contains("socket")
            || file.contains("kvm") || file.contains("junit")).sorted().toList();
      }
    }

    private static String target(Path link) {
      try {
        return Files.readSymbolicLink(link).toString().replaceAll("[0-9]+", "N");
      } catch (IOException e) {
        return "closed meanwhile";
      }
    }

    private static List<String> machineThreads() {
      return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
          .filter(name -> name.startsWith("test-") || name.startsWith("ballast-")).toList();
    }

    void assertNotAbove(Footprint before) {
      assertEquals(before.files, files);
      assertEquals(List.of(), threads);
      assertEquals(before.vcpuMappings, vcpuMappings);
      assertTrue(mappings <= before.mappings + SLACK_MAPPINGS, before.mappings + " mappings became " + mappings);
    }
  }
}
