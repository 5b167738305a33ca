package org.ballastvm.virtio.queue;

import static org.ballastvm.virtio.driver.EchoDevice.QUEUE_SIZE;
import static org.ballastvm.virtio.driver.QueueDriver.INDIRECT;
import static org.ballastvm.virtio.driver.QueueDriver.NEXT;
import static org.ballastvm.virtio.driver.QueueDriver.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.EchoDevice.Seen;
import org.ballastvm.virtio.driver.FlatMemory;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a driver writes into its rings, the device stops, says so once, and works again after a reset. */
class HostileDriverTest {
  private static final long BUFFER = 8L << 20;
  private static final long TABLE = 9L << 20;
  private static final long END = FlatMemory.LOW_BYTES;

  private final Bench<EchoDevice> bench = new Bench<>((memory, events) -> new EchoDevice());

  private record Rings(QueueDriver queue, FlatMemory memory) {
    void one(long gpa, int lengthBytes, int flags, int next) {
      queue.descriptor(0, gpa, lengthBytes, flags, next);
      queue.offerHead(0);
    }

    void table(int index, long gpa, int lengthBytes, int flags, int next) {
      memory.putLong(TABLE + 16L * index, gpa);
      memory.putInt(TABLE + 16L * index + 8, lengthBytes);
      memory.putShort(TABLE + 16L * index + 12, flags);
      memory.putShort(TABLE + 16L * index + 14, next);
    }

