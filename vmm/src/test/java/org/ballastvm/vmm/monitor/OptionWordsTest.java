package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tab offers, and help lists, the properties that the models have. */
@Tag("kvm")
class OptionWordsTest {
  private final Machine vm = TestMachine.idle();

  @AfterEach
  void endMachine() { vm.close(); }

  private List<String> ways(String line) { return Completion.of(vm, line); }

  @Test
  void aLineGoesOnWithPropertiesAndTheirValues() {
    Commands.run(vm, "object_add memory-backend-ram,id=mem0,size=1M");
    assertTrue(ways("device_add ").contains("virtio-rng-pci"));
    assertEquals(List.of("virtio-rng-pci,addr=", "virtio-rng-pci,id="), ways("device_add virtio-rng-pci,"));
    assertEquals(List.of("virtio-mem,dynamic-memslots="), ways("device_add virtio-mem,dy"));
    assertEquals(List.of("memory-backend-ram,policy=bind"), ways("object_add memory-backend-ram,policy=b"));
    assertTrue(ways("object_add memory-backend-ram,").contains("memory-backend-ram,host-nodes="));
    assertEquals(List.of("virtio-rng-pci,id=r,addr="), ways("device_add virtio-rng-pci,id=r,"));
    assertEquals(List.of("virtio-balloon-pci,page-poison=off", "virtio-balloon-pci,page-poison=on"),
        ways("device_add virtio-balloon-pci,page-poison="));
    assertEquals(List.of("pc-dimm,memdev=mem0"), ways("device_add pc-dimm,memdev="));
    assertEquals(List.of("memory-backend-ram,merge="), ways("object_add memory-backend-ram,me"));
    assertEquals(List.of("memory-backend-file,mem-path=", "memory-backend-file,merge="),
        ways("object_add memory-backend-file,me"));
  }

  @Test
  void helpListsThem() {
    String help = """
        virtio-rng-pci options:
          addr=<int32>           - Slot and optional function number, example: 06.0 or 06 (default: -1)
        """;
    assertEquals(help, Commands.run(vm, "device_add virtio-rng-pci,help"));
    assertEquals(help, Commands.run(vm, "device_add virtio-rng,help"));
    assertTrue(Commands.run(vm, "object_add memory-backend-ram,help").contains("  host-nodes=<int> "));
  }

  /** On the loop, as monitors do. */
  private String say(String line) {
    StringBuilder answer = new StringBuilder();
    vm.onLoop(() -> answer.append(Commands.run(vm, line)));
    return answer.toString();
  }

  @Test
  void aDeviceThatCameCanGo() {
    assertEquals("", say("device_add virtio-rng-pci,id=rng0"));
    assertEquals(List.of("rng0"), ways("device_del "));
    assertEquals("Error: Device 'foo' not found\n", say("device_del foo"));
    assertEquals("Error: Parameter 'driver' is missing\n", say("device_add"));
    assertEquals("", say("device_del rng0"));
    assertEquals("Error: Device rng0 is already in the process of unplug\n", say("device_del rng0"));
  }
}
