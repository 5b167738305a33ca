package org.ballastvm.virtio.rng;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.FlatMemory;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.junit.jupiter.api.Test;

class RngDeviceTest {
  private static final long BUFFER = 8L << 20;
  private static final byte DRAWN = 0x5a;

  private long bytesLeft = Long.MAX_VALUE;
  private final Bench<RngDevice> bench = new Bench<>((memory, events) -> new RngDevice(this::draw, events));
  private QueueDriver queue = bench.start(PciDriver.EVENT_INDEX | PciDriver.INDIRECT).getFirst();

  private void draw(MemorySegment into) {
    bytesLeft -= into.byteSize();
    if (bytesLeft < 0) {
      throw new EntropySource.EntropyFailed("getrandom: EAGAIN", null);
    }
    into.fill(DRAWN);
  }

  private List<Used> post(Buffer... buffers) {
    queue.post(buffers);
    bench.bus.settle();
    return queue.collect();
  }

  private void assertDrawn(long gpa, long lengthBytes) {
    assertEquals(0, bench.memory.getByte(gpa - 1));
    for (long at = gpa; at < gpa + lengthBytes; at++) {
      assertEquals(DRAWN, bench.memory.getByte(at));
    }
    assertEquals(0, bench.memory.getByte(gpa + lengthBytes));
  }

  @Test
  void aBufferIsFilledToItsLastByteAndNoFurther() {
    assertEquals(List.of(new Used(0, 61)), post(Buffer.write(BUFFER + 3, 61)));
    assertDrawn(BUFFER + 3, 61);
  }

  @Test
  void allBuffersOfAChainAreFilledInOrder() {
    assertEquals(List.of(new Used(0, 5007)), post(Buffer.write(BUFFER, 7), Buffer.write(BUFFER + 4096, 5000)));
    assertDrawn(BUFFER, 7);
    assertDrawn(BUFFER + 4096, 5000);
  }

  @Test
  void aHugeBufferGetsWhatOneTurnAllows() {
    assertEquals(List.of(new Used(0, 65536)), post(Buffer.write(BUFFER, 16 << 20)));
    assertDrawn(BUFFER, 65536);
  }

  @Test
  void theLastByteOfMemoryCanBeFilled() {
    assertEquals(List.of(new Used(0, 32)), post(Buffer.write(FlatMemory.LOW_BYTES - 32, 32)));
    assertEquals(DRAWN, bench.memory.getByte(FlatMemory.LOW_BYTES - 1));
  }

  @Test
  void aBufferToReadIsAMistakeAndIsLeftAlone() {
    post(Buffer.read(BUFFER, 64), Buffer.write(BUFFER + 64, 64));
    assertNotEquals(0, bench.driver.status() & PciDriver.NEEDS_RESET);
    assertEquals(0, bench.memory.getLong(BUFFER) | bench.memory.getLong(BUFFER + 64));
    assertTrue(bench.events.getFirst() instanceof DeviceEvent.GuestMistake mistake && mistake.needsReset());
    queue = bench.start(0).getFirst();
    assertEquals(64, post(Buffer.write(BUFFER, 64)).getFirst().writtenBytes());
  }

  @Test
  void aBufferOfNoBytesIsAMistake() {
    assertEquals(List.of(), post(Buffer.write(BUFFER, 0)));
    assertNotEquals(0, bench.driver.status() & PciDriver.NEEDS_RESET);
  }

  @Test
  void aHostWithoutEntropyIsReportedAndTheGuestMayAskAgain() {
    bytesLeft = 0;
    assertEquals(List.of(new Used(0, 0)), post(Buffer.write(BUFFER, 64)));
    assertEquals(List.of(new DeviceEvent.HostRefusal("virtio-rng", "getrandom: EAGAIN")), bench.events);
    assertEquals(0, bench.memory.getLong(BUFFER));
    bytesLeft = 64;
    assertEquals(List.of(new Used(1, 64)), post(Buffer.write(BUFFER, 64)));
  }

  @Test
  void aHostThatRunsOutMidwayGivesWhatItHad() {
    bytesLeft = 4096;
    assertEquals(List.of(new Used(0, 4096)), post(Buffer.write(BUFFER, 8192)));
    assertDrawn(BUFFER, 4096);
  }

  @Test
  void aGreedyGuestLeavesTurnsToOthers() {
    for (int i = 0; i < 8; i++) {
      queue.offer(Buffer.write(BUFFER, 1 << 20));
    }
    queue.kick();
    assertTrue(bench.bus.turn());
    assertEquals(8, queue.collect().size());
    assertEquals(Long.MAX_VALUE - bytesLeft, 8 << 16);
  }
}