    void fullTable(int entries) {
      for (int i = 0; i < entries; i++) {
        table(i, BUFFER, 4, i == entries - 1 ? 0 : NEXT, i + 1);
      }
    }
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("a descriptor that follows itself", "loop", r -> r.one(BUFFER, 4, NEXT, 0)),
        mistake("two that follow each other", "loop", r -> {
          r.queue.descriptor(1, BUFFER, 4, NEXT, 0);
          r.one(BUFFER, 4, NEXT, 1);
        }),
        mistake("a loop inside an indirect table", "loop", r -> {
          r.table(0, BUFFER, 4, NEXT, 1);
          r.table(1, BUFFER, 4, NEXT, 0);
          r.one(TABLE, 32, INDIRECT, 0);
        }),
        mistake("a head outside the table", "descriptor 64 in a table of 64", r -> r.queue.offerHead(QUEUE_SIZE)),
        mistake("the highest head", "descriptor 65535", r -> r.queue.offerHead(0xffff)),
        mistake("a next outside the table", "descriptor 64 in a table", r -> r.one(BUFFER, 4, NEXT, QUEUE_SIZE)),
        mistake("a next outside an indirect table", "descriptor 1 in a table of 1", r -> {
          r.table(0, BUFFER, 4, NEXT, 1);
          r.one(TABLE, 16, INDIRECT, 0);
        }),
        mistake("a chain longer than the queue", "more than 64 buffers", r -> {
          r.fullTable(QUEUE_SIZE);
          r.queue.descriptor(1, TABLE, 16 * QUEUE_SIZE, INDIRECT, 0);
          r.one(BUFFER, 4, NEXT, 1);
        }),
        mistake("an indirect table longer than the queue", "an indirect table of 1040 bytes", r -> {
          r.fullTable(QUEUE_SIZE + 1);
          r.one(TABLE, 16 * (QUEUE_SIZE + 1), INDIRECT, 0);
        }),
        mistake("an indirect table inside another", "indirect where it must not be", r -> {
          r.table(0, TABLE, 16, INDIRECT, 0);
          r.one(TABLE, 16, INDIRECT, 0);
        }),
        mistake("an indirect descriptor with a next", "indirect where it must not be",
            r -> r.one(TABLE, 16, INDIRECT | NEXT, 1)),
        mistake("an indirect table of no bytes", "indirect table of 0 bytes", r -> r.one(TABLE, 0, INDIRECT, 0)),
        mistake("an indirect table of 17 bytes", "indirect table of 17 bytes", r -> r.one(TABLE, 17, INDIRECT, 0)),
        mistake("an indirect table of almost 4 GiB", "indirect table of 4294967280 bytes",
            r -> r.one(TABLE, -16, INDIRECT, 0)),
        mistake("an indirect table across the end of memory", "indirect table", r -> r.one(END - 16, 32, INDIRECT, 0)),
        mistake("an indirect table that wraps", "indirect table", r -> r.one(-16, 32, INDIRECT, 0)),
        mistake("a buffer of no bytes", "names 0 bytes", r -> r.one(BUFFER, 0, 0, 0)),
        mistake("a buffer behind memory", "not all memory", r -> r.one(END, 4, 0, 0)),
        mistake("a buffer across the end of memory", "not all memory", r -> r.one(END - 2, 4, WRITE, 0)),
        mistake("a buffer that wraps around 2^64", "32 bytes at 0xfffffffffffffff0", r -> r.one(-16, 32, WRITE, 0)),
        mistake("a buffer in the highest half", "not all memory", r -> r.one(Long.MIN_VALUE, 4, 0, 0)),
        mistake("a buffer of almost 4 GiB", "4294967295 bytes", r -> r.one(BUFFER, -1, WRITE, 0)),
        mistake("a buffer to read behind one to write", "to be read, behind", r -> {
          r.queue.descriptor(1, BUFFER, 4, 0, 0);
          r.one(BUFFER, 4, WRITE | NEXT, 1);
        }),
        mistake("more chains than the ring holds", "65 chains in a ring of 64", r -> r.queue.advance(QUEUE_SIZE + 1)),
        mistake("an index that runs ahead", "40000 chains", r -> r.queue.advance(40_000)),
        mistake("an index that goes back", "65535 chains", r -> r.queue.advance(-1)));
  }

  private static Arguments mistake(String name, String words, Consumer<Rings> what) {
    return argumentSet(name, words, what);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isReportedOnceAndStopsUntilAReset(String words, Consumer<Rings> mistake) {
    QueueDriver queue = bench.start(PciDriver.EVENT_INDEX | PciDriver.INDIRECT).getFirst();
    mistake.accept(new Rings(queue, bench.memory));
    for (int i = 0; i < 3; i++) {
      bench.driver.ring(0);
      bench.bus.settle();
    }
    assertNotEquals(0, bench.driver.status() & PciDriver.NEEDS_RESET);
    assertEquals(2, bench.driver.interruptStatus());
    assertEquals(List.of(), queue.collect());
    DeviceEvent.GuestMistake event = (DeviceEvent.GuestMistake) bench.events.getFirst();
    assertTrue(event.needsReset() && event.sentence().contains(words), event::sentence);
    assertEquals(1, bench.events.size());
    assertEquals(0, bench.memory.straying());
    worksAgainAfterAReset();
  }

  private void worksAgainAfterAReset() {
    bench.driver.reset();
    assertEquals(0, bench.driver.status());
    QueueDriver queue = bench.start(PciDriver.EVENT_INDEX).getFirst();
    queue.post(Buffer.read(BUFFER, 4), Buffer.write(BUFFER, 8));
    bench.bus.settle();
    assertEquals(List.of(new Seen(0, 1, 4, 1, 8)), bench.device.takeSeen());
    assertEquals(1, queue.collect().size());
  }

  @Test
  void anIndirectTableIsAMistakeWhereNoneWasAgreedOn() {
    QueueDriver queue = bench.start(0).getFirst();
    queue.offerIndirect(TABLE, Buffer.read(BUFFER, 4));
    queue.kick();
    bench.bus.settle();
    assertNotEquals(0, bench.driver.status() & PciDriver.NEEDS_RESET);
    worksAgainAfterAReset();
  }

  @Test
  void chainsThatCameBeforeTheMistakeHaveBeenServed() {
    QueueDriver queue = bench.start(0).getFirst();
    int good = queue.offer(Buffer.write(BUFFER, 8));
    queue.offerHead(0xffff);
    queue.kick();
    bench.bus.settle();
    assertEquals(List.of(new QueueDriver.Used(good, 8)), queue.collect());
  }

  @Test
  void aGuestThatErrsForEverIsReportedAtGrowingIntervals() {
    for (int i = 0; i < 100; i++) {
      bench.start(0).getFirst().offerHead(0xffff);
      bench.driver.ring(0);
      bench.bus.settle();
      bench.driver.reset();
    }
    assertEquals(7, bench.events.size());
    worksAgainAfterAReset();
  }

  @Test
  void aResetInTheMidstForgetsWhatWasOffered() {
    QueueDriver queue = bench.start(0).getFirst();
    queue.post(Buffer.read(BUFFER, 4));
    bench.driver.reset();
    bench.bus.settle();
    assertEquals(List.of(), bench.device.takeSeen());
    assertEquals(List.of(), queue.collect());
    worksAgainAfterAReset();
  }

  @Test
  void aDriverThatHasGivenUpIsNotServed() {
    QueueDriver queue = bench.start(0).getFirst();
    bench.driver.addStatus(128);
    queue.post(Buffer.read(BUFFER, 4));
    bench.bus.settle();
    assertEquals(List.of(), bench.device.takeSeen());
    assertEquals(List.of(), bench.events);
    worksAgainAfterAReset();
  }

  @Test
  void whoAsksForTheStateOfARingThatHasGoneHearsThatItIsUnknown() {
    QueueDriver queue = bench.start(0).get(0);
    bench.memory.remove(queue.avail(), 4096);
    assertTrue(bench.function.driverState().queues().get(0).positions().isEmpty());
    assertTrue(bench.function.driverState().queues().get(1).positions().isPresent());
    assertEquals(List.of(), bench.events);
  }
}
