package org.ballastvm.virtio.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.ballastvm.virtio.driver.FakeServer;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.Test;

/** A card whose frames another moves: what is left to it are commands, its link, and that the machine stands. */
class NetServedTest {
  private final FakeServer server = new FakeServer(4,
      (queue, features) -> queue < 2 * (NetFeature.MQ.in(features) ? 2 : 1));

  private NetBench started(long more) {
    return new NetBench(true, 2, server).start(NetBench.USUAL & server.features() | more);
  }

  @Test
  void theServerHasTheQueuesOfFramesAndTheCardThatOfCommands() {
    NetBench card = started(NetFeature.MQ.bit());
    assertEquals(Set.of(0, 1, 2, 3), server.rings().keySet());
    assertEquals(0, card.command((byte) 0, (byte) 0, (byte) 1));
    card.tx().post(Buffer.read(NetBench.TX, 60));
    card.settle();
    assertEquals(List.of(), card.tx().collect());
  }

  @Test
  void aDriverThatKnowsOnePairHasItsCommandsBehindIt() {
    NetBench card = started(0);
    assertEquals(Set.of(0, 1), server.rings().keySet());
    assertFalse(card.bench.function.driverState().broken());
  }

  @Test
  void whileTheMachineStandsNobodyMovesFrames() {
    NetBench card = started(0);
    card.tx().post(Buffer.read(NetBench.TX, 60));
    card.bench.device.pause(true, card.bench.function::doorbell);
    card.settle();
    assertTrue(server.rings().isEmpty());
    assertEquals(List.of(), card.tx().collect());
    card.bench.device.pause(false, card.bench.function::doorbell);
    assertEquals(Set.of(0, 1), server.rings().keySet());
  }

  @Test
  void whileTheLinkIsDownFramesAreLostHere() {
    NetBench card = started(0);
    card.bench.device.setLink(false);
    assertTrue(server.rings().isEmpty());
    card.tx().post(Buffer.read(NetBench.TX, 60));
    card.settle();
    assertEquals(1, card.tx().collect().size());
    card.bench.device.setLink(true);
    assertEquals(Set.of(0, 1), server.rings().keySet());
    assertEquals(1, server.rings().get(1).next());
    card.bench.device.pause(true, card.bench.function::doorbell);
    card.bench.device.setLink(false);
    card.bench.device.setLink(true);
    assertTrue(server.rings().isEmpty(), "the machine stands still");
  }
}
