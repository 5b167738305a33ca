package org.ballastvm.vmm.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.ballastvm.vmm.block.DiskGuest.Piece;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.ErrorPolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a driver sees of a disk, whoever does its requests. */
class EngineContractTest extends EngineCase {
  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsInTheFileAndReadAgain(Kind kind) throws Exception {
    plug(kind);
    guest.fill(DATA, 65536, 1);
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.OUT, 8, new Piece(DATA, 4096), new Piece(DATA + 4096, 61440)));
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.FLUSH, 0));
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.IN, 8, new Piece(DATA + (1 << 20), 512),
        new Piece(DATA + (1 << 20) + 512, 65024)));
    assertTrue(guest.isFilled(DATA + (1 << 20), 65536, 1));
    byte[] content = Files.readAllBytes(scratch.resolve("disk"));
    assertEquals(31, content[4096]);
    assertEquals(DISK, content.length);
  }

  @ParameterizedTest
  @EnumSource
  void manyRequestsAtOnceAreAllDone(Kind kind) throws Exception {
    plug(kind);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int[] owner = new int[DISK / 4096];
    for (int round = 1; round <= 40; round++) {
      List<Integer> posted = new ArrayList<>();
      List<Integer> blocks = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        int block = random.nextInt(owner.length);
        if (blocks.contains(block)) {
          continue;
        }
        blocks.add(block);
        long at = DATA + 8192L * i;
        if (owner[block] == 0 || random.nextBoolean()) {
          owner[block] = round * 100 + i;
          guest.fill(at, 4096, owner[block]);
          posted.add(guest.post(DiskGuest.OUT, 8L * block, new Piece(at, 4096)));
        } else {
          guest.fill(at, 4096, 0);
          posted.add(guest.post(DiskGuest.IN, 8L * block, new Piece(at, 4096)));
        }
      }
      guest.await();
      for (int i = 0; i < posted.size(); i++) {
        assertEquals(DiskGuest.OK, guest.status(posted.get(i)), "seed " + seed);
      }
      for (int i = 0; i < blocks.size(); i++) {
        int block = blocks.get(i);
        assertEquals(DiskGuest.OK, guest.ask(DiskGuest.IN, 8L * block, new Piece(DATA + (8 << 20), 4096)));
        assertTrue(guest.isFilled(DATA + (8 << 20), 4096, owner[block]), "seed " + seed + ", block " + block);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsDiscardedOrZeroedReadsAsZeros(Kind kind) throws Exception {
    plug(kind);
    guest.fill(DATA, 1 << 20, 5);
    guest.ask(DiskGuest.OUT, 0, new Piece(DATA, 1 << 20));
    assertEquals(DiskGuest.OK, guest.askForRange(DiskGuest.WRITE_ZEROES, 3, 5, 0));
    assertEquals(DiskGuest.OK, guest.askForRange(DiskGuest.WRITE_ZEROES, 64, 64, 1));
    assertEquals(DiskGuest.OK, guest.askForRange(DiskGuest.DISCARD, 512, 512, 0));
    byte[] content = Files.readAllBytes(scratch.resolve("disk"));
    assertTrue(isZero(content, 3 * 512, 5 * 512) && isZero(content, 64 * 512, 64 * 512)
        && isZero(content, 512 * 512, 512 * 512));
    assertFalse(isZero(content, 0, 3 * 512));
    assertFalse(isZero(content, 8 * 512, 512));
  }

  private static boolean isZero(byte[] content, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (content[i] != 0) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @EnumSource
  void moreRequestsThanAreTakenAtOnceWaitForEachOther(Kind kind) throws Exception {
    plug(kind);
    List<Integer> posted = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      guest.fill(DATA + 4096L * i, 4096, i + 1);
      posted.add(guest.post(DiskGuest.OUT, 8L * i, new Piece(DATA + 4096L * i, 4096)));
    }
    guest.await();
    for (int i = 0; i < 21; i++) {
      assertEquals(DiskGuest.OK, guest.status(posted.get(i)));
    }
    guest.fill(DATA, 21 * 4096, 99);
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.IN, 0, new Piece(DATA, 21 * 4096)));
    for (int i = 0; i < 21; i++) {
      assertTrue(guest.isFilled(DATA + 4096L * i, 4096, i + 1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theThreadThatHearsTheGuestAllocatesNothing(Kind kind) throws Exception {
    plug(kind);
    CompletableFuture<Long> thread = new CompletableFuture<>();
    guest.listener.post(() -> thread.complete(Thread.currentThread().threadId()));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int batch = 0; batch < 100 && least > 0; batch++) {
      long before = threads.getThreadAllocatedBytes(thread.get());
      for (int i = 0; i < 50; i++) {
        guest.post(DiskGuest.OUT, 8, new Piece(DATA, 4096), new Piece(DATA + 4096, 512));
        guest.post(DiskGuest.IN, 0, new Piece(DATA + 8192, 4096));
        guest.await();
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(thread.get()) - before);
    }
    assertEquals(0, least, "bytes for 100 requests");
  }

  @ParameterizedTest
  @EnumSource
  void aLimitHoldsRequestsBackAndForgetsNone(Kind kind) throws Exception {
    plug(kind, new DriveConfig.Use(true, ErrorPolicy.REPORT, ErrorPolicy.REPORT, 0, 100));
    long start = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      guest.post(DiskGuest.IN, 8L * i, new Piece(DATA + 4096L * i, 4096));
    }
    guest.await();
    long millis = (System.nanoTime() - start) / 1_000_000;
    assertTrue(millis >= 80, "20 requests, of which 11 are let in at once, took " + millis + " ms at 100 a second");
  }

  @ParameterizedTest
  @EnumSource
  void aDeviceThatLeavesUnderLoadLeavesMemoryAlone(Kind kind) throws Exception {
    plug(kind);
    for (int i = 0; i < 20; i++) {
      guest.post(DiskGuest.IN, 8L * i, new Piece(DATA + 65536L * i, 65536));
    }
    guest.function.detach();
    assertTrue(disk.isIdle());
    guest.fill(DATA, 20 * 65536, 6);
    engine.close();
    engine = null;
    guest.listener.close();
    workers.close();
    assertTrue(guest.isFilled(DATA, 20 * 65536, 6));
  }

  @ParameterizedTest
  @EnumSource
  void aDriverThatStartsAnewUnderLoadSeesNothingOfTheOldRequests(Kind kind) throws Exception {
    plug(kind);
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 20; i++) {
        guest.post(DiskGuest.IN, 8L * i, new Piece(DATA + 65536L * i, 65536));
      }
      guest.start();
      assertTrue(disk.isIdle(), "round " + round);
      guest.fill(DATA, 20 * 65536, round);
      assertEquals(DiskGuest.OK, guest.ask(DiskGuest.FLUSH, 0));
      assertTrue(guest.isFilled(DATA, 20 * 65536, round), "round " + round);
    }
  }
}
