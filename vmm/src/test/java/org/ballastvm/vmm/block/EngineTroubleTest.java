package org.ballastvm.vmm.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.kvm.DiskFile;
import org.ballastvm.kvm.Errno;
import org.ballastvm.vmm.block.DiskGuest.Piece;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.ErrorPolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a driver sees of a disk when the host does less than it was asked for, whoever does its requests. */
class EngineTroubleTest extends EngineCase {
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
  void aBufferThatTheHostCannotTakeGoesByACopy(Kind kind) throws Exception {
    plug(kind, new RawStorage(DiskFile.open(file(DISK), false, false), true, true), DriveConfig.Use.DEFAULTS);
    assertEquals(512, storage.alignmentBytes());
    guest.fill(DATA + 4, 4096, 8);
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.OUT, 0, new Piece(DATA + 4, 1000), new Piece(DATA + 1004, 3096)));
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.IN, 0, new Piece(DATA + 8196, 4096)));
    assertTrue(guest.isFilled(DATA + 8196, 4096, 8));
  }

  @ParameterizedTest
  @EnumSource(names = {"RING", "RING_OF_TWO"})
  void aRingThatTheKernelTakesNothingFromHoldsNobodyUp(Kind kind) throws Exception {
    plug(kind);
    guest.fill(DATA, 4096, 2);
    faults.refuse(true);
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.OUT, 0, new Piece(DATA, 4096)));
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.FLUSH, 0));
    faults.refuse(false);
    assertEquals(DiskGuest.OK, guest.ask(DiskGuest.IN, 0, new Piece(DATA + 8192, 4096)));
    assertTrue(guest.isFilled(DATA + 8192, 4096, 2));
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
}
