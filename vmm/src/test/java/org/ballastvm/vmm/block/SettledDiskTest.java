package org.ballastvm.vmm.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.ballastvm.kvm.Errno;
import org.ballastvm.vmm.block.DiskGuest.Piece;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.ErrorPolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk whose guest was stopped, when somebody waits until its file stays as it is. */
class SettledDiskTest extends EngineCase {
  private static final Duration LONG = Duration.ofMinutes(1);

  private boolean settles(Duration patience) throws InterruptedException {
    return disk.settle(guest.listener::post, () -> guest.function.doorbell(0), System.nanoTime() + patience.toNanos());
  }

  private byte[] file() throws Exception { return Files.readAllBytes(scratch.resolve("disk")); }

  @ParameterizedTest
  @EnumSource
  void whatIsUnderWayIsWaitedFor(Kind kind) throws Exception {
    plug(kind);
    guest.fill(DATA, 4096, 1);
    CountDownLatch host = faults.hold();
    int written = guest.post(DiskGuest.OUT, 8, new Piece(DATA, 4096));
    assertFalse(settles(Duration.ofMillis(1)), "the host has not answered");
    host.countDown();
    assertTrue(settles(LONG));
    guest.await();
    assertEquals(DiskGuest.OK, guest.status(written));
  }

  @ParameterizedTest
  @EnumSource
  void whatWaitsForLimitsIsDoneAtOnce(Kind kind) throws Exception {
    plug(kind, new DriveConfig.Use(true, ErrorPolicy.REPORT, ErrorPolicy.REPORT, 0, 10));
    guest.fill(DATA, 20 * 4096, 31);
    for (int i = 0; i < 20; i++) {
      guest.post(DiskGuest.OUT, 8L * i, new Piece(DATA + 4096L * i, 4096));
    }
    assertTrue(settles(LONG));
    byte[] settled = file();
    assertEquals(guest.ram.getByte(DATA + 19 * 4096), settled[19 * 4096] & 0xff);
    guest.await();
    assertEquals(List.of(), failures);
  }

  @ParameterizedTest
  @EnumSource
  void whatFailedStaysUntilTheMachineGoesOn(Kind kind) throws Exception {
    plug(kind, new DriveConfig.Use(true, ErrorPolicy.STOP, ErrorPolicy.STOP, 0, 0));
    guest.fill(DATA, 4096, 1);
    faults.error(Errno.EIO);
    guest.post(DiskGuest.OUT, 8, new Piece(DATA, 4096));
    assertTrue(settles(LONG));
    assertEquals(0, guest.answered());
    guest.listener.post(disk::retry);
    guest.await();
    assertEquals(31, file()[4096]);
  }
}
