package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ballastvm.vmm.config.DeviceOptions;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.ObjectOptions;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Properties that Tab offers and help lists are those that the parsers take. */
@Tag("kvm")
class OptionWordsTest {
  private final Machine vm = TestMachine.idle();

  @AfterEach
  void endMachine() { vm.close(); }

  private List<String> ways(String line) { return Completion.of(vm, line); }

  /** What a kind needs is there, and the option with a value that few take: the parser takes it, or stops at it. */
  private static void hold(OptionWords words, String first, Consumer<KeyValues> parser) {
    for (String kind : words.kinds()) {
      for (OptionWords.Option option : words.options(kind)) {
        String others = needs(kind).filter(other -> !other.startsWith(option.name() + "="))
            .map(other -> other + ",").collect(Collectors.joining());
        KeyValues values = KeyValues.parse("x", kind + "," + others + option.name() + "=?", first);
        try {
          parser.accept(values);
        } catch (UserError e) {
          // The value.
        }
        assertTrue(values.take(option.name()).isEmpty(), kind + " does not take " + option.name());
      }
    }
  }

  private static Stream<String> needs(String kind) {
    return switch (kind) {
      case "memory-backend-ram", "memory-backend-memfd" -> Stream.of("id=i", "size=1M");
      case "memory-backend-file" -> Stream.of("id=i", "size=1M", "mem-path=p");
      case "pc-dimm", "virtio-mem-pci" -> Stream.of("id=i", "memdev=m");
      default -> Stream.of("id=i");
    };
  }

  @Test
  void devicesTakeWhatIsOffered() { hold(OptionWords.DEVICES, "driver", DeviceOptions::parse); }

  @Test
  void objectsTakeWhatIsOffered() { hold(OptionWords.OBJECTS, "qom-type", ObjectOptions::parse); }

  @Test
  void aLineGoesOnWithPropertiesAndTheirValues() {
    Commands.run(vm, "object_add memory-backend-ram,id=mem0,size=1M");
    assertTrue(ways("device_add ").contains("virtio-rng-pci"));
    assertEquals(List.of("virtio-rng-pci,addr=", "virtio-rng-pci,id="), ways("device_add virtio-rng-pci,"));
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
    assertEquals("virtio-rng-pci options:\n  addr=<string>\n  id=<string>\n",
        Commands.run(vm, "device_add virtio-rng-pci,help"));
    assertTrue(Commands.run(vm, "object_add memory-backend-ram,help").contains("  size=<size>\n"));
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
