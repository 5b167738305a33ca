package org.ballastvm.vmm.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.ballastvm.kvm.DiskFile;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.IoRing;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.vmm.block.DiskGuest.Piece;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.ErrorPolicy;
import org.ballastvm.vmm.loop.LoopTimer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a driver sees of a disk, whoever does its requests. */
class EngineContractTest {
  private static final int DISK = 8 << 20;
  private static final long DATA = DiskGuest.DATA;

  @TempDir
  Path scratch;

  private final DiskGuest guest = new DiskGuest();
  private final DiskWorkers workers = new DiskWorkers("test", Throwable::printStackTrace);
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Faults faults = new Faults();
  private Storage storage;
  private Engine engine;
  private DriveDisk disk;

  /** Who does the requests. */
  enum Kind {
    THREADS {
      @Override
      Engine make(RawStorage raw, Storage storage, Faults faults, DiskGuest guest, DiskWorkers workers) {
        return new ThreadedEngine(storage, guest.ram, workers);
      }
    },
    RING {
      @Override
      Engine make(RawStorage raw, Storage storage, Faults faults, DiskGuest guest, DiskWorkers workers) {
        return ring(raw, faults, guest, workers, HeardRing.ENTRIES);
      }
    },
    /** One that is full at once. */
    RING_OF_TWO {
      @Override
      Engine make(RawStorage raw, Storage storage, Faults faults, DiskGuest guest, DiskWorkers workers) {
        return ring(raw, faults, guest, workers, 2);
      }
    };

    abstract Engine make(RawStorage raw, Storage storage, Faults faults, DiskGuest guest, DiskWorkers workers);

    private static Engine ring(RawStorage raw, Faults faults, DiskGuest guest, DiskWorkers workers, int entries) {
      EventFd answered = EventFd.create();
      try {
        return new RingEngine(raw, guest.ram, workers,
            new HeardRing(faults.of(IoRing.open(entries, answered)), answered, entries), guest.listener);
      } catch (HostError e) {
        answered.close();
        if (System.getenv("CI") != null) {
          throw e;
        }
        return Assumptions.abort("skipped: this host has no io_uring: " + e.getMessage());
      }
    }
  }

  private void plug(Kind kind, RawStorage on, DriveConfig.Use use) {
    storage = faults.of(on);
    engine = kind.make(on, storage, faults, guest, workers);
    LoopTimer timer = new LoopTimer(guest.listener, () -> disk.alarm());
    disk = new DriveDisk(storage, engine, false, use,
        (request, action, why) -> failures.add(request + " " + action + " " + why.name()), timer::once);
    guest.plug(BlkConfig.DEFAULTS, disk);
  }

  private Path file(int sizeBytes) throws IOException {
    return Files.write(scratch.resolve("disk"), new byte[sizeBytes]);
  }

  private void plug(Kind kind) throws IOException {
    plug(kind, new RawStorage(DiskFile.open(file(DISK), false, false), false, true), DriveConfig.Use.DEFAULTS);
  }

