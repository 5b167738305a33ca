package org.ballastvm.virtio.blk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.ballastvm.virtio.blk.BlkRequest.Outcome;
import org.ballastvm.virtio.driver.BlkDriver;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.junit.jupiter.api.Test;

class BlkDeviceTest {
  private static final int DISK = 1 << 20;
  private static final long DATA = BlkDriver.DATA;

  private final BlkDriver guest = new BlkDriver(BlkConfig.DEFAULTS.withSerial("disk-0001"), DISK).start();

  @Test
  void whatIsWrittenIsReadAgain() {
    guest.fill(DATA, 8192, 7);
    assertEquals(BlkDriver.OK, guest.ask(BlkDriver.OUT, 16, Buffer.read(DATA, 512), Buffer.read(DATA + 512, 7680)));
    assertEquals(1, guest.written());
    assertEquals(BlkDriver.OK,
        guest.ask(BlkDriver.IN, 16, Buffer.write(DATA + 65536, 8000), Buffer.write(DATA + 131072, 192)));
    assertEquals(8193, guest.written());
    assertEquals(7 + 7996, guest.bench.memory.getInt(DATA + 65536 + 7996));
    assertEquals(7 + 8000, guest.bench.memory.getInt(DATA + 131072));
    assertEquals(List.of("WRITE 8192+8192", "READ 8192+8192"), guest.disk.takeLog());
  }

  @Test
  void theLastSectorIsOnTheDiskAndTheNextIsNot() {
    assertEquals(BlkDriver.OK, guest.ask(BlkDriver.IN, DISK / 512 - 1, Buffer.write(DATA, 512)));
    assertEquals(BlkDriver.IOERR, guest.ask(BlkDriver.IN, DISK / 512, Buffer.write(DATA, 512)));
    assertEquals(BlkDriver.IOERR, guest.ask(BlkDriver.IN, DISK / 512 - 1, Buffer.write(DATA, 1024)));
  }

  @Test
  void headerDataAndStatusMayBeCutAnyhow() {
    guest.fill(DATA, 1024, 3);
    guest.header(BlkDriver.OUT, 2);
    assertEquals(BlkDriver.OK,
        guest.send(Buffer.read(BlkDriver.HEADER, 1), Buffer.read(BlkDriver.HEADER + 1, 11),
            Buffer.read(BlkDriver.HEADER + 12, 4), Buffer.read(DATA, 1), Buffer.read(DATA + 1, 1023), guest.status()));
    assertEquals(3, guest.disk.content()[1024]);
    // One buffer to read, with header and data, and one to write, with data and status behind it.
    guest.header(BlkDriver.IN, 2);
    guest.bench.memory.putByte(BlkDriver.STATUS, BlkDriver.NONE);
    assertEquals(BlkDriver.OK, guest.send(Buffer.read(BlkDriver.HEADER, 16),
        Buffer.write(BlkDriver.STATUS - 1024, 1025)));
    assertEquals(3, guest.bench.memory.getInt(BlkDriver.STATUS - 1024));
  }

  @Test
  void aFlushGoesToTheDisk() {
    assertEquals(BlkDriver.OK, guest.ask(BlkDriver.FLUSH, 0));
    assertEquals(List.of("FLUSH 0+0"), guest.disk.takeLog());
  }

  @Test
  void theSerialNumberHasTwentyBytes() {
    guest.fill(DATA, 24, -1);
    assertEquals(BlkDriver.OK, guest.ask(BlkDriver.GET_ID, 0, Buffer.write(DATA, 9), Buffer.write(DATA + 9, 11)));
    byte[] id = new byte[20];
    for (int i = 0; i < id.length; i++) {
      id[i] = (byte) guest.bench.memory.getByte(DATA + i);
    }
    assertArrayEquals(Arrays.copyOf("disk-0001".getBytes(StandardCharsets.US_ASCII), 20), id);
    assertEquals(21, guest.written());
  }

  @Test
  void rangesAreDiscardedAndFilledWithZeros() {
    Arrays.fill(guest.disk.content(), (byte) 1);
    assertEquals(BlkDriver.OK, guest.ask(BlkDriver.DISCARD, 0, guest.range(8, 16, 0)));
    assertEquals(BlkDriver.OK, guest.ask(BlkDriver.WRITE_ZEROES, 0, guest.range(64, 1, 1)));
    assertEquals(BlkDriver.OK, guest.ask(BlkDriver.WRITE_ZEROES, 0, guest.range(65, 1, 0)));
    assertEquals(List.of("DISCARD 4096+8192", "WRITE_ZEROES 32768+512 unmap", "WRITE_ZEROES 33280+512"),
        guest.disk.takeLog());
  }

  @Test
  void aWriteIsDurableWhereNobodyFlushes() {
    guest.bench.driver.device(32, 1, 0);
    guest.ask(BlkDriver.OUT, 0, Buffer.read(DATA, 512));
    guest.bench.driver.device(32, 1, 1);
    guest.ask(BlkDriver.OUT, 0, Buffer.read(DATA, 512));
    guest.start(0);
    guest.ask(BlkDriver.OUT, 0, Buffer.read(DATA, 512));
    assertEquals(List.of("WRITE 0+512 durable", "WRITE 0+512", "WRITE 0+512 durable"), guest.disk.takeLog());
  }

