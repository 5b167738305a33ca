package org.ballastvm.vmm.balloon;

import static org.ballastvm.vmm.balloon.BalloonQueueDriver.NEXT;
import static org.ballastvm.vmm.balloon.BalloonQueueDriver.WRITE;
import static org.ballastvm.vmm.balloon.BalloonedGuest.DEFLATE;
import static org.ballastvm.vmm.balloon.BalloonedGuest.INFLATE;
import static org.ballastvm.vmm.balloon.BalloonedGuest.PAGE;
import static org.ballastvm.vmm.balloon.BalloonedGuest.REPORTING;
import static org.ballastvm.vmm.balloon.BalloonedGuest.STATS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.memory.PluggableRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a guest names that is not its own: each time it is logged, its balloon works on or waits for a reset, and the
 * memory of others is as it was: canaries that were mapped before and behind that of the guest, and a second guest's.
 *
 * <p>
 * The guest has 9 GiB, of which it touches little, and room for 4 GiB more, of which a memory device of 1 GiB has the
 * first, with one block plugged.
 */
class BalloonHostileTest {
  private static final long GIB = GuestLayout.GIB;
  private static final long BLOCK = 2 << 20;
  private static final long SIZE = 9 * GIB;
  private static final long END = SIZE + GIB;
  private static final long PLUGGED = END;
  private static final long LIST = 3 << 20;
  private static final long CANARY = 16 << 20;
  private static final int ALMOST_4_GIB = -4;

  private final List<HostMapping> canaries = new ArrayList<>();
  private MemoryBackend blocks;
  private BalloonedGuest guest;
  private BalloonedGuest neighbour;

  @BeforeEach
  void startTwoGuests() {
    canaries.add(canary());
    neighbour = new BalloonedGuest(BackendKinds.anonymous(CANARY));
    neighbour.fill(0x77);
    guest = new BalloonedGuest(BackendKinds.anonymous(SIZE),
        new MemoryConfig(SIZE, 1, SIZE + 4 * GIB, Optional.empty()));
    blocks = MemoryBackend
        .open(new BackendConfig.Ram("blocks", GIB, new BackendConfig.Common(false, false, false, false, true)));
    PluggableRange range = guest.ram.devices().claim("-device x", "vm0", blocks, OptionalLong.empty(), BLOCK, false,
        Runnable::run);
    assertEquals(PLUGGED, range.base());
    range.plug(PLUGGED, BLOCK);
    canaries.add(canary());
  }

  private static HostMapping canary() {
    HostMapping mapping = HostMapping.anonymous(CANARY, false, false);
    mapping.chunk(0).fill((byte) 0x3c);
    return mapping;
  }

  @AfterEach
  void nobodyElsesMemoryWasTouchedAndBothGuestsGoOn() {
    for (HostMapping canary : canaries) {
      assertEquals(CANARY, canary.residentBytes());
      assertAllBytes(0x3c, canary);
      canary.close();
    }
    assertEquals(CANARY, neighbour.backend.residentBytes());
    assertBytes(0x77, neighbour.backend.mapping(), BalloonedGuest.DRIVER_END, CANARY);
    for (BalloonedGuest each : List.of(guest, neighbour)) {
      each.start();
      assertGivesPageBack(each);
      each.close();
    }
    blocks.close();
  }

  private static void assertGivesPageBack(BalloonedGuest each) {
    long gpa = CANARY - PAGE;
    each.ram.putLong(gpa, 1);
    each.inflate((int) (gpa / PAGE));
    assertEquals(0, each.backend.mapping().residentBytes(gpa, PAGE));
    assertEquals(0, each.ram.getLong(gpa));
  }

  private static void assertAllBytes(int value, HostMapping memory) {
    assertBytes(value, memory, 0, memory.sizeBytes());
  }

  private static void assertBytes(int value, HostMapping memory, long from, long to) {
    long expected = value * 0x0101_0101_0101_0101L;
    for (long at = from; at < to; at += Long.BYTES) {
      if (memory.chunk(0).get(ValueLayout.JAVA_LONG, at) != expected) {
        assertEquals(expected, memory.chunk(0).get(ValueLayout.JAVA_LONG, at), "at " + at);
      }
    }
  }

  private void assertOneMistake(String words, boolean needsReset) {
    List<DeviceEvent> mistakes = guest.events.stream().filter(DeviceEvent.GuestMistake.class::isInstance).toList();
    assertEquals(1, mistakes.size(), guest.events::toString);
    DeviceEvent.GuestMistake mistake = (DeviceEvent.GuestMistake) mistakes.getFirst();
    assertTrue(mistake.sentence().contains(words), mistake::sentence);
    assertEquals(needsReset, mistake.needsReset());
    assertEquals(needsReset, guest.needsReset());
  }

  /** Names a page on both queues, between two of memory: those two are given back, and it is logged. */
  private void assertIsNoMemory(long gpa) {
    for (long own : new long[]{8 << 20, 8 * GIB}) {
      guest.ram.putLong(own, 0x5a);
    }
    long calls = guest.backend.discardCalls();
    guest.inflate((8 << 20) / PAGE, (int) (gpa / PAGE), (int) (8 * GIB / PAGE));
    assertEquals(2, guest.backend.discardCalls() - calls);
    assertEquals(0, guest.ram.getLong(8 << 20) | guest.ram.getLong(8 * GIB));
    assertEquals(0, blocks.discardCalls());
    assertOneMistake("0x" + Long.toHexString(gpa / PAGE) + ", which is no memory", false);
    guest.deflate((int) (gpa / PAGE));
    assertFalse(guest.needsReset());
  }

