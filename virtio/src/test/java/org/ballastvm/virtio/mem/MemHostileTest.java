package org.ballastvm.virtio.mem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.MemDriver;
import org.ballastvm.virtio.driver.MemDriver.Answer;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a driver asks for, it gets the answer that the specification names, and nothing is plugged. */
class MemHostileTest {
  private static final long MIB = 1L << 20;
  private static final long BLOCK = 2 * MIB;
  private static final long BASE = 0x1_4000_0000L;
  private static final int[] WHOLE_REQUEST = {24};

  private final MemDriver guest = new MemDriver(
      new MemConfig(BASE, 1024 * MIB, BLOCK, 0, true, MemConfig.Inaccessible.AUTO, 16 * MIB)).start();

  @ParameterizedTest
  @CsvSource({"0x140000000, 0, no block", "0x140100000, 1, unaligned", "0x140000001, 1, unaligned by a byte",
      "0x13fe00000, 1, in front of the region", "0x13fe00000, 2, across its beginning", "0, 1, in base memory",
      "0x151000000, 1, at the usable end", "0x150e00000, 2, across the usable end", "0x140000000, 137, past it",
      "0x180000000, 1, at the region's end", "0x140000000, 65535, huge", "-0x200000, 1, at the top of all addresses",
      "-0x200000, 2, wrapping", "-0x200000, 65535, wrapping far", "0x7fffffffffe00000, 1, at the sign bit",
      "-0x8000000000000000, 1, behind it"})
  void aRangeThatIsNotOfTheRegionIsAnError(long gpa, int count, String what) {
    for (int type : List.of(MemDriver.PLUG, MemDriver.UNPLUG, MemDriver.STATE)) {
      assertEquals(Answer.ERROR, guest.ask(type, gpa, count), what);
    }
    assertTrue(guest.host.reachable().isEmpty());
    assertEquals(0, guest.host.calls());
  }

  @Test
  void blocksThatAreAlreadySoAreAnError() {
    guest.ask(MemDriver.PLUG, BASE + BLOCK, 2);
    assertEquals(Answer.ERROR, guest.ask(MemDriver.PLUG, BASE, 3));
    assertEquals(Answer.ERROR, guest.ask(MemDriver.UNPLUG, BASE, 3));
    assertEquals(Answer.ERROR, guest.ask(MemDriver.UNPLUG, BASE + 2 * BLOCK, 2));
    assertEquals("{1, 2}", guest.host.reachable().toString());
  }

  @Test
  void moreThanIsWantedIsNotPlugged() {
    assertEquals(Answer.NACK, guest.ask(MemDriver.PLUG, BASE, 9));
    guest.ask(MemDriver.PLUG, BASE, 8);
    assertEquals(Answer.NACK, guest.ask(MemDriver.PLUG, BASE + 8 * BLOCK, 1));
    guest.bench.device.request(0);
    assertEquals(Answer.NACK, guest.ask(MemDriver.PLUG, BASE + 8 * BLOCK, 1));
    assertEquals(8, guest.host.reachable().cardinality());
  }

  @ParameterizedTest
  @CsvSource({"4", "255", "0xffff"})
  void aRequestOfNoKindIsAnErrorThatIsReported(int type) {
    assertEquals(Answer.ERROR, guest.ask(type, BASE, 1));
    DeviceEvent.GuestMistake mistake = assertInstanceOf(DeviceEvent.GuestMistake.class, guest.bench.events.getFirst());
    assertTrue(mistake.sentence().contains("type " + type) && !mistake.needsReset(), mistake::sentence);
    assertEquals(Answer.ACK, guest.ask(MemDriver.PLUG, BASE, 1));
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "9"})
  void whereNoAnswerFitsNothingIsDoneUntilAReset(int room) {
    assertEquals(List.of(),
        guest.ask(MemDriver.PLUG, BASE, 1, WHOLE_REQUEST, room == 0 ? new int[0] : new int[]{room}));
    stoppedAndPluggedNothing("bytes for an answer");
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "8", "23"})
  void aRequestThatIsCutShortStopsTheDevice(int length) {
    assertEquals(List.of(),
        guest.ask(MemDriver.UNPLUG_ALL, 0, 0, length == 0 ? new int[0] : new int[]{length}, new int[]{10}));
    stoppedAndPluggedNothing("a request of " + length);
  }

  private void stoppedAndPluggedNothing(String words) {
    assertNotEquals(0, guest.bench.driver.status() & PciDriver.NEEDS_RESET);
    DeviceEvent.GuestMistake event = assertInstanceOf(DeviceEvent.GuestMistake.class, guest.bench.events.getFirst());
    assertTrue(event.sentence().contains(words), event::sentence);
    assertEquals(0, guest.host.calls());
    guest.bench.driver.reset();
    assertEquals(Answer.ACK, guest.start().ask(MemDriver.PLUG, BASE, 1));
  }

  @Test
  void aRequestAndItsAnswerMayBeInAsManyPiecesAsTheyLike() {
    int[] request = {1, 2, 3, 4, 5, 6, 100};
    List<Used> used = guest.ask(MemDriver.PLUG, BASE, 3, request, new int[]{1, 1, 6, 1, 4096});
    assertEquals(10, used.getFirst().writtenBytes());
    assertEquals(Answer.ACK, guest.answer());
    assertEquals("{0, 1, 2}", guest.host.reachable().toString());
    guest.ask(MemDriver.STATE, BASE + BLOCK, 3, request, new int[]{7, 2, 1});
    assertEquals(Answer.MIXED, guest.answer());
  }

  @Test
  void registersCannotBeWritten() {
    for (int offset = 0; offset < 56; offset += 8) {
      long before = guest.register(offset);
      guest.bench.driver.device(offset, 8, -1);
      guest.bench.driver.device(offset, 1, 0x55);
      assertEquals(before, guest.register(offset));
    }
  }
}
