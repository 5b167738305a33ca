package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.Program;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who writes where, of a guest that counts for ever: mov eax, [counter]; inc eax; mov [counter], eax; jmp. */
@Tag("kvm")
@Timeout(120)
class WatchTest {
  private static final int COUNTER = 0x50_0000;
  private static final long LOAD = 0x30_0000;

  @TempDir
  private Path directory;
  private Machine vm;

  @BeforeEach
  void start() throws IOException {
    vm = TestMachine.of(directory, new Program())
        .with(new BootConfig.Payload(new Program().countForever(COUNTER).code(), LOAD)).start();
    awaitCounting();
  }

  @AfterEach
  void end() { vm.close(); }

  private String say(String line) {
    String[] answer = new String[1];
    vm.onLoop(() -> answer[0] = Commands.run(vm, line));
    return answer[0];
  }

  private void awaitCounting() {
    int before = vm.ram().getInt(COUNTER);
    Await.until(() -> vm.ram().getInt(COUNTER) != before);
  }

  @Test
  void pagesThatAreWrittenAreNotedWithTheirWriter() {
    assertTrue(say("info written-pages").startsWith("Error: writes are not noted: watch_pages on begins that"));
    assertEquals("", say("watch_pages on"));
    awaitCounting();
    vm.ram().putInt(0x60_0000, 1);
    assertEquals("""
        0000000000500000-0000000000501000 vcpus
        0000000000600000-0000000000601000 devices
        """, say("info written-pages 0x500000 0x300000"));
    vm.ram().putInt(COUNTER + 100, 1);
    assertEquals("0000000000500000-0000000000501000 both\n", say("info written-pages 0x500123 1"));
    assertEquals("", say("info written-pages 0x501000 0x1000"));
    assertEquals("", say("watch_pages off"));
    assertTrue(say("info written-pages").startsWith("Error: "));
    awaitCounting();
    assertTrue(say("watch_pages perhaps").startsWith("watch_pages: 'perhaps': must be on or off\n"));
    assertEquals("Error: Parameter 'size' is 0: must be 1 or more\n", say("info written-pages 0 0"));
  }

  @Test
  void whatDebugRegistersDoNotHoldIsRefused() {
    assertEquals("Error: Parameter 'size' is 33: must be 1 to 32\n", say("watch_address 0x500000 33"));
    assertTrue(say("watch_address 0x500001 32").startsWith(
        "Error: Parameter 'size' is 32 at 0x500001: takes more than the 4 debug registers of a processor"));
    assertEquals("", say("watch_address -r 0x600003 5"));
    assertEquals("0000000000600003: 1 bytes, reads and writes\n0000000000600004: 4 bytes, reads and writes\n",
        say("info watch"));
    awaitCounting();
  }
}
