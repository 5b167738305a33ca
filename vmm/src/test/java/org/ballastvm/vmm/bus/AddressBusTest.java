package org.ballastvm.vmm.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Who answers at an address, while ranges come and go. */
class AddressBusTest {
  private final AddressBus ports = new AddressBus("I/O", 0x1_0000);

  /** Answers a number above the offset, and keeps the last write. */
  private static final class Echo implements BusDevice {
    private final long number;
    private long written = -1;

    Echo(long number) { this.number = number << 32; }

    @Override
    public long read(long offset, int sizeBytes) { return number | offset; }

    @Override
    public void write(long offset, int sizeBytes, long value) { written = offset << 32 | value; }
  }

  @Test
  void anAddressIsAnsweredByItsDeviceFromTheStartOfItsRange() {
    Echo serial = new Echo(1);
    ports.map(serial, "serial", 0x3f8, 8);
    ports.map(new Echo(2), "rtc", 0x70, 2);

    assertEquals(1L << 32 | 5, ports.read(0x3fd, 1));
    assertEquals(2L << 32 | 1, ports.read(0x71, 1));
    ports.write(0x3f9, 1, 7);
    assertEquals(1L << 32 | 7, serial.written);
  }

  @Test
  void whereNothingAnswersAllBitsAreOneAndWritesAreLost() {
    ports.map(new Echo(1), "serial", 0x3f8, 8);

    for (long address : new long[]{0, 0x3f7, 0x400, 0xffff, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertEquals(-1, ports.read(address, 1));
      ports.write(address, 1, 0);
    }
  }

  @Test
  void anAccessThatReachesPastTheRangeIsNobodys() {
    Echo echo = new Echo(1);
    ports.map(echo, "serial", 0x3f8, 8);

    assertEquals(1L << 32 | 4, ports.read(0x3fc, 4));
    assertEquals(-1, ports.read(0x3fd, 4));
    ports.write(0x3ff, 2, 5);
    assertEquals(-1, echo.written);
    assertEquals(-1, ports.read(0x3f7, 2), "nor is one that begins before it");
  }

  @Test
  void rangesMayTouchAndNotOverlap() {
    ports.map(new Echo(1), "middle", 0x100, 0x10);
    ports.map(new Echo(2), "below", 0xf0, 0x10);
    ports.map(new Echo(3), "above", 0x110, 0x10);

    for (long[] range : new long[][]{{0x100, 0x10}, {0xff, 2}, {0x10f, 1}, {0, 0x1_0000}, {0x11f, 2}}) {
      assertFalse(ports.isFree(range[0], range[1]));
      assertThrows(IllegalArgumentException.class, () -> ports.map(new Echo(4), "new", range[0], range[1]));
    }
    assertEquals(List.of("below", "middle", "above"), ports.ranges().stream().map(AddressBus.Range::what).toList());
  }

  @Test
  void noRangeLeavesTheSpace() {
    for (long[] range : new long[][]{{0xffff, 2}, {0x1_0000, 1}, {-1, 1}, {0, 0x1_0001}, {0, 0}, {5, -1},
        {Long.MAX_VALUE, Long.MAX_VALUE}}) {
      assertThrows(IllegalArgumentException.class, () -> ports.map(new Echo(1), "new", range[0], range[1]));
    }
    ports.map(new Echo(1), "all", 0, 0x1_0000);
    assertEquals(1L << 32 | 0xffff, ports.read(0xffff, 1));
  }

  @Test
  void whatIsUnmappedAnswersNoMore() {
    ports.map(new Echo(1), "serial", 0x3f8, 8);
    ports.unmap(0x3f9);
    assertEquals(1L << 32, ports.read(0x3f8, 1), "not its first address");

    ports.unmap(0x3f8);

    assertEquals(-1, ports.read(0x3f8, 1));
    assertTrue(ports.isFree(0x3f8, 8));
    ports.unmap(0x3f8);
  }

  @Test
  void whateverIsMappedTheRightOneAnswers() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long[] owner = new long[0x1_0000];
    for (int i = 1; i < 400; i++) {
      int base = random.nextInt(0x1_0000);
      int length = random.nextInt(1, 200);
      if (base + length <= 0x1_0000 && ports.isFree(base, length)) {
        ports.map(new Echo(i), "range " + i, base, length);
        java.util.Arrays.fill(owner, base, base + length, i);
      }
    }
    for (int address = 0; address < owner.length; address++) {
      long answer = ports.read(address, 1);
      assertEquals(owner[address], answer == -1 ? 0 : answer >> 32, "seed " + seed);
    }
  }

  @Test
  void accessesGoOnWhileRangesComeAndGo() throws InterruptedException, ExecutionException {
    ports.map(new Echo(1), "stays", 0x3f8, 8);
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<Long> reader = threads.submit(() -> {
        long reads = 0;
        while (!over.get() || reads < 1000) {
          assertEquals(1L << 32, ports.read(0x3f8, 1));
          long passing = ports.read(0x70, 1);
          assertTrue(passing == -1 || passing == 2L << 32, "half a range answered: " + passing);
          reads++;
        }
        return reads;
      });
      for (int i = 0; i < 2000; i++) {
        ports.map(new Echo(2), "passes", 0x70, 2);
        ports.unmap(0x70);
      }
      over.set(true);
      assertTrue(reader.get() >= 1000);
    }
  }
}
