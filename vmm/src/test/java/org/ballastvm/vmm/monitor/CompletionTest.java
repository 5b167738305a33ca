package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Tab offers. */
class CompletionTest {
  private final Machine vm = TestMachine.idle();

  @AfterEach
  void endMachine() { vm.close(); }

  private List<String> ways(String line) { return Completion.of(vm, line); }

  @Test
  void aFirstWordIsACommand() {
    assertEquals(List.of("system_powerdown", "system_reset"), ways("sys"));
    assertEquals(List.of(), ways("nothing"));
    assertEquals(List.of(), ways("nothing "));
    assertEquals(List.of(), ways("stop "));
  }

  @Test
  void helpAndInfoTakeNames() {
    assertEquals(List.of("balloon"), ways("help ba"));
    assertEquals(List.of("status"), ways("info  st"));
    assertEquals(List.of("status"), ways("? info st"));
    assertEquals(List.of(), ways("info status "));
  }
}
