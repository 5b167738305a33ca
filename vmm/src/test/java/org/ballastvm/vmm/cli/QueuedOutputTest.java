package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A log that somebody may or may not read. */
@Timeout(60)
class QueuedOutputTest {
  private static final long LONG_MILLIS = 60_000;

  private final CountDownLatch reads = new CountDownLatch(1);
  private final ByteArrayOutputStream read = new ByteArrayOutputStream();
  private final QueuedOutput queue = new QueuedOutput(new OutputStream() {
    @Override
    public void write(int one) { throw new AssertionError("byte by byte"); }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      try {
        reads.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      read.write(bytes, offset, count);
    }
  });
  private final PrintStream log = new PrintStream(queue, true, StandardCharsets.UTF_8);

  private List<String> lines() {
    queue.drain(LONG_MILLIS);
    return read.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void allThatIsWrittenArrivesInItsOrder() {
    reads.countDown();
    List<String> written = IntStream.range(0, 20_000).mapToObj(i -> "line " + i).toList();
    for (String line : written) {
      log.println(line);
      if (line.endsWith("99")) {
        queue.drain(LONG_MILLIS);
      }
    }
    assertEquals(written, lines());
  }

  @Test
  void whileNobodyReadsNobodyWaitsAndWholeLinesAreMissing() {
    List<String> written = IntStream.range(0, 20_000).mapToObj(i -> "line " + i).toList();
    written.forEach(log::println);
    reads.countDown();
    List<String> first = lines();
    log.println("the last");
    List<String> all = lines();

    int kept = first.size() - 1;
    assertTrue(kept > 1000 && kept < written.size(), kept + " lines");
    assertEquals(written.subList(0, kept), first.subList(0, kept));
    assertEquals("ballast: " + (written.size() - kept) + " lines of the log are missing here: nobody read it",
        first.getLast());
    assertEquals("the last", all.getLast());
    assertEquals(first.size() + 1, all.size());
  }

  @Test
  void theEndDoesNotWaitForWhoNeverReads() {
    log.println("nobody reads this");
    queue.drain(1);
    assertEquals(0, read.size());
  }
}
