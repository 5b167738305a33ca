package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What 200 VMs in a row leave behind: nothing. */
@Tag("kvm")
class LeakTest {
  private static final int VMS = 200;

  @Test
  void twoHundredVmsLeaveNothingOpen() throws Exception {
    for (int i = 0; i < 20; i++) {
      openRunAndClose(); // the JVM opens and maps its own things at first
    }
    int filesBefore = openFiles().size();
    int mappingsBefore = kvmMappings();
    int allMappingsBefore = mappings().size();
    int threadsBefore = threads();

    for (int i = 0; i < VMS; i++) {
      openRunAndClose();
    }

    assertEquals(filesBefore, openFiles().size(), () -> String.join("\n", openFiles()));
    assertEquals(0, kvmMappings());
    assertEquals(0, mappingsBefore);
    // The JVM itself grows by a code heap or a thread now and then; a leak would be one for each VM.
    assertTrue(mappings().size() < allMappingsBefore + VMS / 2, mappings().size() + " after " + allMappingsBefore);
    assertTrue(threads() < threadsBefore + VMS / 2, threads() + " threads after " + threadsBefore);
  }

  private static void openRunAndClose() throws InterruptedException {
    try (Kvm kvm = Kvm.open();
        PayloadVm vm = new PayloadVm(kvm);
        Epoll epoll = Epoll.create();
        EventFd doorbell = EventFd.create();
        TimerFd timer = TimerFd.create();
        HostFile file = HostFile.memfd("leak", java.util.OptionalLong.empty())) {
      epoll.add(doorbell, Epoll.IN, 0);
      epoll.add(timer, Epoll.IN, 1);
      file.truncate(1 << 20);
      vm.vm.assignIrqfd(doorbell, 5);
      vm.load("e610 f4"); // out 0x10, al
      Thread runner = new Thread(() -> {
        vm.vcpu.bindToCurrentThread();
        assertInstanceOf(Exit.Pio.class, vm.vcpu.run());
      });
      runner.start();
      runner.join();
      HostMapping.ofFile(file, 0, 1 << 20, true, true).close();
    }
  }

  private static List<String> openFiles() {
    List<String> files = new ArrayList<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        if (Files.exists(descriptor) || Files.isSymbolicLink(descriptor)) {
          files.add(descriptor.getFileName() + " " + Files.readSymbolicLink(descriptor));
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return files.stream().filter(name -> !name.endsWith("/fd")).toList();
  }

  private static List<String> mappings() throws IOException { return Files.readAllLines(Path.of("/proc/self/maps")); }

  private static int kvmMappings() throws IOException {
    return (int) mappings().stream().filter(line -> line.contains("kvm-vcpu") || line.contains("memfd:leak")).count();
  }

  private static int threads() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return (int) tasks.count();
    }
  }
}
