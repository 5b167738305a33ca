package org.ballastvm.virtio.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands, and what a driver reads. */
class NetControlTest {
  private static final int OK = 0;
  private static final int ERR = 1;
  private static final long GROUP = 0x0100_5e00_0001L;
  private final NetBench card = NetBench.started(true, NetBench.USUAL | NetFeature.bits(NetFeature.GUEST_CSUM,
      NetFeature.GUEST_TSO4, NetFeature.CTRL_GUEST_OFFLOADS));

  /** How many of the frames to a station, a group, all, and to the card come through. */
  private List<Integer> received() {
    return List.of(NetBench.OTHER, GROUP, MacAddress.BROADCAST, card.bench.device.mac().bits()).stream().map(to -> {
      card.offerRx(1, 2000);
      byte[] frame = new byte[72];
      System.arraycopy(NetBench.frame(to, 60), 0, frame, 12, 60);
      card.peer.arrives(frame);
      return card.rx().collect().size();
    }).toList();
  }

  private static byte[] table(long[] stations, long[] groups) {
    ByteBuffer bytes = ByteBuffer.allocate(10 + 6 * (stations.length + groups.length)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 1).put((byte) 0);
    for (long[] list : List.of(stations, groups)) {
      bytes.putInt(list.length);
      for (long address : list) {
        for (int shift = 40; shift >= 0; shift -= 8) {
          bytes.put((byte) (address >>> shift));
        }
      }
    }
    return bytes.array();
  }

  @Test
  void aDriverThatSaysNothingGetsAllFrames() { assertEquals(List.of(1, 1, 1, 1), received()); }

  @ParameterizedTest
  @CsvSource({"1, 0 1 1 1", "2, 1 0 1 1", "3, 0 0 1 1", "4, 0 0 1 0", "5, 0 0 0 1"})
  void eachSwitchLetsItsOwnFramesThrough(int mode, String expected) {
    assertEquals(OK, card.command((byte) 0, (byte) 0, (byte) 0));
    assertEquals(OK, card.command((byte) 0, (byte) mode, (byte) 1));
    assertEquals(List.of(expected.split(" ")), received().stream().map(String::valueOf).toList());
    assertEquals(OK, card.command((byte) 0, (byte) mode, (byte) 0));
    assertEquals(List.of(0, 0, 1, 1), received());
  }

  @Test
  void aTableNamesMoreStationsAndGroups() {
    assertEquals(OK, card.command((byte) 0, (byte) 0, (byte) 0));
    assertEquals(OK, card.command(table(new long[]{NetBench.OTHER}, new long[]{})));
    assertEquals(List.of(1, 0, 1, 1), received());
    assertEquals(OK, card.command(table(new long[]{}, new long[]{GROUP})));
    assertEquals(List.of(0, 1, 1, 1), received());
  }

  @Test
  void ofATableThatIsTooLongAllFramesCome() {
    assertEquals(OK, card.command((byte) 0, (byte) 0, (byte) 0));
    assertEquals(OK, card.command(table(new long[65], new long[]{})));
    assertEquals(List.of(1, 0, 1, 1), received());
    assertEquals(OK, card.command(table(new long[]{}, new long[65])));
    assertEquals(List.of(0, 1, 1, 1), received());
  }

  @Test
  void theAddressIsSetAndReadBack() {
    assertEquals(0x5254_0012_3456L, Long.reverseBytes(card.bench.driver.device(0, 8)) >>> 16);
    assertEquals(OK, card.command((byte) 1, (byte) 1, (byte) 0x52, (byte) 0x54, (byte) 0, (byte) 9, (byte) 8,
        (byte) 7));
    assertEquals("52:54:00:09:08:07", card.bench.device.mac().toString());
    assertEquals(7, card.bench.driver.device(5, 1));
    card.bench.driver.reset();
    assertEquals(NetBench.MAC, card.bench.device.mac());
  }

  @Test
  void offloadsAreThoseAgreedOnUntilACommandSaysElse() {
    assertEquals(NetFeature.bits(NetFeature.GUEST_CSUM, NetFeature.GUEST_TSO4), card.peer.offloads);
    assertEquals(OK, card.command((byte) 5, (byte) 0, (byte) 2, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0,
        (byte) 0, (byte) 0));
    assertEquals(NetFeature.GUEST_CSUM.bit(), card.peer.offloads);
    assertEquals(ERR, card.command((byte) 5, (byte) 0, (byte) 2, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0,
        (byte) 0, (byte) 0));
    assertEquals(NetFeature.GUEST_CSUM.bit(), card.peer.offloads);
    card.bench.driver.reset();
    assertEquals(0, card.peer.offloads);
  }

