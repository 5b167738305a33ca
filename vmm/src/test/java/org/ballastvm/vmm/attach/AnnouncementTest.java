package org.ballastvm.vmm.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.ballastvm.vmm.Vm;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Program;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Machines of one process that are to be found by others. */
@Tag("kvm")
@Timeout(60)
class AnnouncementTest {
  private static final String PID = Long.toString(ProcessHandle.current().pid());

  private static Vm start(String name) {
    return Vm.builder().name(name).memory("16M").payload(new BootConfig.Payload(new Program().halt().code(), 0x10_0000))
        .announced().start();
  }

  private static List<MachineEntry> running() throws IOException {
    return RuntimeDirectory.ofUser(System.getenv()).running().stream()
        .filter(entry -> Long.toString(entry.pid()).equals(PID)).toList();
  }

  @Test
  void eachMachineOfAProcessIsListedAndReachedByItsName() throws IOException {
    try (Vm left = start("announced-left"); Vm right = start("announced-right")) {
      assertEquals(List.of(left.name(), right.name()), running().stream().map(MachineEntry::name).sorted().toList());
      assertTrue(running().stream().map(MachineEntry::control).distinct().filter(Files::exists).count() == 2);
      assertTrue(MonitorCommand.address(right.name()).startsWith("unix:"));
      assertEquals("monitor " + PID + ": there are several of that process; give one of their names: ",
          assertThrows(UserError.class, () -> MonitorCommand.address(PID)).getMessage().replaceAll("announced.*", ""));
    }
    assertEquals(List.of(), running());
  }
}