  @Test
  void theDriverSeesWhatTheDiskIs() {
    BlkDriver other = new BlkDriver(BlkConfig.DEFAULTS.withQueues(3).withQueueSize(64).withBlocks(4096, 16384), DISK);
    assertEquals(DISK / 512, other.bench.driver.device(0, 8));
    assertEquals(62, other.bench.driver.device(12, 4));
    assertEquals(4096, other.bench.driver.device(20, 4));
    assertEquals(2, other.bench.driver.device(24, 1));
    assertEquals(4, other.bench.driver.device(26, 2));
    assertEquals(1, other.bench.driver.device(32, 1));
    assertEquals(3, other.bench.driver.device(34, 2));
    assertEquals(8, other.bench.driver.device(44, 4));
    assertEquals(0, other.bench.driver.device(56, 8) & ~1);
    other.start();
    assertEquals(BlkDriver.IOERR, other.ask(BlkDriver.IN, 0, Buffer.write(DATA, 512)));
    assertEquals(BlkDriver.IOERR, other.ask(BlkDriver.IN, 1, Buffer.write(DATA, 4096)));
    assertEquals(BlkDriver.OK, other.ask(BlkDriver.IN, 8, Buffer.write(DATA, 4096)));
  }

  @Test
  void aNewSizeIsSeenAndUsed() {
    guest.bench.driver.enableMessages(0xfee0_1000L);
    guest.bench.bus.takeMessages();
    guest.disk.resize(2 * DISK);
    guest.bench.device.resized();
    assertEquals(1, guest.bench.bus.takeMessages().size());
    assertEquals(2 * DISK / 512, guest.bench.driver.device(0, 8));
    assertEquals(BlkDriver.OK, guest.ask(BlkDriver.IN, DISK / 512, Buffer.write(DATA, 512)));
  }

  @Test
  void aFailedReadHasWrittenNothing() {
    guest.disk.answers(Outcome.IOERR);
    assertEquals(BlkDriver.IOERR, guest.ask(BlkDriver.IN, 0, Buffer.write(DATA, 512)));
    assertEquals(0, guest.written());
    assertEquals(BlkDriver.IOERR, guest.ask(BlkDriver.FLUSH, 0));
    assertEquals(1, guest.written());
  }

  @Test
  void nothingCanBeWrittenToWhatIsReadOnly() {
    BlkDriver other = new BlkDriver(BlkConfig.DEFAULTS.withReadOnly(true), DISK).start();
    assertEquals(1 << 5, other.bench.device.features() & (1 << 5 | 1 << 13 | 1 << 14));
    assertEquals(BlkDriver.IOERR, other.ask(BlkDriver.OUT, 0, Buffer.read(DATA, 512)));
    assertEquals(BlkDriver.UNSUPP, other.ask(BlkDriver.WRITE_ZEROES, 0, other.range(0, 1, 0)));
    assertEquals(BlkDriver.OK, other.ask(BlkDriver.IN, 0, Buffer.write(DATA, 512)));
    assertEquals(List.of("READ 0+512"), other.disk.takeLog());
  }

  @Test
  void requestsAreAnsweredAsTheyAreFinished() {
    guest.disk.holding();
    int first = guest.queue(0).offer(guest.header(BlkDriver.IN, 0), Buffer.write(DATA, 512),
        Buffer.write(DATA + 512, 1));
    int second = guest.queue(0).offer(guest.header(BlkDriver.IN, 0), Buffer.write(DATA + 4096, 512),
        Buffer.write(DATA + 4608, 1));
    guest.queue(0).kick();
    guest.bench.bus.settle();
    assertEquals(2, guest.disk.underWay());
    assertEquals(List.of(), guest.queue(0).collect());
    guest.disk.finishLast();
    assertEquals(List.of(new Used(second, 513)), guest.queue(0).collect());
    guest.disk.finishLast();
    assertEquals(List.of(new Used(first, 513)), guest.queue(0).collect());
  }

  @Test
  void eachQueueHasItsOwnAnswers() {
    BlkDriver other = new BlkDriver(BlkConfig.DEFAULTS.withQueues(4), DISK).start();
    other.bench.driver.enableMessages(0xfee0_1000L);
    for (int queue = 0; queue < 4; queue++) {
      other.queue(queue).post(other.header(BlkDriver.FLUSH, 0), other.status());
      other.bench.bus.settle();
      assertEquals(1, other.queue(queue).collect().size());
      assertEquals(queue + 1, other.bench.bus.takeMessages().getFirst().data());
    }
  }

  @Test
  void aDriverThatOffersMoreThanItsQueueHoldsWaitsForAnswers() {
    BlkDriver other = new BlkDriver(BlkConfig.DEFAULTS.withQueueSize(4), DISK).start(PciDriver.INDIRECT);
    other.disk.holding();
    for (int i = 0; i < 3; i++) {
      other.queue(0).offerIndirect(BlkDriver.DATA + 64, other.header(BlkDriver.FLUSH, 0), other.status());
      other.queue(0).offerHead(0);
      other.queue(0).kick();
      other.bench.bus.settle();
    }
    assertEquals(4, other.disk.underWay());
    other.disk.finishLast();
    other.bench.bus.settle();
    assertEquals(4, other.disk.underWay());
    assertEquals(1, other.queue(0).collect().size());
    assertEquals(0, other.bench.driver.status() & PciDriver.NEEDS_RESET);
  }

  @Test
  void aResetForgetsWhatHasNotBegun() {
    guest.disk.holding();
    guest.queue(0).post(guest.header(BlkDriver.IN, 0), Buffer.write(DATA, 512), guest.status());
    guest.bench.driver.reset();
    guest.bench.bus.settle();
    guest.start();
    assertEquals(0, guest.disk.underWay());
    assertFalse(guest.disk.takeLog().contains("READ 0+512"));
    assertTrue(guest.disk.isIdle());
  }
}
