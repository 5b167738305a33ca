package org.ballastvm.vmm.gdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.FakeKvm;
import org.ballastvm.kvm.KvmCap;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.cpu.HostCpu;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.ballastvm.vmm.state.RunState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a client says and is answered, and what is asked of a KVM that carries nothing out. */
@Timeout(60)
class GdbProtocolTest {
  private static final long CODE = 0x2000_0000;

  @TempDir
  private Path directory;

  private FakeKvm kvm;
  private Machine vm;
  private GdbClient gdb;

  @BeforeEach
  void start() throws IOException {
    kvm = FakeKvm.begin(HostCpu.MILAN.supported()).has(KvmCap.SET_GUEST_DEBUG, 1);
    vm = TestMachine.idle();
    vm.onLoop(() -> GdbServer.serve(vm,
        vm.openChardev(new ChardevConfig.Unix("gdb", false, directory.resolve("gdb"), true, false)),
        line -> "heard " + line + "\n", () -> {
          // The machine ends.
        }));
    gdb = new GdbClient(directory.resolve("gdb"));
  }

  @AfterEach
  void end() throws IOException {
    gdb.close();
    vm.close();
    kvm.close();
  }

  private boolean debugAsked() { return kvm.asked().contains("KVM_SET_GUEST_DEBUG vCPU 1"); }

  @Test
  void aGuestIsLetRunAndInterrupted() throws IOException {
    assertEquals("T05thread:01;", gdb.ask("?"));
    gdb.send("vCont;c");
    Await.until(() -> vm.state() == RunState.RUNNING);
    gdb.raw("\3");
    assertEquals("T02thread:01;", gdb.await());
    assertEquals(RunState.PAUSED, vm.state());
    assertTrue(!debugAsked(), "nothing was asked for");
  }

  @Test
  void whereItIsServedIsKnown() {
    Await.until(() -> vm.debug().hasClient());
    assertEquals(Optional.of("unix:" + directory.resolve("gdb") + ",server=on"), vm.debug().where());
    vm.onLoop(() -> GdbServer.end(vm));
    assertEquals(Optional.empty(), vm.debug().where());
    assertFalse(vm.debug().hasClient());
  }

  @Test
  void breakpointsAreInMemoryWhileTheirClientIsThere() throws IOException {
    vm.ram().putByte(CODE, 0x90);
    assertEquals("OK", gdb.ask("Z0,20000000,1"));
    assertEquals("OK", gdb.ask("Z0,20000000,1"), "again");
    assertEquals(0xcc, vm.ram().getByte(CODE));
    assertEquals("OK", gdb.ask("Z1,20000010,1"));
    gdb.send("vCont;c");
    Await.until(() -> vm.state() == RunState.RUNNING);
    assertTrue(debugAsked());

    gdb.close();
    Await.until(() -> vm.ram().getByte(CODE) == 0x90);
    assertEquals(RunState.RUNNING, vm.state());
    try (GdbClient next = new GdbClient(directory.resolve("gdb"))) {
      assertEquals("T02thread:01;", next.ask("?"), "it stops for the next");
      assertEquals("OK", next.ask("D"));
      Await.until(() -> vm.state() == RunState.RUNNING);
    }
  }

  @Test
  void debugRegistersAreFour() throws IOException {
    for (int i = 0; i < 4; i++) {
      assertEquals("OK", gdb.ask("Z2,%x,8".formatted(0x60_0000 + 8 * i)));
    }
    assertEquals("OK", gdb.ask("Z2,600000,8"), "again");
    assertEquals("E1c", gdb.ask("Z2,600020,1"));
    assertEquals("OK", gdb.ask("z2,600000,8"));
    assertEquals("OK", gdb.ask("Z2,600021,1"));
    assertEquals("E1c", gdb.ask("Z2,700000,40"));
  }

  @Test
  void memoryAndThreads() throws IOException {
    assertEquals("m01,02", gdb.ask("qfThreadInfo"));
    assertEquals("OK", gdb.ask("Hg2"));
    assertEquals("QC02", gdb.ask("qC"));
    assertEquals("E16", gdb.ask("T3"));
    assertEquals("OK", gdb.ask("M20000000,4:01020304"));
    assertEquals("OK", gdb.ask("X20000004,3:" + PacketText.escaped("#$}")));
    assertEquals("0102030423247d", gdb.ask("m20000000,7"));
    assertEquals("E0e", gdb.ask("mfff00000,8"));
    assertEquals("OK", gdb.ask("Qqemu.PhyMemMode:1"));
    assertEquals("1", gdb.ask("qqemu.PhyMemMode"));
    assertEquals("", gdb.ask("Z3,600000,4"), "no processor of x86 has it");
    assertEquals("", gdb.ask("vMustReplyEmpty"));
  }

  @Test
  void whatIsNotTheProtocolIsRefusedInASentence() throws IOException {
    gdb.raw("GET / HTTP/1.1\r\n\r\n");
    StringBuilder heard = new StringBuilder();
    for (int next = gdb.read(); next != '\n'; next = gdb.read()) {
      heard.append((char) next);
    }
    assertEquals("gdbserver: what came is not GDB's remote protocol: the byte 0x47 begins no packet;"
        + " no more is read of this client", heard.toString());
  }

  @Test
  void packetsAreAcknowledgedUntilTheClientWantsNoMore() throws IOException {
    gdb.raw("$qC#00");
    assertEquals('-', gdb.read());
    gdb.raw("$qC#b4");
    assertEquals('+', gdb.read());
    assertEquals("QC01", gdb.await());
    gdb.raw("-");
    assertEquals("QC01", gdb.await());
    assertEquals("OK", gdb.ask("QStartNoAckMode"));
    gdb.raw("$qC#b4");
    assertEquals('$', gdb.read());
  }

  @Test
  void theMonitorIsReachedThroughIt() throws IOException {
    assertEquals("O" + PacketText.hex("heard info status\n"), gdb.ask("qRcmd," + PacketText.hex("info status")));
    assertEquals("OK", gdb.await());
  }

  @Test
  void gdbItselfTakesRegistersThreadsAndMemory() throws IOException, InterruptedException {
    gdb.close();
    vm.ram().putLong(CODE, 0x1122_3344_5566_7788L);
    List<String> words = new ArrayList<>(List.of("gdb", "-q", "-nx", "-batch"));
    for (String line : List.of("set pagination off", "target remote " + directory.resolve("gdb"), "info threads",
        "x/1gx 0x20000000", "print $k_gs_base", "print $xmm15.uint128", "set *(int *)0x20000004 = 5",
        "break *0x20000000",
        "monitor info status", "detach")) {
      words.addAll(List.of("-ex", line));
    }
    Path output = directory.resolve("said");
    Process client = startedGdb(words, output);
    assertEquals(0, client.waitFor(), () -> read(output));
    String said = read(output);
    for (String part : List.of("\"CPU#1\"", "0x1122334455667788", "$1 = 0", "$2 = 0", "heard info status",
        "detached]")) {
      assertTrue(said.contains(part), said);
    }
    assertEquals(5, vm.ram().getInt(CODE + 4));
  }

  private static Process startedGdb(List<String> words, Path output) throws IOException {
    try {
      return new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    } catch (IOException e) {
      if (System.getenv("CI") != null) {
        throw e;
      }
      return Assumptions.abort("gdb is not installed: " + e.getMessage());
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
