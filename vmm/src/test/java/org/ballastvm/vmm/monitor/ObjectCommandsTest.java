package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects, from creation to deletion. Sentences are those of QEMU 7.2 on the same input, or begin with them. */
@Tag("kvm")
class ObjectCommandsTest {
  private final Machine vm = TestMachine.idle();

  @AfterEach
  void endMachine() { vm.close(); }

  private String say(String line) { return Commands.run(vm, line); }

  @Test
  void anObjectIsCreatedReadAndDeleted() {
    assertEquals("", say("object_add memory-backend-ram,id=mem0,size=1M,merge=off"));
    assertTrue(say("qom-list /objects").contains("mem0 (child<memory-backend-ram>)\n"));
    assertTrue(say("qom-list mem0").startsWith("type (string)\n"));
    assertEquals("1048576\n", say("qom-get mem0 size"));
    assertEquals("1\n", say("qom-get mem0 prealloc-threads"));
    assertEquals("false\n", say("qom-get /objects/mem0 merge"));
    assertEquals("\"memory-backend-ram\"\n", say("qom-get mem0 type"));
    assertEquals("", say("object_del mem0"));
    assertEquals("Error: Device 'mem0' not found\n", say("qom-get mem0 size"));
    assertEquals("Error: object 'mem0' not found\n", say("object_del mem0"));
  }

  @Test
  void theTreeIsThereFromItsRoot() {
    assertEquals("/\n", say("qom-list"));
    assertTrue(say("qom-list /").startsWith("type (string)\n"));
    assertEquals("\"/machine/peripheral\"\n", say("qom-get /machine peripheral"));
    assertTrue(say("info qom-tree").startsWith("/machine ("));
    assertTrue(say("info qom-tree").contains("\n  /peripheral (container)\n"));
    say("object_add memory-backend-ram,id=mem0,size=1M");
    assertTrue(say("info qom-tree /objects").startsWith("/objects (container)\n"));
    assertTrue(say("info qom-tree /objects").endsWith("  /mem0 (memory-backend-ram)\n"));
  }

  @Test
  void whatCannotBeIsNamed() {
    assertEquals("Error: Device 'foo' not found\n", say("qom-list foo"));
    assertEquals("Error: Device 'foo' not found\n", say("qom-set foo bar 3"));
    assertEquals("Error: Device 'foo' not found\n", say("info qom-tree foo"));
    say("object_add memory-backend-ram,id=mem0,size=1M");
    assertEquals("Error: Property 'memory-backend-ram.foo' not found\n", say("qom-get mem0 foo"));
    assertEquals("Error: Property 'memory-backend-ram.foo' not found\n", say("qom-set mem0 foo 3"));
    assertTrue(say("qom-set mem0 size 3").startsWith("Error: "));
    assertTrue(say("object_add memory-backend-ram,id=mem0,size=1M").startsWith("Error: "));
    assertTrue(say("object_add memory-backend-ram").startsWith("Error: "));
    assertTrue(say("object_add nothing,id=x").startsWith("Error: "));
    assertEquals("1048576\n", say("qom-get mem0 size"));
  }

  @Test
  void aValueMayBeGivenAsJson() {
    say("object_add memory-backend-ram,id=mem0,size=1M");
    assertTrue(say("qom-set -j mem0 size foo").startsWith("Error: JSON parse error, "));
    assertTrue(say("qom-set -j mem0 size 1 2").startsWith("Error: JSON parse error, "));
    assertEquals("qom-set: unsupported option -x\nTry \"help qom-set\" for more information\n",
        say("qom-set -x mem0 size 3"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"qom-get", "qom-get mem0", "qom-set", "qom-set mem0", "qom-set mem0 size", "object_add",
      "object_del", "qom-get \"mem0"})
  void whatIsMissingIsNamed(String line) {
    String command = List.of(line.split(" ")).getFirst();
    assertEquals(command + ": string expected\nTry \"help " + command + "\" for more information\n", say(line));
  }
}
