package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.state.EndReason;
import org.ballastvm.vmm.state.RunState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Guests of a few instructions on this host's KVM, in a machine as the command line makes it. */
@Tag("kvm")
@Timeout(120)
class PayloadMachineTest {
  private static final RunPolicy NO_REBOOT = new RunPolicy(false, true, false);
  private static final RunPolicy PAUSED = new RunPolicy(true, false, false);
  private static final DeviceConfig RNG = new DeviceConfig.Rng(Optional.empty(), OptionalInt.empty());
  private static final DeviceConfig BALLOON = new DeviceConfig.Balloon(Optional.empty(), OptionalInt.of(7),
      BalloonConfig.DEFAULTS);
  private static final int SLOT_1 = 0x8000_0800;
  private static final int SLOT_7 = 0x8000_3800;
  /** A place in memory that a reset leaves alone. */
  private static final int COUNTER = 0x50_0000;

  @TempDir
  private Path directory;

  @Test
  void aKernelPrintsAndPowersOff() throws Exception {
    TestMachine guest = TestMachine.of(directory, new Program().print("hello, host\n").powerOff());

    assertEquals(EndReason.GUEST_SHUTDOWN, guest.run());

    assertEquals("hello, host\n", guest.printed());
  }

  @Test
  void aFlatPayloadIsAMachineToo() throws Exception {
    byte[] code = new Program().print("flat").powerOff().code();

    TestMachine guest = TestMachine.of(directory, new Program()).with(new BootConfig.Payload(code, 0x30_0000));
    assertEquals(EndReason.GUEST_SHUTDOWN, guest.run());

    assertEquals("flat", guest.printed());
  }

  @Test
  void noOutputIsLostHoweverLongItIs() throws Exception {
    String text = "0123456789abcdef".repeat(1000);
    TestMachine guest = TestMachine.of(directory, new Program().print(text.substring(0, 4000)).powerOff());
    guest.run();
    assertEquals(text.substring(0, 4000), guest.printed());
  }

  @Test
  void whatIsTypedAtTheSocketIsHeardAndAnswered() throws Exception {
    Path path = directory.resolve("socket");
    TestMachine guest = TestMachine.of(directory, new Program().print("> ").echo().echo().echo().powerOff())
        .with(new ChardevConfig.Unix("serial", false, path, true, false)).with(PAUSED);
    try (Machine machine = guest.start();
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      client.write(ByteBuffer.wrap("abc".getBytes(StandardCharsets.US_ASCII)));
      machine.resume();

      assertEquals(EndReason.GUEST_SHUTDOWN, TestMachine.await(machine));
      ByteBuffer heard = ByteBuffer.allocate(5);
      while (heard.hasRemaining() && client.read(heard) >= 0) {
        // Until all is there.
      }
      assertEquals("> abc", new String(heard.array(), StandardCharsets.US_ASCII));
    }
  }

  @Test
  void aDriverThatWaitsForTheTransmitterLosesNothing() throws Exception {
    String text = "0123456789abcde\n";
    Program program = new Program();
    for (int i = 0; i < 16; i += 4) {
      program.poke(COUNTER + i, Program.intAt(text.getBytes(StandardCharsets.US_ASCII), i));
    }
    TestMachine guest = TestMachine.of(directory, program.stream(COUNTER, 2000).powerOff());

    assertEquals(EndReason.GUEST_SHUTDOWN, guest.run());

    assertEquals(text.repeat(2000), guest.printed());
  }

  @Test
  void theClockHasTheDate() throws Exception {
    Program program = new Program();
    for (int index : new int[]{0x32, 0x09, 0x08, 0x07}) {
      program.outByte(0x70, index).inByte(0x71).printByte();
    }
    TestMachine guest = TestMachine.of(directory, program.powerOff());
    LocalDate before = LocalDate.now(ZoneOffset.UTC);
    guest.run();
    LocalDate after = LocalDate.now(ZoneOffset.UTC);

    StringBuilder date = new StringBuilder();
    for (byte b : guest.sent()) {
      date.append("%02x".formatted(b));
    }
    LocalDate seen = LocalDate.parse(date, java.time.format.DateTimeFormatter.BASIC_ISO_DATE);
    assertTrue(!seen.isBefore(before) && !seen.isAfter(after), seen.toString());
  }

