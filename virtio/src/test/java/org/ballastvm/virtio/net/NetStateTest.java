package org.ballastvm.virtio.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.ballastvm.state.SameFields;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.Test;

/** What a driver has made of a card goes to another one, which has a wire of its own. */
class NetStateTest {
  /** The wire, and what is of use within a call alone. */
  private static final Set<String> NO_STATE = Set.of("NetDevice.peer", "NetDevice.served", "Receiver.peer",
      "Sender.peer",
      "DescriptorChain.*", "Turn.startNanos");

  private static NetBench busy() {
    NetBench card = NetBench.started(true, NetBench.USUAL | NetFeature.bits(NetFeature.GUEST_CSUM,
        NetFeature.CTRL_GUEST_OFFLOADS));
    card.command((byte) 0, (byte) 0, (byte) 0);
    card.command((byte) 0, (byte) 1, (byte) 1);
    card.command((byte) 1, (byte) 1, (byte) 0x52, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1);
    card.command((byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0,
        (byte) 1, (byte) 2, (byte) 3, (byte) 4, (byte) 5, (byte) 6);
    card.command((byte) 5, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
    card.offerRx(8, 2000);
    assertTrue(card.bench.device.announce());
    return card;
  }

  @Test
  void anotherCardGoesOnWhereThisOneWas() {
    NetBench first = busy();
    FakePeer wire = new FakePeer(true);
    Bench<NetDevice> second = first.bench.movedTo((memory, events) -> new NetDevice(
        new NetConfig(NetBench.MAC, 1, OptionalInt.of(9000), 256, 256), wire));
    wire.connect(second.device.card(second.function::doorbell));
    assertEquals(first.bench.function.state(), second.function.state());
    assertEquals(Set.of(), SameFields.differences(first.bench.device, second.device, NO_STATE));
    second.bus.settle();
    assertEquals(0, wire.offloads);
    wire.arrives(new byte[12 + 60]); // to 00:00:00:00:00:00, which nobody asked for
    byte[] own = new byte[72];
    System.arraycopy(NetBench.frame(0x5200_0000_0001L, 60), 0, own, 12, 60);
    wire.arrives(own);
    assertEquals(1, first.rx().collect().size());
    first.tx().post(Buffer.read(NetBench.TX, 72));
    second.bus.settle();
    assertEquals(1, wire.sent.size());
    assertEquals(List.of(), first.peer.sent);
  }

  @Test
  void aResetIsPowerOn() {
    NetBench worked = busy();
    NetDevice.State before = worked.bench.device.state();
    worked.bench.function.reset();
    assertNotEquals(before, worked.bench.device.state());
    assertEquals(worked.bench.device.powerOn(), worked.bench.device.state());
    NetBench fresh = new NetBench(true, 1);
    assertEquals(fresh.bench.device.state(), worked.bench.device.state());
  }
}
