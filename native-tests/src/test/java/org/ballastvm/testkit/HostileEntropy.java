package org.ballastvm.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.ballastvm.device.Chain;
import org.ballastvm.device.Queue;
import org.ballastvm.device.SimpleVirtio;
import org.ballastvm.device.VirtioPort;

/**
 * An entropy source that keeps few of its promises, which ones its seed says: it lies about how much it wrote, is late, says that its
 * configuration has changed, offers features that there are not, and after some answers keeps what it is given, or breaks.
 */
public final class HostileEntropy implements SimpleVirtio {
  /** Has the seed of the next one; each takes it, and leaves the one that follows. */
  static final Path SEEDS = Path.of("/dev/shm/hostile-entropy");

  private static final int ENTROPY = 4;
  private static final int MOST_ANSWERS = 5;
  private static final int MOST_SIZE_BITS = 6;
  /** Linux 6.1 believes each length, and reads on behind its buffer: in the same structure so far. */
  private static final int MOST_BYTES_TOO_MANY = 32;
  private static final int MOST_LATE_MILLIS = 10;
  private static final int FEATURE_BITS = 24;

  private final long seed;
  private Random random;
  private VirtioPort port;

  /** For Ballast. */
  public HostileEntropy() {
    try {
      seed = Long.parseLong(Files.readString(SEEDS).strip());
      Files.writeString(SEEDS, Long.toString(seed + 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return how many chains a device of a seed gives back} */
  static int answers(long seed) {
    return 1 + new Random(seed).nextInt(MOST_ANSWERS);
  }

  private boolean breaks() { return seed % 4 == 3; }

  @Override
  public int type() { return ENTROPY; }

  @Override
  public long features() { return new Random(~seed).nextInt(1 << FEATURE_BITS); }

  @Override
  public int[] queueSizes() { return new int[]{1 << new Random(seed + 1).nextInt(MOST_SIZE_BITS)}; }

  @Override
  public void started(VirtioPort itsPort) {
    port = itsPort;
    random = new Random(seed);
  }

  @Override
  public void ready(Queue queue) {
    for (Chain chain = queue.next(); chain != null; chain = queue.next()) {
      if (chain.number() < answers(seed)) {
        answer(chain);
      } else if (breaks()) {
        throw new IllegalStateException("seed " + seed + " breaks here");
      }
    }
  }

  private void answer(Chain chain) {
    byte[] bytes = new byte[1 + random.nextInt((int) Math.min(chain.writableBytes(), 1 << MOST_SIZE_BITS))];
    random.nextBytes(bytes);
    chain.write(bytes);
    switch (random.nextInt(5)) {
      case 0 -> chain.done();
      case 1 -> chain.done(1);
      case 2 -> chain.done((int) chain.writableBytes() + random.nextInt(MOST_BYTES_TOO_MANY));
      case 3 -> chain.doneAfter(Duration.ofMillis(random.nextInt(MOST_LATE_MILLIS)));
      default -> {
        chain.done();
        port.configChanged();
      }
    }
  }
}
