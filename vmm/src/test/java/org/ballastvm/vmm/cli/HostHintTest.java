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

  private String told(String refused, Errno errno) throws IOException {
    Path kernel = Files.write(directory.resolve("bzImage"), KernelFiles.bzImage(new byte[16]));
    Logging.neverWait(); // Takes System.err once in a process, so not from under the stream below.
    PrintStream before = System.err;
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.MILAN.supported()).refuses(refused, errno)) {
      System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
      assertEquals(2, Main.run(new String[]{"-kernel", kernel.toString(), "-nodefaults", "-m", "16"}));
      assertTrue(!kvm.asked().isEmpty());
    } finally {
      System.setErr(before);
    }
    return told.toString(StandardCharsets.UTF_8);
  }

  @Test
  void anotherHypervisorThatHasTheProcessorIsNamed() throws IOException {
    String told = told("KVM_CREATE_VM", Errno.EBUSY);

    assertTrue(told.startsWith("ballast: KVM_CREATE_VM: EBUSY"), told);
    assertTrue(told.contains("VirtualBox or VMware"), told);
  }

  @Test
  void aFirmwareThatLocksVirtualizationIsNamed() throws IOException {
    for (Errno errno : List.of(Errno.ENODEV, Errno.EIO)) {
      String told = told("KVM_CREATE_VM", errno);
      assertTrue(told.contains("firmware"), told);
    }
  }

  @Test
  void aKernelWithoutInterruptControllersIsNamed() throws IOException {
    for (String ioctl : List.of("KVM_CREATE_IRQCHIP", "KVM_CREATE_PIT2")) {
      String told = told(ioctl, Errno.ENOTTY);
      assertTrue(told.contains("CONFIG_KVM_IOAPIC"), told);
    }
  }
}
