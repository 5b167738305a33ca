package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code memory}, as it is typed. */
@Tag("kvm")
@Timeout(60)
class MemoryCommandTest {
  private static final DeviceConfig BALLOON = DeviceModels
      .parse(KeyValues.parse("-device", "virtio-balloon-pci,id=b0", "driver"));

  /** What a line says, its end cut off. */
  private static String say(Machine vm, String line) {
    StringBuilder said = new StringBuilder();
    vm.onLoop(() -> said.append(Commands.run(vm, line)));
    return said.toString().strip();
  }

  @Test
  void aMachineWithNothingToDoItByAndSizesThatCannotBeSayItInASentence() {
    try (Machine vm = TestMachine.idle()) {
      assertTrue(say(vm, "memory set 2G").startsWith("Error: memory: nothing of this machine can change"));
    }
    try (Machine vm = TestMachine.idle(BALLOON)) {
      assertEquals("Error: memory: 2 GiB is more than this guest can have, 1 GiB with all that its machine has",
          say(vm, "memory set 2G"));
      assertTrue(say(vm, "memory set 0").startsWith("Error: memory: 0 bytes is less than"), say(vm, "memory set 0"));
      for (String size : new String[]{"-1", "1X", "G", "99999999999999999999", "1e400G"}) {
        String answer = say(vm, "memory set " + size);
        assertTrue(answer.startsWith("Error: memory set " + size + ": ") && answer.lines().count() == 1, answer);
      }
      for (String line : new String[]{"memory", "memory set", "memory draw", "memory set 1G 2G", "memory show 1"}) {
        assertTrue(say(vm, line).contains("Try \"help memory\""), line + ": " + say(vm, line));
      }
      assertEquals(0, vm.devices().balloon().orElseThrow().targetPages());
    }
  }

  @Test
  void theBalloonTakesWhatNothingElseCan() {
    try (Machine vm = TestMachine.idle(BALLOON)) {
      assertEquals(
          "balloon: from 0 bytes to 256 MiB held\nthe guest has 1 GiB; it should have 768 MiB, which was asked "
              + "for 0.0 s ago",
          say(vm, "memory set 768M"));
      assertEquals(65536, vm.devices().balloon().orElseThrow().targetPages());
      assertTrue(say(vm, "memory set 1G").contains("balloon: from 256 MiB to 0 bytes held"));
      assertTrue(say(vm, "memory show").startsWith("the guest has 1 GiB; it should have 1 GiB, reached after "));
    }
  }

  @Test
  void aDimmComesAndItsMemoryGoesWithIt() {
    try (Machine vm = TestMachine.idle(new MemoryConfig(1L << 30, 2, 3L << 30, Optional.empty()))) {
      assertTrue(say(vm, "memory set 1536M").startsWith("memory0: a new DIMM of 512 MiB\nthe guest has 1 GiB; "));
      assertTrue(say(vm, "memory show").contains("\n  000100000000 memory0  " + "p".repeat(64) + "\n"),
          say(vm, "memory show"));
      say(vm, "system_reset");
      assertTrue(say(vm, "memory set 1G").startsWith("memory0: the guest is asked to let the DIMM go, 512 MiB"));
      say(vm, "system_reset"); // lets it go in the guest's place
      assertTrue(say(vm, "memory set 1G").startsWith("the guest has 1 GiB; it should have 1 GiB, reached"));
      assertTrue(!say(vm, "info memdev").contains("memory0"));
    }
  }
}
