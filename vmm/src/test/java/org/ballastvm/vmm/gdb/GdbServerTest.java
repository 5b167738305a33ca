package org.ballastvm.vmm.gdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.ballastvm.kvm.MpState;
import org.ballastvm.kvm.Registers;
import org.ballastvm.kvm.VcpuRegisters;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.Program;
import org.ballastvm.vmm.machine.TestMachine;
import org.ballastvm.vmm.state.RunState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client and a guest of two processors that count for ever, each a number of its own. */
@Tag("kvm")
@Tag("more")
@Timeout(120)
class GdbServerTest {
  private static final int COUNTER = 0x50_0000;
  private static final int OTHER_COUNTER = 0x50_1000;
  /** mov eax, [counter]; inc eax; mov [counter], eax; jmp. */
  private static final long LOAD = 0x30_0000;
  private static final long ADD = LOAD + 7;
  private static final long STORE = LOAD + 9;
  private static final long JUMP = LOAD + 16;
  private static final long OTHER_LOAD = LOAD + 18;
  private static final long OTHER_ADD = OTHER_LOAD + 7;

  @TempDir
  private Path directory;

  private Machine vm;
  private GdbClient gdb;

  @BeforeEach
  void start() throws IOException {
    byte[] code = new Program().countForever(COUNTER).countForever(OTHER_COUNTER).code();
    Path socket = directory.resolve("gdb");
    TestMachine machine = TestMachine.of(directory, new Program()).with(new BootConfig.Payload(code, LOAD))
        .with(CpuConfig.of(2)).with(new RunPolicy(true, false, true));
    vm = Machine.start(machine.config(), System.err::println, made -> {
      startOther(made);
      GdbServer.serve(made, made.openChardev(new ChardevConfig.Unix("gdb", false, socket, true, false)),
          line -> "monitor heard " + line + "\n", () -> {
            // The machine ends.
          });
    });
    gdb = new GdbClient(socket);
  }

  /** The second processor is where the first is, but for what it counts. */
  private static void startOther(Machine made) {
    VcpuRegisters first = made.vcpus().get(0).vcpu().registers();
    VcpuRegisters second = made.vcpus().get(1).vcpu().registers();
    second.setSpecial(first.getSpecial());
    second.setGeneral(Registers.start(OTHER_LOAD, 0, 0, 0));
    second.setMpState(MpState.RUNNABLE);
  }

  @AfterEach
  void end() throws IOException {
    gdb.close();
    vm.close();
  }

  /** As GuestDebugTest of kvm-bindings has it: TCG has no breakpoints in guests of guests, and kvm_pvm not all. */
  private static void requireTraps() throws IOException {
    boolean emulated = Files.readString(Path.of("/proc/cpuinfo")).contains("TCG CPU");
    Assumptions.assumeFalse(emulated,
        "the processor of this host is one that TCG plays, and has no breakpoints in guests");
    Assumptions.assumeFalse(Files.exists(Path.of("/sys/module/kvm_pvm")),
        "this host's KVM is kvm_pvm, which has no int3 in guests, and reports no access that is watched for");
  }

  private int counted() { return vm.ram().getInt(COUNTER); }

  private int otherCounted() { return vm.ram().getInt(OTHER_COUNTER); }

  private void awaitCounting() {
    int before = counted();
    Await.until(() -> counted() != before);
  }

  @Test
  void registersOfEachProcessorAreReadAndWritten() throws IOException {
    assertEquals(Registers64.BYTES * 2, gdb.ask("g").length());
    assertEquals(LOAD, gdb.register("rip"));
    assertEquals("OK", gdb.write("rbx", "8877665544332211"));
    assertEquals("OK", gdb.write("xmm3", "000102030405060708090a0b0c0d0e0f"));
    assertEquals("OK", gdb.write("fs_base", "00f0ffff00000000"));
    assertEquals(0x1122334455667788L, gdb.register("rbx"));
    assertEquals("000102030405060708090a0b0c0d0e0f", gdb.ask("p%x".formatted(GdbClient.number("xmm3"))));
    assertEquals(0xfffff000L, gdb.register("fs_base"));
    assertEquals(0xffff, gdb.register("ftag"), "an empty stack");
    assertNotEquals(0, gdb.register("cr3"));
    assertEquals("OK", gdb.ask("Hg2"));
    assertEquals(OTHER_LOAD, gdb.register("rip"));
    String all = gdb.ask("g");
    assertEquals("OK", gdb.ask("G" + all));
    assertEquals(all, gdb.ask("g"));
  }

  @Test
  void memoryIsReadAndWrittenByTheGuestsAddresses() throws IOException {
    assertEquals("OK", gdb.ask("M600000,4:01020304"));
    assertEquals("OK", gdb.ask("X600004,3:" + PacketText.escaped("#$}")));
    assertEquals("0102030423247d", gdb.ask("m600000,7"));
    assertEquals("E0e", gdb.ask("mffff000000000000,8"));
    assertEquals("E0e", gdb.ask("M7fffffffffff,2:0000"));
    assertEquals("OK", gdb.ask("Qqemu.PhyMemMode:1"));
    assertEquals("1", gdb.ask("qqemu.PhyMemMode"));
    assertEquals("01020304", gdb.ask("m600000,4"));
    assertEquals(8, gdb.ask("m%x,100".formatted((16 << 20) - 4)).length(), "as much as there is");
  }

