package org.ballastvm.virtio.driver;

import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.pci.VirtioPciFunction;

/** A driver that does something at random in each step, near enough to what makes sense that much of it gets through. */
public final class RandomDriver {
  private static final int REGISTERS_BAR = 4;
  private static final long QUEUE_AREA = 1L << 20;
  private static final int[] WIDTHS = {1, 2, 4, 8};
  private static final long[] EDGES = {0, 1, 4, 15, 16, 4096, FlatMemory.LOW_BYTES - 4, FlatMemory.LOW_BYTES,
      FlatMemory.HIGH_BASE, FlatMemory.HIGH_BASE + FlatMemory.HIGH_BYTES, 0xffff, 0xffff_ffffL, 1L << 32,
      Long.MAX_VALUE, Long.MIN_VALUE, -1, -16};

  private final Bench<?> bench;
  private final VirtioPciFunction function;
  private final Random random;
  private List<QueueDriver> queues = List.of();
  private LongConsumer requests;
  private int requestBytes = 24;
  private int answerBytes = 16;
  private long batches;

  /** A driver whose deeds follow from the random numbers alone. */
  public RandomDriver(Bench<?> bench, Random random) {
    this.bench = bench;
    this.function = bench.function;
    this.random = random;
  }

  /** Has it offer requests too: they are written to an address, and have room for an answer behind them. */
  public RandomDriver asking(LongConsumer writer) {
    requests = writer;
    return this;
  }

  /** The same for requests and answers of such lengths. */
  public RandomDriver asking(int bytes, int bytesOfAnswer, LongConsumer writer) {
    requestBytes = bytes;
    answerBytes = bytesOfAnswer;
    return asking(writer);
  }

  /** How often the device gave chains back. */
  public long batches() { return batches; }

  /** Does one thing, and lets the event loop run or not. */
  public void step() {
    switch (random.nextInt(16)) {
      case 0 -> configuration();
      case 1 -> function.barRead(random.nextBoolean() ? 1 : REGISTERS_BAR, random.nextInt(0x4000), width());
      case 2 -> function.barWrite(1, random.nextInt(0x1000) & ~3, width(), number());
      case 3 -> function.barWrite(REGISTERS_BAR, random.nextInt(0x38), width(), number());
      case 4 -> function.barWrite(REGISTERS_BAR, 0x2000 + random.nextInt(20), width(), number());
      case 5 -> function.barWrite(REGISTERS_BAR, 0x3000 + random.nextInt(24), width(), number());
      case 6 -> {
        if (random.nextInt(4) == 0) {
          scribble();
        }
      }
      case 7, 8, 9, 10, 11 -> offer();
      case 12 -> function.change(() -> {});
      default -> restart();
    }
    if (random.nextInt(3) > 0) {
      settle();
    }
  }

  private void settle() {
    int turns = bench.bus.settle();
    if (turns > 10_000) {
      throw new IllegalStateException(turns + " turns without an end in sight");
    }
    for (QueueDriver queue : queues) {
      if (!queue.collect().isEmpty()) {
        batches++;
      }
    }
    bench.bus.takeMessages();
    bench.memory.takeDiscarded();
    bench.memory.takeRestored();
    bench.events.clear();
  }

  private void configuration() {
    int width = 1 << random.nextInt(3);
    int offset = random.nextInt(0x110);
    if (random.nextBoolean()) {
      function.configRead(offset, width);
    } else {
      function.configWrite(offset, width, (int) number());
    }
  }

  /** Writes a number somewhere into the rings. */
  private void scribble() {
    bench.memory.putLong(QUEUE_AREA + random.nextInt(0x20000) & ~1, number());
  }

  private void offer() {
    if (queues.isEmpty()) {
      return;
    }
    int which = random.nextInt(queues.size());
    QueueDriver queue = queues.get(which);
    switch (random.nextInt(24)) {
      case 0 -> queue.advance(random.nextInt(-2, 3));
      case 1 -> queue.offerHead(random.nextInt(queue.size() + 1));
      case 2 -> queue.descriptor(random.nextInt(queue.size()), address(), length(), random.nextInt(8),
          random.nextInt(queue.size() + 1));
      case 3 -> queue.interruptAfter(random.nextInt(70));
      case 4 -> queue.offerIndirect(9 << 20, buffers());
      default -> queue.offer(buffers());
    }
    bench.bus.ring(which);
  }

  private Buffer[] buffers() {
    if (requests != null && random.nextInt(8) > 0) {
      long gpa = (4L << 20) + random.nextInt(1 << 20);
      requests.accept(gpa);
      return new Buffer[]{Buffer.read(gpa, random.nextInt(50) == 0 ? length() : requestBytes), Buffer.write(address(),
          random.nextInt(50) == 0 ? length() : answerBytes)};
    }
    boolean write = random.nextBoolean();
    Buffer[] buffers = new Buffer[random.nextInt(10) == 0 ? random.nextInt(1, 8) : 1];
    for (int i = 0; i < buffers.length; i++) {
      bench.memory.putInt((4L << 20) + random.nextInt(1 << 20), random.nextInt(1 << 14));
      buffers[i] = new Buffer(address(), length(), write);
    }
    return buffers;
  }

  private void restart() {
    switch (random.nextInt(40)) {
      case 0 -> function.reset();
      case 1 -> function.barWrite(REGISTERS_BAR, 0x14, 1, random.nextInt(256));
      case 2 -> start(number());
      default -> {
        boolean runs = function.barRead(REGISTERS_BAR, 0x14, 1) == 15;
        if (!runs || random.nextInt(20) == 0) {
          start(random.nextInt(4) * PciDriver.INDIRECT | bench.device.features() & random.nextLong());
        }
      }
    }
  }

  private void start(long features) {
    PciDriver driver = new PciDriver(function, bench.bus, bench.memory);
    if (driver.negotiate(features | PciDriver.VERSION_1)) {
      queues = driver.start(features);
      driver.enableMessages(0xfee0_0000L);
    }
  }

  private int width() { return WIDTHS[random.nextInt(WIDTHS.length)]; }

  private long number() {
    return switch (random.nextInt(4)) {
      case 0 -> EDGES[random.nextInt(EDGES.length)];
      case 1 -> random.nextLong();
      case 2 -> random.nextInt(1 << 16);
      default -> random.nextInt(8);
    };
  }

  private long address() {
    return switch (random.nextInt(60)) {
      case 0 -> EDGES[random.nextInt(EDGES.length)];
      case 1 -> EDGES[random.nextInt(EDGES.length)] - random.nextInt(64);
      default -> (4L << 20) + random.nextInt(1 << 20);
    };
  }

  private int length() {
    return switch (random.nextInt(60)) {
      case 0 -> (int) number();
      case 1 -> random.nextInt(1 << 20);
      default -> 4 * random.nextInt(1, 1025);
    };
  }
}