  @AfterEach
  void close() {
    if (engine != null) {
      guest.function.detach();
      engine.close();
    }
    guest.close();
    workers.close();
    storage.close();
  }

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
  void aFileThatEndsWithinASectorReadsAsZerosBehind(Kind kind) throws Exception {
    plug(kind, new RawStorage(DiskFile.open(file(4096 + 100), false, false), false, false), DriveConfig.Use.DEFAULTS);
    assertEquals(4096 + 512, disk.sizeBytes());
    guest.fill(DATA, 1024, 9);
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.IN, 7, new Piece(DATA, 1024)));
    for (int i = 0; i < 1024; i += 8) {
      assertEquals(0, guest.ram.getLong(DATA + i));
    }
  }

  @ParameterizedTest
  @EnumSource
  void memoryThatTheHostCannotReachIsAnError(Kind kind) throws Exception {
    plug(kind);
    guest.backend.hide(DATA, 4096);
    try {
      assertEquals(DiskGuest.IOERR, guest.ask(DiskGuest.IN, 0, new Piece(DATA - 4096, 8192)));
      assertEquals(DiskGuest.IOERR, guest.ask(DiskGuest.OUT, 0, new Piece(DATA, 4096)));
    } finally {
      guest.backend.show(DATA, 4096);
    }
    assertEquals(List.of(), failures, "it is the guest's own");
  }

  @ParameterizedTest
  @EnumSource
  void aReadOnlyFileSaysWhyAWriteFails(Kind kind) throws Exception {
    plug(kind, new RawStorage(DiskFile.open(file(DISK), true, false), false, false), DriveConfig.Use.DEFAULTS);
    assertEquals(DiskGuest.IOERR, guest.ask(DiskGuest.OUT, 0, new Piece(DATA, 512)));
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.IN, 0, new Piece(DATA, 512)));
    assertEquals(List.of("WRITE REPORT " + Errno.EBADF.name()), failures);
  }

  private void plug(Kind kind, DriveConfig.Use use) throws IOException {
    plug(kind, new RawStorage(DiskFile.open(file(DISK), false, false), false, true), use);
  }

  @ParameterizedTest
  @EnumSource
  void whatTheHostDoesAPartOfIsGoneOnWith(Kind kind) throws Exception {
    plug(kind);
    guest.fill(DATA, 65536, 1);
    for (int i = 0; i < 5; i++) {
      faults.half();
    }
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.OUT, 8, new Piece(DATA, 1536), new Piece(DATA + 1536, 64000)));
    assertTrue(faults.isEmpty());
    for (int i = 0; i < 5; i++) {
      faults.half();
    }
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.IN, 8, new Piece(DATA + (1 << 20), 65024),
        new Piece(DATA + (1 << 20) + 65024, 512)));
    assertTrue(faults.isEmpty());
    assertTrue(guest.isFilled(DATA + (1 << 20), 65536, 1));
    assertEquals(List.of(), failures);
  }

  @ParameterizedTest
  @EnumSource
  void aHostThatWasInterruptedOrHasNoRoomForNowIsAskedAgain(Kind kind) throws Exception {
    plug(kind);
    guest.fill(DATA, 4096, 3);
    for (Errno now : List.of(Errno.EINTR, Errno.EAGAIN)) {
      faults.error(now);
      assertEquals(DiskGuest.OK, guest.ask(DiskGuest.OUT, 8, new Piece(DATA, 4096)));
      faults.error(now);
      assertEquals(DiskGuest.OK, guest.ask(DiskGuest.FLUSH, 0));
      faults.error(now);
      assertEquals(DiskGuest.OK, guest.askForRange(DiskGuest.DISCARD, 512, 8, 0));
      faults.error(now);
      assertEquals(DiskGuest.OK, guest.ask(DiskGuest.IN, 8, new Piece(DATA + 8192, 4096)));
    }
    assertTrue(faults.isEmpty() && guest.isFilled(DATA + 8192, 4096, 3));
    assertEquals(List.of(), failures);
  }

  @ParameterizedTest
  @EnumSource
  void moreRequestsThanAreTakenAtOnceWaitForEachOther(Kind kind) throws Exception {
    plug(kind);
    List<Integer> posted = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      guest.fill(DATA + 4096 * i, 4096, i + 1);
      posted.add(guest.post(DiskGuest.OUT, 8L * i, new Piece(DATA + 4096 * i, 4096)));
    }
    guest.await();
    for (int i = 0; i < 21; i++) {
      assertEquals(DiskGuest.OK, guest.status(posted.get(i)));
    }
    guest.fill(DATA, 21 * 4096, 99);
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.IN, 0, new Piece(DATA, 21 * 4096)));
    for (int i = 0; i < 21; i++) {
      assertTrue(guest.isFilled(DATA + 4096 * i, 4096, i + 1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailureStopsReportsOrIsPassedOverAsTheUserSays(Kind kind) throws Exception {
    plug(kind, new DriveConfig.Use(true, ErrorPolicy.ENOSPC, ErrorPolicy.IGNORE, 0, 0));
    guest.fill(DATA, 4096, 4);
    faults.error(Errno.EIO);
    assertEquals(DiskGuest.IOERR, guest.ask(DiskGuest.OUT, 0, new Piece(DATA, 4096)));
    faults.error(Errno.EIO);
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.IN, 0, new Piece(DATA + 8192, 4096)));
    faults.error(Errno.ENOSPC);
    int held = guest.post(DiskGuest.OUT, 0, new Piece(DATA, 4096));
    guest.post(DiskGuest.FLUSH, 0);
    guest.awaitAllBut(1);
    assertEquals(DiskGuest.NONE, guest.status(held), "it waits for the machine to go on");
    guest.listener.post(disk::retry);
    guest.await();
    assertEquals(DiskGuest.OK, guest.status(held));
    assertEquals(List.of("WRITE REPORT EIO", "READ IGNORE EIO", "WRITE STOP ENOSPC"), failures);
  }

  @ParameterizedTest
  @EnumSource
  void aLimitHoldsRequestsBackAndForgetsNone(Kind kind) throws Exception {
    plug(kind, new DriveConfig.Use(true, ErrorPolicy.REPORT, ErrorPolicy.REPORT, 0, 100));
    long start = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      guest.post(DiskGuest.IN, 8L * i, new Piece(DATA + 4096 * i, 4096));
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
