package org.ballastvm.vmm.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording has of a balloon at work, and what there is without one: nothing. */
class BalloonTraceTest {
  private static final long SIZE = 16 << 20;
  private static final int FIRST = 2048;
  private static final long ENTRIES = 3 << 20;
  /** {@code VIRTIO_BALLOON_S_MEMFREE}. */
  private static final int FREE_MEMORY = 4;
  private static final int[] PAGES = IntStream.range(FIRST, FIRST + 512).toArray();

  @TempDir
  private Path directory;

  private interface Work {
    void on(BalloonedGuest guest);
  }

  /** What is recorded while a guest does something. */
  private List<RecordedEvent> record(Work work) throws IOException {
    try (BalloonedGuest guest = new BalloonedGuest(BackendKinds.anonymous(SIZE));
        Recording recording = new Recording()) {
      recording.start();
      work.on(guest);
      recording.stop();
      Path file = directory.resolve("balloon.jfr");
      recording.dump(file);
      return RecordingFile.readAllEvents(file).stream()
          .filter(event -> event.getEventType().getName().startsWith("ballast.")).toList();
    }
  }

  private static List<RecordedEvent> named(String name, List<RecordedEvent> events) {
    return events.stream().filter(event -> event.getEventType().getName().equals("ballast." + name)).toList();
  }

  @Test
  void aBatchIsRecordedWithItsQueueItsChainsAndItsMemory() throws IOException {
    List<RecordedEvent> batches = named("BalloonBatch", record(guest -> {
      guest.inflate(PAGES);
      guest.deflate(FIRST + 7);
    }));
    assertEquals(List.of("inflate 1 1 1048576", "inflate 1 1 1048576", "deflate 1 1 4096"),
        batches.stream().map(event -> event.getString("queue") + " " + event.getInt("chains") + " "
            + event.getLong("ranges") + " " + event.getLong("bytes")).toList());
    assertTrue(batches.stream().allMatch(event -> event.getDuration().isPositive()));
  }

  @Test
  void aDiscardIsRecordedWithItsBackendAndItsCall() throws IOException {
    List<RecordedEvent> discards = named("Discard", record(guest -> guest.inflate(PAGES)));
    assertEquals(1, discards.size());
    RecordedEvent discard = discards.getFirst();
    assertEquals("balloon private memory-backend-ram MADV_DONTNEED 1 8388608 2097152 ",
        discard.getString("cause") + " " + discard.getString("backend") + " " + discard.getString("kind") + " "
            + discard.getString("call") + " " + discard.getInt("ranges") + " " + discard.getLong("offset") + " "
            + discard.getLong("bytes") + " " + discard.getString("error"));
    assertTrue(discard.getDuration().isPositive());
  }

  @Test
  void aTargetIsRecordedWithWhatThereIs() throws IOException {
    List<RecordedEvent> targets = named("BalloonTarget", record(guest -> {
      guest.inflate(FIRST);
      guest.balloon.setTarget(300);
    }));
    assertEquals(List.of("balloon0 1228800 4096"), targets.stream().map(
        event -> event.getString("device") + " " + event.getLong("target") + " " + event.getLong("actual")).toList());
  }

  @Test
  void statisticsAreRecordedAndWhatTheGuestLeftOutIsMinusOne() throws IOException {
    RecordedEvent stats = named("BalloonStats", record(guest -> {
      guest.ram.putShort(ENTRIES, FREE_MEMORY);
      guest.ram.putLong(ENTRIES + 2, 77 << 20);
      guest.queue(BalloonedGuest.STATS).descriptor(0, ENTRIES, 10, 0, 0);
      guest.queue(BalloonedGuest.STATS).offer(0);
      guest.ring(BalloonedGuest.STATS);
    })).getFirst();
    assertEquals(1, stats.getInt("known"));
    assertEquals(77 << 20, stats.getLong("freeMemory"));
    assertEquals(-1, stats.getLong("totalMemory"));
  }

  @Test
  void withoutARecordingNothingIsAllocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (BalloonedGuest guest = new BalloonedGuest(BackendKinds.anonymous(SIZE))) {
      long least = Long.MAX_VALUE;
      // Code that is not yet compiled allocates what compiled code does not, so one clean round is the proof.
      for (int round = 0; round < 200 && least > 0; round++) {
        guest.name(BalloonedGuest.INFLATE, PAGES[round]);
        BalloonQueueDriver queue = guest.queue(BalloonedGuest.INFLATE);
        queue.offer(0);
        long before = threads.getCurrentThreadAllocatedBytes();
        guest.function.doorbell(BalloonedGuest.INFLATE);
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        queue.requireAllReturned();
      }
      assertEquals(0, least);
    }
  }
}
