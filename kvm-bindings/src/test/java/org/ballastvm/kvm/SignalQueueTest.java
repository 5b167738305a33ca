package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user whose signals wait in such numbers that the kernel queues no more of them. */
@Timeout(120)
@Tag("kvm")
class SignalQueueTest {
  /** What the child runs: a guest that spins, and one kick. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] args) throws InterruptedException {
      try (Kvm kvm = Kvm.open(); PayloadVm vm = new PayloadVm(kvm)) {
        vm.load("ebfe"); // jmp to itself
        Thread runner = new Thread(() -> {
          vm.vcpu.bindToCurrentThread();
          System.out.println("exit " + vm.vcpu.run());
        });
        runner.start();
        while (vm.vcpu.threadId() == 0 || runner.getState() != Thread.State.RUNNABLE) {
          Thread.onSpinWait();
        }
        vm.vcpu.kick();
        runner.join();
      }
    }
  }

  @Test
  void aKickArrivesThoughNoSignalCanBeQueued() throws Exception {
    ProcessBuilder java = ChildJvm.of(Probe.class,
        List.of(ChildJvm.ALLOW_BOTH, "-Dballast.native=" + NativeProvider.name()));
    List<String> command = new ArrayList<>(List.of("bash", "-c", "ulimit -i 0 && exec \"$@\"", "bash"));
    command.addAll(java.command());
    Process child = java.command(command).start();
    if (!child.waitFor(60, TimeUnit.SECONDS)) {
      child.destroyForcibly();
      fail("the kick was lost");
    }
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("exit INTERRUPTED", output.strip().lines().reduce((first, last) -> last).orElse(""));
  }
}
