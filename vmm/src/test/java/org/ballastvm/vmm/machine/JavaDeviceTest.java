package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.ballastvm.device.Queue;
import org.ballastvm.device.SimpleVirtio;
import org.ballastvm.kvm.FakeKvm;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.cpu.HostCpu;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines with a device that a user wrote, on a host without KVM. */
@SuppressWarnings("try") // KVM need only be there.
class JavaDeviceTest {
  @TempDir
  private Path directory;

  private Path jar;

  /** A device that is on the tests' own class path, too, and so is found whatever the archive holds. */
  public static final class Silent implements SimpleVirtio {
    @Override
    public int type() { return 4; }

    @Override
    public void ready(Queue queue) {
      // It never answers.
    }
  }

  @BeforeEach
  void makeArchive() throws IOException {
    jar = directory.resolve("device.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("nothing"));
    }
  }

  private DeviceConfig device(String name) {
    return new DeviceConfig.Java(Optional.of("mine"), OptionalInt.empty(), Optional.empty(), Optional.of(name),
        List.of(jar));
  }

  private Machine start(String name) throws IOException {
    MachineConfig config = TestMachine.of(directory, new Program().halt()).with(device(name)).config();
    return Machine.start(config, note -> {
      // Nobody reads them.
    }, machine -> {
      // No monitors.
    });
  }

  private boolean isOpen() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.anyMatch(file -> {
        try {
          return Files.readSymbolicLink(file).equals(jar);
        } catch (IOException closedMeanwhile) {
          return false;
        }
      });
    }
  }

  @Test
  void anArchiveIsOpenForAsLongAsItsDeviceIsThere() throws IOException {
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.SAPPHIRE_RAPIDS_CONFIG_ONLY.supported());
        Machine machine = start(Silent.class.getName())) {
      assertTrue(isOpen());
    }
    assertEquals(false, isOpen());
  }

  @Test
  void anArchiveWithoutTheDeviceIsClosedAtOnce() throws IOException {
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.SAPPHIRE_RAPIDS_CONFIG_ONLY.supported())) {
      assertThrows(UserError.class, () -> start("Nobody"));
    }
    assertEquals(false, isOpen());
  }
}
