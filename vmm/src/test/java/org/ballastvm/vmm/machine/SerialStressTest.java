package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.state.EndReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A driver in a guest that lives on its serial port's interrupts, and sleeps when it misses one. System property
 * ballast.serial.bytes says how much it sends.
 */
@Tag("kvm")
@Timeout(300)
class SerialStressTest {
  private static final int DATA = 0x50_0000;
  private static final String PART = "0123456789abcde\n";
  private static final int LINE_BYTES = 3 * PART.length();
  private static final int LINES = Integer.getInteger("ballast.serial.bytes", 48 << 10) / LINE_BYTES;
  private static final int PATIENCE_SECONDS = 240;

  @TempDir
  private Path directory;

  /** What was read so far that the typist has not answered: where code runs slowly, it must not take all the time. */
  private final Semaphore pieces = new Semaphore(0);

  @Test
  void aDriverThatLivesOnInterruptsNeverWaitsForOneThatDoesNotCome() throws Exception {
    long seed = System.nanoTime();
    Path path = directory.resolve("socket");
    TestMachine guest = TestMachine.of(directory, program())
        .with(new ChardevConfig.Unix("serial", false, path, true, false)).with(new RunPolicy(true, false, false));
    try (Machine machine = guest.start(); SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      Thread typist = Thread.ofPlatform().start(() -> type(client, seed));
      machine.resume();
      byte[] all = read(client, new Random(seed));
      typist.interrupt();
      typist.join();
      assertArrayEquals(PART.repeat(3 * LINES).getBytes(StandardCharsets.US_ASCII), all, "seed " + seed);
      assertEquals(EndReason.GUEST_SHUTDOWN,
          machine.end().get(PATIENCE_SECONDS, java.util.concurrent.TimeUnit.SECONDS));
    }
  }

  private static Program program() {
    Program program = new Program();
    for (int i = 0; i < PART.length(); i += Integer.BYTES) {
      program.poke(DATA + i, Program.intAt(PART.getBytes(StandardCharsets.US_ASCII), i));
    }
    return program.streamByInterrupts(LINES).powerOff();
  }

  /** As a slow terminal that is busy now and then: sometimes a byte, sometimes all that there is. */
  private byte[] read(SocketChannel client, Random random) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(LINES * LINE_BYTES);
    while (all.hasRemaining()) {
      int most = 1 << random.nextInt(13);
      ByteBuffer piece = all.slice(all.position(), Math.min(most, all.remaining()));
      int count = client.read(piece);
      assertEquals(true, count > 0, "the guest's machine ended after " + all.position() + " bytes");
      all.position(all.position() + count);
      pieces.release();
    }
    return all.array();
  }

  /** What arrives meanwhile interrupts too, by the same line. */
  private void type(SocketChannel client, long seed) {
    Random random = new Random(seed + 1);
    try {
      while (!Thread.currentThread().isInterrupted()) {
        pieces.acquire();
        client.write(ByteBuffer.wrap(new byte[1 + random.nextInt(20)]));
      }
    } catch (InterruptedException | java.nio.channels.ClosedByInterruptException e) {
      // It has typed enough.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
