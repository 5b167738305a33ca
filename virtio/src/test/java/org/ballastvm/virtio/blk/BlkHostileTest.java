package org.ballastvm.virtio.blk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.BlkDriver;
import org.ballastvm.virtio.driver.FlatMemory;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a driver sends, it gets the status that the specification names, and the disk is left alone. */
class BlkHostileTest {
  private static final int DISK = 1 << 20;
  private static final long DATA = BlkDriver.DATA;

  private final BlkDriver guest = new BlkDriver(BlkConfig.DEFAULTS, DISK).start();

  private void stopped(String told) {
    assertNotEquals(0, guest.bench.driver.status() & PciDriver.NEEDS_RESET);
    DeviceEvent.GuestMistake event = assertInstanceOf(DeviceEvent.GuestMistake.class, guest.bench.events.getFirst());
    assertTrue(event.sentence().contains(told), event::sentence);
    assertEquals(List.of(), guest.disk.takeLog());
    assertEquals(-1, guest.written());
    guest.bench.driver.reset();
    assertEquals(BlkDriver.OK, guest.start().ask(BlkDriver.FLUSH, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 15})
  void aHeaderThatIsCutShortStopsTheDevice(int length) {
    guest.header(BlkDriver.OUT, 0);
    guest.send(Buffer.read(BlkDriver.HEADER, length), guest.status());
    stopped("a chain with " + length + " bytes to read; a request begins with 16");
  }

  @Test
  void aRequestWithoutAHeaderStopsTheDevice() {
    guest.send(guest.status());
    stopped("a chain with 0 bytes to read");
  }

  @Test
  void aRequestWithoutAStatusStopsTheDevice() {
    guest.send(guest.header(BlkDriver.OUT, 0), Buffer.read(DATA, 512));
    stopped("without a byte to write its status to");
  }

  @Test
  void whatIsToBeReadBehindWhatIsToBeWrittenStopsTheDevice() {
    guest.send(guest.header(BlkDriver.OUT, 0), guest.status(), Buffer.read(DATA, 512));
    stopped("is to be read, behind one that is to be written");
  }

  @Test
  void dataThatIsNoMemoryStopsTheDevice() {
    guest.send(guest.header(BlkDriver.IN, 0), Buffer.write(FlatMemory.LOW_BYTES - 256, 512), guest.status());
    stopped("which are not all memory");
  }

  @ParameterizedTest
  @CsvSource({"-1", "-2048", "0x7fffffffffffffff", "0x4000000000000000", "0x80000000000000", "2048", "2047"})
  void aPlaceThatIsNotOnTheDiskIsAnError(String sector) {
    assertEquals(BlkDriver.IOERR, guest.ask(BlkDriver.IN, Long.decode(sector), Buffer.write(DATA, 1024)));
    assertEquals(0, guest.written());
    assertEquals(BlkDriver.IOERR, guest.ask(BlkDriver.OUT, Long.decode(sector), Buffer.read(DATA, 1024)));
    assertEquals(List.of(), guest.disk.takeLog());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511, 513, 4095})
  void aLengthThatIsNoBlocksIsAnError(int length) {
    assertEquals(BlkDriver.IOERR, guest.ask(BlkDriver.IN, 0, Buffer.write(DATA, length)));
    assertEquals(BlkDriver.IOERR, guest.ask(BlkDriver.OUT, 0, Buffer.read(DATA, length)));
    assertEquals(List.of(), guest.disk.takeLog());
  }

  @Test
  void aRequestOfMoreThanTheDiskIsAnError() {
    assertEquals(BlkDriver.IOERR, guest.ask(BlkDriver.IN, 0, Buffer.write(DATA, DISK), Buffer.write(DATA, 512)));
    assertEquals(BlkDriver.OK, guest.ask(BlkDriver.IN, 0, Buffer.write(11L << 20, DISK)));
  }