  @ParameterizedTest
  @ValueSource(longs = {15 * GIB, 1L << 40, 0xffff_ffffL * PAGE})
  void pagesPastTheEndOfRam(long gpa) { assertIsNoMemory(gpa); }

  @ParameterizedTest
  @ValueSource(longs = {3 * GIB, 0xfec0_0000L, 0xfee0_0000L, 4 * GIB - PAGE})
  void pagesInThePciHole(long gpa) { assertIsNoMemory(gpa); }

  @ParameterizedTest
  @ValueSource(longs = {PLUGGED + BLOCK, PLUGGED + GIB - PAGE})
  void pagesInABlockOfAMemoryDeviceThatIsNotPlugged(long gpa) { assertIsNoMemory(gpa); }

  @ParameterizedTest
  @ValueSource(longs = {PLUGGED + GIB, PLUGGED + 4 * GIB - PAGE})
  void pagesWhereADimmWouldBe(long gpa) { assertIsNoMemory(gpa); }

  @Test
  void pagesInABlockThatIsPluggedAreTheGuestsToGive() {
    guest.ram.putLong(PLUGGED, 7);
    guest.inflate((int) (PLUGGED / PAGE));
    assertEquals(1, blocks.discardCalls());
    assertEquals(0, guest.ram.getLong(PLUGGED));
    assertFalse(guest.events.stream().anyMatch(DeviceEvent.GuestMistake.class::isInstance));
  }

  @Test
  void theSamePageTwice() {
    int page = (8 << 20) / PAGE;
    guest.ram.putLong(8 << 20, 0x5a);
    guest.ram.putLong((8 << 20) + PAGE, 0x5b);
    guest.inflate(page, page, page);
    guest.inflate(page);
    assertEquals(0, guest.ram.getLong(8 << 20));
    assertEquals(0x5b, guest.ram.getLong((8 << 20) + PAGE));
    guest.deflate(page, page);
    guest.deflate(page);
    assertFalse(guest.needsReset());
  }

  private void offer(int queue, long gpa, long lengthBytes, int flags) {
    guest.queue(queue).descriptor(0, gpa, lengthBytes, flags, 0);
    guest.queue(queue).offer(0);
    guest.ring(queue);
  }

  @ParameterizedTest
  @ValueSource(ints = {INFLATE, DEFLATE, STATS, REPORTING})
  void aChainThatLoops(int queue) {
    guest.queue(queue).descriptor(1, LIST, 4, NEXT, 0);
    guest.queue(queue).descriptor(0, LIST, 4, NEXT, 1);
    guest.queue(queue).offer(0);
    guest.ring(queue);
    assertOneMistake("loop", true);
  }

  @ParameterizedTest
  @ValueSource(ints = {INFLATE, DEFLATE})
  void aDescriptorOf4GiBThatIsAllMemory(int queue) {
    offer(queue, 4 * GIB, ALMOST_4_GIB, 0);
    assertOneMistake("a chain of 4294967292 bytes", true);
    assertEquals(0, guest.backend.discardCalls());
  }

  @ParameterizedTest
  @ValueSource(ints = {INFLATE, DEFLATE, STATS, REPORTING})
  void aDescriptorOf4GiBThatReachesBehindMemory(int queue) {
    offer(queue, 8 * GIB, ALMOST_4_GIB, queue == REPORTING ? WRITE : 0);
    assertOneMistake("4294967292 bytes at 0x200000000, which are not all memory", true);
    assertEquals(0, guest.backend.discardCalls());
  }

  @Test
  void aReportOf4GiBThatIsAllMemoryGivesItBack() {
    guest.ram.putLong(4 * GIB, 1);
    guest.ram.putLong(8 * GIB - PAGE, 2);
    offer(REPORTING, 4 * GIB, ALMOST_4_GIB, WRITE);
    assertEquals(0, guest.ram.getLong(4 * GIB));
    assertEquals(2, guest.ram.getLong(8 * GIB - PAGE), "the last page is not all in it");
    assertFalse(guest.needsReset());
  }

  @ParameterizedTest
  @ValueSource(ints = {INFLATE, DEFLATE})
  void aLengthThatCutsAPageNumber(int queue) {
    offer(queue, LIST, 1022, 0);
    assertOneMistake("cuts a page number in two", true);
  }

  @ParameterizedTest
  @ValueSource(ints = {INFLATE, DEFLATE, STATS})
  void aBufferThatTheDeviceIsToWrite(int queue) {
    offer(queue, LIST, 1024, WRITE);
    assertOneMistake("to write", true);
  }

  @Test
  void aReportThatTheDeviceIsToRead() {
    offer(REPORTING, LIST, 1024, 0);
    assertOneMistake("to read", true);
  }

  @ParameterizedTest
  @ValueSource(ints = {INFLATE, DEFLATE, STATS, REPORTING})
  void anIndexThatRunsAheadBy40000(int queue) {
    guest.queue(queue).advance(40_000);
    guest.ring(queue);
    assertOneMistake("offers 40000 chains", true);
  }

  @Test
  void statisticsThatAreNoMemory() {
    offer(STATS, PLUGGED + BLOCK, 10, 0);
    assertOneMistake("not all memory", true);
  }
}