  @Test
  void aBreakpointStopsBeforeItsInstruction() throws IOException {
    requireTraps();
    gdb.ask("qSupported:swbreak+;hwbreak+");
    assertEquals("OK", gdb.ask("Z0,%x,1".formatted(STORE)));
    assertEquals("T05thread:01;swbreak:;", gdb.ask("vCont;c"));
    assertEquals(STORE, gdb.register("rip"));
    assertEquals(RunState.DEBUG, vm.state());
    assertEquals(0, counted());

    assertEquals("OK", gdb.ask("z0,%x,1".formatted(STORE)));
    assertEquals("89", gdb.ask("m%x,1".formatted(STORE)));
    assertEquals("T05thread:01;", gdb.ask("vCont;s:1"));
    assertEquals(JUMP, gdb.register("rip"));
    assertEquals(1, counted());
  }

  @Test
  void aHardwareBreakpointLeavesMemoryAlone() throws IOException {
    requireTraps();
    gdb.ask("qSupported:hwbreak+");
    assertEquals("OK", gdb.ask("Z1,%x,1".formatted(ADD)));
    assertEquals("T05thread:01;hwbreak:;", gdb.ask("vCont;c:1"));
    assertEquals(ADD, gdb.register("rip"));
    assertEquals("ff", gdb.ask("m%x,1".formatted(ADD)));
  }

  @Test
  void aWatchStopsBehindTheAccess() throws IOException {
    requireTraps();
    assertEquals("OK", gdb.ask("Z2,%x,4".formatted(COUNTER)));
    assertEquals("T05thread:01;watch:500000;", gdb.ask("vCont;c"));
    assertEquals(JUMP, gdb.register("rip"));
    assertEquals("OK", gdb.ask("z2,%x,4".formatted(COUNTER)));
    assertEquals("OK", gdb.ask("Z4,%x,4".formatted(COUNTER)));
    assertEquals("T05thread:01;awatch:500000;", gdb.ask("c"));
    assertEquals(ADD, gdb.register("rip"));
    assertEquals("", gdb.ask("Z3,%x,4".formatted(COUNTER)), "no processor of x86 has it");
  }

  @Test
  void stepsGoInstructionByInstruction() throws IOException {
    for (long pc : new long[]{ADD, STORE, JUMP, LOAD, ADD}) {
      assertEquals("T05thread:01;", gdb.ask("s"));
      assertEquals(pc, gdb.register("rip"));
    }
    assertEquals(0, otherCounted(), "the other stands");
  }

  @Test
  void oneProcessorIsSteppedWhileTheOtherRunsOrStands() throws IOException {
    assertEquals("m01,02", gdb.ask("qfThreadInfo"));
    assertEquals("T05thread:02;", gdb.ask("vCont;s:2"));
    assertEquals(OTHER_ADD, gdb.register("rip"), "it is looked at");
    assertEquals(0, counted());

    assertEquals("T05thread:01;", gdb.ask("vCont;s:1;c"));
    assertEquals(ADD, gdb.register("rip"));
    assertEquals("OK", gdb.ask("T2"));
    assertEquals("E16", gdb.ask("T3"));
  }

  @Test
  void aGuestThatRunsIsInterrupted() throws IOException {
    gdb.send("vCont;c");
    awaitCounting();
    gdb.raw("\3");
    assertEquals("T02thread:01;", gdb.await());
    assertEquals(RunState.PAUSED, vm.state());
    int before = counted();
    assertEquals("T02thread:01;", gdb.ask("?"));
    assertEquals(before, counted());
  }

  @Test
  void aClientThatGoesTakesItsBreakpointsOut() throws IOException {
    gdb.ask("Z0,%x,1".formatted(LOAD));
    gdb.ask("Z2,%x,4".formatted(COUNTER));
    assertEquals("T05thread:02;", gdb.ask("vCont;s:2"));
    assertEquals(0xcc, vm.ram().getByte(LOAD));
    gdb.close();

    Await.until(() -> vm.state() == RunState.RUNNING);
    awaitCounting();
    assertEquals(0x8b, vm.ram().getByte(LOAD));
    try (GdbClient next = new GdbClient(directory.resolve("gdb"))) {
      assertEquals("T02thread:01;", next.ask("?"), "it stops for the next");
      assertEquals("OK", next.ask("D"));
      awaitCounting();
    }
  }

  @Test
  void aClientThatGoesWhileTheGuestRunsLeavesItRunning() throws IOException {
    gdb.ask("Z0,%x,1".formatted(0x30_1000));
    gdb.send("vCont;c");
    awaitCounting();
    gdb.close();
    Await.until(() -> vm.ram().getByte(0x30_1000) != 0xcc);
    awaitCounting();
  }

  @Test
  void nonsenseIsAnswered() throws IOException {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    String letters = "?qQHTgGpPmMXZzvsS0123456789abcdef,;:=-";
    for (int i = 0; i < 500; i++) {
      StringBuilder packet = new StringBuilder();
      for (int n = random.nextInt(24); n >= 0; n--) {
        packet.append(letters.charAt(random.nextInt(letters.length())));
      }
      String text = packet.toString();
      if (!text.startsWith("s") && !text.startsWith("S")) {
        gdb.ask(text);
      }
    }
    assertTrue(gdb.ask("?").startsWith("T"));
  }
}
