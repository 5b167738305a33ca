package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.FakeKvm;
import org.ballastvm.vmm.boot.KernelFiles;
import org.ballastvm.vmm.cpu.HostCpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads who starts a machine on a host that refuses. */
class HostHintTest {
  @TempDir
  private Path directory;

  private String errorOf(String refused, Errno errno) throws IOException {
    Path kernel = Files.write(directory.resolve("bzImage"), KernelFiles.bzImage(new byte[16]));
    Logging.neverWait(); // Takes System.err once in a process, so not from under the stream below.
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.MILAN.supported()).refuses(refused, errno)) {
      System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
      assertEquals(2, Main.run(new String[]{"-kernel", kernel.toString(), "-nodefaults", "-m", "16"}));
      assertTrue(!kvm.asked().isEmpty());
    } finally {
      System.setErr(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void anotherHypervisorThatHasTheProcessorIsNamed() throws IOException {
    String printed = errorOf("KVM_CREATE_VM", Errno.EBUSY);

    assertTrue(printed.startsWith("ballast: KVM_CREATE_VM: EBUSY"), printed);
    assertTrue(printed.contains("VirtualBox or VMware"), printed);
  }

  @Test
  void aFirmwareThatLocksVirtualizationIsNamed() throws IOException {
    for (Errno errno : List.of(Errno.ENODEV, Errno.EIO)) {
      String printed = errorOf("KVM_CREATE_VM", errno);
      assertTrue(printed.contains("firmware"), printed);
    }
  }

  @Test
  void aKernelWithoutInterruptControllersIsNamed() throws IOException {
    for (String ioctl : List.of("KVM_CREATE_IRQCHIP", "KVM_CREATE_PIT2")) {
      String printed = errorOf(ioctl, Errno.ENOTTY);
      assertTrue(printed.contains("CONFIG_KVM_IOAPIC"), printed);
    }
  }
}
