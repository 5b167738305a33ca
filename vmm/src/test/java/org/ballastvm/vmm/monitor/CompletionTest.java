package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Tab offers. */
@Tag("kvm")
class CompletionTest {
  private final Machine vm = TestMachine.idle();

  @AfterEach
  void endMachine() { vm.close(); }

  private List<String> ways(String line) { return Completion.of(vm, line); }

  @Test
  void aFirstWordIsACommand() {
    assertEquals(List.of("system_powerdown", "system_reset", "system_wakeup"), ways("sys"));
    assertEquals(List.of(), ways("nothing"));
    assertEquals(List.of(), ways("nothing "));
    assertEquals(List.of(), ways("stop "));
  }

  @Test
  void helpAndInfoTakeNames() {
    assertEquals(List.of("balloon"), ways("help ba"));
    assertEquals(List.of("stacks", "status"), ways("info  st"));
    assertEquals(List.of("status"), ways("? info stat"));
    assertEquals(List.of(), ways("info status "));
    assertEquals(List.of("-a", "0", "1"), ways("info registers "));
  }

  @Test
  void pathsGoOnPartByPart() {
    Commands.run(vm, "object_add memory-backend-ram,id=mem0,size=1M");
    assertEquals(List.of("/machine/", "/objects/"), ways("qom-list /"));
    assertEquals(List.of("/objects/mem0"), ways("qom-list /objects/m"));
    assertEquals(List.of("mem0"), ways("qom-get me"));
    assertEquals(List.of("peripheral-anon", "peripheral"), ways("qom-get per").reversed());
    assertEquals(List.of(), ways("qom-list /nothing/"));
    assertEquals(List.of("mem0"), ways("object_del m"));
  }

  @Test
  void propertiesFollowTheirObject() {
    Commands.run(vm, "object_add memory-backend-ram,id=mem0,size=1M");
    assertTrue(ways("qom-get mem0 ").containsAll(List.of("type", "size", "share")));
    assertEquals(List.of("size"), ways("qom-get mem0 si"));
    assertEquals(List.of(), ways("qom-get nothing "));
    assertEquals(List.of(), ways("qom-get mem0 size "));
  }
}