  @Test
  void aLinkThatGoesAndComesIsToldAndTheDriverIsAskedToAnnounceItself() {
    assertEquals(1, card.bench.driver.device(6, 2));
    card.peer.up = false;
    card.peer.card.linkChanged(false);
    assertEquals(0, card.bench.driver.device(6, 2));
    assertEquals(2, card.bench.driver.interruptStatus() & 2);
    card.peer.up = true;
    card.peer.card.linkChanged(true);
    assertEquals(3, card.bench.driver.device(6, 2));
    assertEquals(2, card.bench.driver.interruptStatus() & 2);
    assertEquals(OK, card.command((byte) 3, (byte) 0));
    assertEquals(1, card.bench.driver.device(6, 2));
    assertEquals(ERR, card.command((byte) 3, (byte) 0));
  }

  @Test
  void aLinkThatAUserHasTakenDownStaysDownOverAResetAndWhoeverComes() {
    card.bench.device.setLink(false);
    card.peer.card.linkChanged(true);
    card.bench.function.reset();
    assertFalse(card.bench.device.isLinkUp());
    card.bench.device.setLink(true);
    assertTrue(card.bench.device.isLinkUp());
  }

  @Test
  void severalPairsAreUsedWhenTheDriverSaysSo() {
    NetBench many = new NetBench(true, 4).start(NetBench.USUAL | NetFeature.MQ.bit());
    assertEquals(4, many.bench.driver.device(8, 2));
    assertEquals(9000, many.bench.driver.device(10, 2));
    assertEquals(1, many.peer.pairs);
    assertEquals(OK, many.command((byte) 4, (byte) 0, (byte) 3, (byte) 0));
    assertEquals(3, many.peer.pairs);
    assertEquals(ERR, many.command((byte) 4, (byte) 0, (byte) 5, (byte) 0));
    assertEquals(ERR, many.command((byte) 4, (byte) 0, (byte) 0, (byte) 0));
    assertEquals(3, many.peer.pairs);
    many.bench.driver.reset();
    assertEquals(1, many.peer.pairs);
  }

  @Test
  void aDriverThatKnowsOnePairHasItsCommandsBehindThat() {
    NetBench many = new NetBench(true, 4).start(NetBench.USUAL);
    many.put(NetBench.CONTROL, new byte[]{0, 0, 0});
    many.queues.get(2).post(Buffer.read(NetBench.CONTROL, 3), Buffer.write(NetBench.CONTROL + 8, 1));
    many.settle();
    assertEquals(1, many.queues.get(2).collect().size());
    assertFalse(many.bench.device.filter().has(RxMode.PROMISC));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "0000", "000001 01", "0006 01", "0100", "0100 ffffffff", "0100 01000000 5254",
      "0100 00000000 00000000 00", "0100 00000000 02000000 01005e000001", "0101 0102030405", "0101 01005e000001",
      "0101 525400000000 00", "0200 0100", "0300 00", "0400", "0400 01", "0500 01", "07ff"})
  void aCommandThatLiesIsRefusedAndChangesNothing(String hex) {
    byte[] bytes = new byte[hex.replace(" ", "").length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(hex.replace(" ", "").substring(2 * i, 2 * i + 2), 16);
    }
    NetDevice.State before = card.bench.device.state();
    if (bytes.length < 2) {
      card.queues.getLast().post(Buffer.read(NetBench.CONTROL, 1), Buffer.write(NetBench.CONTROL + 8, 1));
      card.settle();
      assertTrue(card.broken());
    } else {
      assertEquals(ERR, card.command(bytes));
      assertFalse(card.broken());
    }
    assertEquals(before, card.bench.device.state());
  }

  @Test
  void aCommandOfMoreBytesThanAnyIsRefused() {
    card.put(NetBench.CONTROL, new byte[]{1, 0});
    card.queues.getLast().post(Buffer.read(NetBench.CONTROL, 70_000), Buffer.write(NetBench.CONTROL + 80_000, 1));
    card.settle();
    assertEquals(1, card.queues.getLast().collect().size());
    assertEquals(ERR, card.bench.memory.getByte(NetBench.CONTROL + 80_000));
  }

  @Test
  void whatIsOfferedIsWhatThePeerCanDo() {
    long plain = new NetBench(false, 1).bench.driver.offered();
    long headers = new NetBench(true, 2).bench.driver.offered();
    assertFalse(NetFeature.CSUM.in(plain) || NetFeature.HOST_TSO4.in(plain) || NetFeature.MQ.in(plain));
    assertTrue(NetFeature.CSUM.in(headers) && NetFeature.HOST_TSO6.in(headers) && NetFeature.MQ.in(headers));
    assertTrue(NetFeature.MRG_RXBUF.in(plain) && NetFeature.MTU.in(plain));
    assertEquals(PciDriver.VERSION_1, plain & PciDriver.VERSION_1);
  }
}