  @Test
  void theGuestFindsItsDevicesOnPci() throws Exception {
    Program program = new Program();
    for (long address : new long[]{0x8000_0000L, SLOT_1, SLOT_7, 0x8000_1000L, 0x8001_0800L, 0x8000_0900L, 0x800}) {
      program.outInt(0xcf8, address).inInt(0xcfc).printInt();
    }
    TestMachine guest = TestMachine.of(directory, program.powerOff()).with(RNG, BALLOON);
    guest.run();

    int[] expected = {0x0008_1b36, 0x1044_1af4, 0x1045_1af4, -1, -1, -1, -1};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(Integer.toHexString(expected[i]), Integer.toHexString(Program.intAt(guest.sent(), i * 4)));
    }
  }

  @Test
  void theGuestHasRandomBytesFromItsDevice() throws Exception {
    int ring = 0x60_0000;
    Program program = new Program().startVirtio(1, ring).offer(ring, 64, true);
    program.peek(ring + 0x2008).printInt().peek(ring + 0x3000).printInt().peek(ring + 0x303c).printInt();
    TestMachine guest = TestMachine.of(directory, program.powerOff()).with(RNG);

    assertEquals(EndReason.GUEST_SHUTDOWN, guest.run());

    assertEquals(64, Program.intAt(guest.sent(), 0), "bytes used");
    assertTrue(Program.intAt(guest.sent(), 4) != 0 || Program.intAt(guest.sent(), 8) != 0, "random bytes arrived");
  }

  @Test
  void memoryAboveFourGibibytesIsThere() throws Exception {
    // The page at 1 GiB, mapped by the first entry of the second page directory, is made to show the one at 4 GiB.
    Program program = new Program().poke(0xc000, 0x83).poke(0xc004, 1).poke(1 << 30, 0x1234_5678).peek(1 << 30);
    TestMachine guest = TestMachine.of(directory, program.printInt().powerOff()).with(MemoryConfig.of(5L << 30));
    try (Machine machine = guest.start()) {
      assertEquals(EndReason.GUEST_SHUTDOWN, TestMachine.await(machine));

      MemorySegment fourthGibibyte = TestMachine.base(machine).mapping().chunk(3);
      assertEquals(0x1234_5678, fourthGibibyte.get(ValueLayout.JAVA_INT, 0));
    }
    assertEquals(0x1234_5678, Program.intAt(guest.sent(), 0));
  }

  @Test
  void aResetStartsTheGuestAnewWithItsMemoryAsItWas() throws Exception {
    Program program = new Program().count(COUNTER).ifBelow(4, new Program().print("again ").reset()).print("enough");
    TestMachine guest = TestMachine.of(directory, program.powerOff()).with(RNG, BALLOON);

    assertEquals(EndReason.GUEST_SHUTDOWN, guest.run());

    assertEquals("again again again enough", guest.printed());
  }

  @Test
  void devicesWorkAgainAfterEveryReset() throws Exception {
    int ring = 0x60_0000;
    Program program = new Program().startVirtio(1, ring).offer(ring, 64, true).peek(ring + 0x2008).printByte();
    program.count(COUNTER).ifBelow(7, new Program().reset());
    TestMachine guest = TestMachine.of(directory, program.powerOff()).with(RNG, BALLOON);

    assertEquals(EndReason.GUEST_SHUTDOWN, guest.run());

    assertEquals("@".repeat(7), guest.printed(), "64 bytes each time");
  }

  @Test
  void aTripleFaultIsAReset() throws Exception {
    Program program = new Program().count(COUNTER).ifBelow(3, new Program().print("oops ").tripleFault()).print("ok");
    TestMachine guest = TestMachine.of(directory, program.powerOff());

    assertEquals(EndReason.GUEST_SHUTDOWN, guest.run());

    assertEquals("oops oops ok", guest.printed());
  }

  @Test
  void withNoRebootAResetIsTheEnd() throws Exception {
    TestMachine reset = TestMachine.of(directory, new Program().print("1").reset()).with(NO_REBOOT);
    assertEquals(EndReason.GUEST_RESET, reset.run());
    assertEquals("1", reset.printed());

    TestMachine fault = TestMachine.of(directory, new Program().print("2").tripleFault()).with(NO_REBOOT);
    assertEquals(EndReason.GUEST_RESET, fault.run());
    assertEquals("2", fault.printed());
  }

  @Test
  void withNoShutdownAPowerOffPausesUntilAReset() throws Exception {
    Program program = new Program().count(COUNTER).ifBelow(2, new Program().print("off ").powerOff()).print("on");
    TestMachine guest = TestMachine.of(directory, program.reset()).with(new RunPolicy(false, true, true));
    try (Machine machine = guest.start()) {
      awaitState(machine, RunState.SHUTDOWN);
      machine.onLoop(() -> assertEquals(RunState.SHUTDOWN, machine.state()));

      machine.reset();
      awaitState(machine, RunState.SHUTDOWN);
      assertEquals("off on", guest.printed());
    }
  }

  @Test
  void aMachineMayHaveManyProcessors() throws Exception {
    TestMachine guest = TestMachine.of(directory, new Program().print("four").powerOff())
        .with(new CpuConfig(6, 2, 3, 1));
    try (Machine machine = guest.start()) {
      assertEquals(6, machine.vcpus().size());
      assertEquals(EndReason.GUEST_SHUTDOWN, TestMachine.await(machine));
    }
  }

  @Test
  void aPausedMachineRunsWhenItIsAskedTo() throws Exception {
    TestMachine guest = TestMachine.of(directory, new Program().print("x").powerOff()).with(PAUSED);
    try (Machine machine = guest.start()) {
      assertEquals(RunState.PRELAUNCH, machine.state());
      assertEquals("", guest.printed());

      machine.resume();

      assertEquals(EndReason.GUEST_SHUTDOWN, TestMachine.await(machine));
    }
  }

  @Test
  void aSpinningGuestCanBePausedAndQuit() throws Exception {
    TestMachine guest = TestMachine.of(directory, new Program().print("x").await16(COUNTER, 1).powerOff());
    try (Machine machine = guest.start()) {
      machine.pause();
      assertEquals(RunState.PAUSED, machine.state());
      machine.resume();
      assertEquals(RunState.RUNNING, machine.state());
      machine.quit(MachineEvent.Cause.HOST_QMP_QUIT);
      assertEquals(EndReason.HOST_QUIT, TestMachine.await(machine));
    }
  }

  private static void awaitState(Machine machine, RunState state) { Await.until(() -> machine.state() == state); }
}