  @Test
  void nothingAtAllIsReadAndWrittenWithoutTheDisk() {
    assertEquals(BlkDriver.OK, guest.ask(BlkDriver.IN, 0));
    assertEquals(BlkDriver.OK, guest.ask(BlkDriver.OUT, 2048));
    assertEquals(BlkDriver.IOERR, guest.ask(BlkDriver.OUT, 2049));
    assertEquals(List.of(), guest.disk.takeLog());
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "4, 1", "8, 1"})
  void dataToReadWhereThereIsNoneToSendIsAnError(int type, int status) {
    assertEquals(status, guest.ask(type, 0, Buffer.read(DATA, 512)));
    assertEquals(List.of(), guest.disk.takeLog());
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "4, 1", "11, 1", "13, 1"})
  void roomForDataWhereThereIsNoneToGetIsAnError(int type, int status) {
    assertEquals(status, guest.ask(type, 0, Buffer.write(DATA, 512)));
    assertEquals(0, guest.written());
    assertEquals(List.of(), guest.disk.takeLog());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 7, 10, 12, 14, 16, 24, 0xffff, -1})
  void aRequestOfNoKindIsUnsupported(int type) {
    assertEquals(BlkDriver.UNSUPP, guest.ask(type, 0, Buffer.write(DATA, 512)));
    assertEquals(BlkDriver.UNSUPP, guest.ask(type, 0));
    assertEquals(0, guest.bench.driver.status() & PciDriver.NEEDS_RESET);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0, 1", "2048, 1, 0, 1", "2047, 2, 0, 1", "-1, 1, 0, 1", "0, -1, 0, 1", "0, 0x200001, 0, 1",
      "0, 1, 2, 2", "0, 1, 0x80000000, 2"})
  void aRangeThatIsNotOnTheDiskIsAnError(String sector, String sectors, String flags, int status) {
    for (int type : List.of(BlkDriver.DISCARD, BlkDriver.WRITE_ZEROES)) {
      assertEquals(status, guest.ask(type, 0,
          guest.range(Long.decode(sector), Long.decode(sectors).intValue(), Long.decode(flags).intValue())));
    }
    assertEquals(List.of(), guest.disk.takeLog());
  }

  @Test
  void aDiscardIsNotToldToUnmap() {
    assertEquals(BlkDriver.UNSUPP, guest.ask(BlkDriver.DISCARD, 0, guest.range(0, 8, 1)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 17, 32})
  void rangesThatAreNotOneAreAnError(int length) {
    guest.range(0, 8, 0);
    Buffer[] data = length == 0 ? new Buffer[0] : new Buffer[]{Buffer.read(DATA, length)};
    assertEquals(BlkDriver.IOERR, guest.ask(BlkDriver.DISCARD, 0, data));
    assertEquals(List.of(), guest.disk.takeLog());
  }

  @Test
  void aShortBufferForTheSerialNumberGetsItsBeginning() {
    BlkDriver named = new BlkDriver(BlkConfig.DEFAULTS.withSerial("0123456789abcdefghij"), DISK).start();
    named.bench.memory.putInt(DATA, -1);
    assertEquals(BlkDriver.OK, named.ask(BlkDriver.GET_ID, 0, Buffer.write(DATA, 3)));
    assertEquals(0xff323130, named.bench.memory.getInt(DATA));
    assertEquals(BlkDriver.OK, named.ask(BlkDriver.GET_ID, 0));
    assertEquals(BlkDriver.OK, named.ask(BlkDriver.GET_ID, 0, Buffer.write(DATA, 4096)));
    assertEquals(20, named.written());
  }

  @Test
  void memoryThatGoesWhileARequestIsUnderWayStopsTheDevice() {
    guest.disk.holding();
    guest.queue(0).post(guest.header(BlkDriver.FLUSH, 0), guest.status());
    guest.bench.bus.settle();
    guest.bench.memory.remove(BlkDriver.STATUS, 4096);
    guest.disk.finishLast();
    assertNotEquals(0, guest.bench.driver.status() & PciDriver.NEEDS_RESET);
    assertEquals(List.of(), guest.queue(0).collect());
  }

  @Test
  void registersOtherThanTheWriteCacheCannotBeWritten() {
    for (int offset = 0; offset < 60; offset += 4) {
      long before = guest.bench.driver.device(offset, 4);
      guest.bench.driver.device(offset, 4, -1);
      assertEquals(before, guest.bench.driver.device(offset, 4));
    }
  }
}
