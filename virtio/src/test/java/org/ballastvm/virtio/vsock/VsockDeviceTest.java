package org.ballastvm.virtio.vsock;

import static org.ballastvm.virtio.vsock.VsockHeader.CREDIT_REQUEST;
import static org.ballastvm.virtio.vsock.VsockHeader.CREDIT_UPDATE;
import static org.ballastvm.virtio.vsock.VsockHeader.REQUEST;
import static org.ballastvm.virtio.vsock.VsockHeader.RESPONSE;
import static org.ballastvm.virtio.vsock.VsockHeader.RST;
import static org.ballastvm.virtio.vsock.VsockHeader.RW;
import static org.ballastvm.virtio.vsock.VsockHeader.SHUTDOWN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.vsock.VsockDriver.Packet;
import org.ballastvm.virtio.vsock.VsockDriver.Peer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams both ways, guests that lie, and peers that do not read. */
class VsockDeviceTest {
  private static final int PORT = 1234;
  private static final int OWN = 5678;

  private final VsockDriver driver = new VsockDriver().start(64);

  private static Packet packet(int operation, String text) { return new Packet(operation, PORT, OWN, 0, text); }

  @Test
  void aGuestAsksForAStreamAndBothSend() {
    Peer peer = driver.connect(PORT, OWN);
    driver.send(RW, PORT, OWN, 0, "hello");
    assertEquals("hello", peer.text());
    peer.toSend = "back";
    driver.bench.device.ready(peer);
    assertEquals(List.of(packet(RW, "back")), driver.hear());
    assertEquals(3, driver.bench.driver.device(0, 8));
  }

  @Test
  void whereNobodyIsThereIsNoStream() {
    driver.send(REQUEST, PORT, OWN, 0, "");
    assertEquals(List.of(packet(RST, "")), driver.hear());
  }

  @Test
  void theHostAsksForAStreamAndTheGuestTakesIt() {
    Peer peer = new Peer();
    assertTrue(driver.bench.device.ask(peer, 52).isPresent());
    Packet asked = driver.hear().getFirst();
    assertEquals(new Packet(REQUEST, asked.hostPort(), 52, 0, ""), asked);
    peer.toSend = "first";
    driver.bench.device.ready(peer);
    assertEquals(List.of(), driver.hear(), "nothing before the guest has taken it");
    driver.send(RESPONSE, asked.hostPort(), 52, 0, "");
    assertEquals(asked.hostPort(), peer.acceptedAs);
    assertEquals(List.of(new Packet(RW, asked.hostPort(), 52, 0, "first")), driver.hear());
  }

  @Test
  void aGuestThatRefusesClosesThePeer() {
    Peer peer = new Peer();
    driver.bench.device.ask(peer, 52);
    driver.send(RST, driver.hear().getFirst().hostPort(), 52, 0, "");
    assertEquals(1, peer.closed);
    assertEquals(0, peer.acceptedAs);
  }

  @Test
  void noDriverIsAskedForNothing() {
    assertEquals(Optional.empty(), new VsockDriver().bench.device.ask(new Peer(), 52));
  }

  @Test
  void aGuestGetsNoMoreThanItHasRoomFor() {
    Peer peer = new Peer();
    driver.peers.put(PORT, peer);
    peer.toSend = "0123456789abcdefghijklmno";
    driver.send(REQUEST, PORT, OWN, 0, "", 10, 0);
    assertEquals(List.of(packet(RESPONSE, ""), packet(RW, "0123456789")), driver.hear());
    driver.send(CREDIT_UPDATE, PORT, OWN, 0, "", 10, 4);
    assertEquals(List.of(packet(RW, "abcd")), driver.hear());
    driver.send(CREDIT_UPDATE, PORT, OWN, 0, "", 100, 14);
    assertEquals(List.of(packet(RW, "efghijklmno")), driver.hear());
  }

  @Test
  void aGuestThatLiesOfItsRoomGetsNoMoreThanItsBuffersHold() {
    Peer peer = driver.connect(PORT, OWN);
    driver.send(CREDIT_UPDATE, PORT, OWN, 0, "", -1, Integer.MIN_VALUE);
    peer.toSend = "x".repeat(5000);
    driver.bench.device.ready(peer);
    int got = driver.hear().stream().mapToInt(heard -> heard.text().length()).sum();
    assertTrue(got == 0 || got == 5000, () -> got + " bytes");
  }

  @Test
  void aPeerThatDoesNotReadHoldsWhatTheGuestMaySend() {
    Peer peer = driver.connect(PORT, OWN);
    peer.room = 5;
    driver.send(RW, PORT, OWN, 0, "held back");
    assertEquals("held ", peer.text());
    driver.send(CREDIT_REQUEST, PORT, OWN, 0, "");
    assertEquals(List.of(packet(CREDIT_UPDATE, "")), driver.hear());
    peer.room = 100;
    driver.bench.device.ready(peer);
    assertEquals("held back", peer.text());
    peer.room = 0;
    for (int i = 0; i < 16; i++) {
      driver.send(RW, PORT, OWN, 0, "y".repeat(4096));
    }
    assertEquals(List.of(), driver.hear());
    driver.send(RW, PORT, OWN, 0, "z");
    assertEquals(List.of(packet(RST, "")), driver.hear());
    assertEquals(1, peer.closed);
  }

  @Test
  void aGuestIsToldOfRoomBeforeItHasNone() {
    driver.connect(PORT, OWN);
    for (int i = 0; i < 8; i++) {
      assertEquals(List.of(), driver.hear());
      driver.send(RW, PORT, OWN, 0, "y".repeat(4096));
    }
    assertEquals(List.of(packet(CREDIT_UPDATE, "")), driver.hear());
  }

  @Test
  void aGuestThatSendsNoMoreStillReceives() {
    Peer peer = driver.connect(PORT, OWN);
    peer.room = 2;
    driver.send(RW, PORT, OWN, 0, "last");
    driver.send(SHUTDOWN, PORT, OWN, 2, "");
    assertFalse(peer.outputEnded, "it has not got all");
    peer.room = 100;
    peer.toSend = "answer";
    driver.bench.device.ready(peer);
    assertTrue(peer.outputEnded);
    assertEquals(List.of(packet(RW, "answer")), driver.hear());
    driver.send(SHUTDOWN, PORT, OWN, 3, "");
    assertEquals(List.of(packet(RST, "")), driver.hear());
    assertEquals(1, peer.closed);
  }

  @Test
  void aPeerThatSendsNoMoreStillReceives() {
    Peer peer = driver.connect(PORT, OWN);
    peer.toSend = "last";
    peer.ended = true;
    driver.bench.device.ready(peer);
    assertEquals(List.of(packet(RW, "last"), new Packet(SHUTDOWN, PORT, OWN, 2, "")), driver.hear());
    driver.send(RW, PORT, OWN, 0, "still");
    assertEquals("still", peer.text());
  }

  @Test
  void aPeerThatIsGoneEndsTheStream() {
    Peer peer = driver.connect(PORT, OWN);
    peer.gone = true;
    driver.send(RW, PORT, OWN, 0, "lost");
    assertEquals(List.of(packet(RST, "")), driver.hear());
    driver.send(RW, PORT, OWN, 0, "more");
    assertEquals(List.of(packet(RST, "")), driver.hear());
    assertEquals(1, peer.closed);
  }

  @Test
  void streamsTakeTurns() {
    VsockDriver narrow = new VsockDriver().start(1);
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      peers.add(narrow.connect(PORT + i, OWN));
    }
    for (Peer peer : peers) {
      peer.toSend = "x".repeat(1 << 20);
      narrow.bench.device.ready(peer); // The one buffer is the first peer's, so that all wait when there are more.
    }
    narrow.post(64);
    int[] got = new int[4];
    narrow.hear().forEach(heard -> got[heard.hostPort() - PORT]++);
    assertArrayEquals(new int[]{17, 16, 16, 16}, got);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "9, 0", "65535, 0", "2, 0"})
  void whatNoStreamIsToldEndsIt(int operation, int flags) {
    Peer peer = driver.connect(PORT, OWN);
    driver.send(operation, PORT, OWN, flags, "");
    assertEquals(List.of(packet(RST, "")), driver.hear());
    assertEquals(1, peer.closed);
  }

  @ParameterizedTest
  @CsvSource({"4, 2", "2, 2", "0, 2", "3, 3", "3, -1", "-4294967293, 2"})
  void aPacketOfSomebodyElseIsAMistakeAndLeftAlone(long from, long to) {
    Peer peer = driver.connect(PORT, OWN);
    driver.header(from, to, PORT, OWN, 0, 1, RST, 0, 0, 0);
    assertEquals(1, driver.sendRaw(44));
    assertTrue(driver.bench.events.getFirst() instanceof DeviceEvent.GuestMistake mistake && !mistake.needsReset());
    assertEquals(0, peer.closed);
  }

  @ParameterizedTest
  @CsvSource({"6", "5000", "65537", "-1", "-2147483648"})
  void aLengthThatIsNoneEndsTheStream(int length) {
    Peer peer = driver.connect(PORT, OWN);
    driver.header(VsockDriver.CID, 2, PORT, OWN, length, 1, RW, 0, 100, 0);
    driver.sendRaw(44 + 5);
    assertEquals(List.of(packet(RST, "")), driver.hear());
    assertEquals("", peer.text());
  }

  @Test
  void anotherKindOfSocketIsRefused() {
    driver.header(VsockDriver.CID, 2, PORT, OWN, 0, 2, REQUEST, 0, 100, 0);
    driver.sendRaw(44);
    assertEquals(List.of(packet(RST, "")), driver.hear());
  }

  @ParameterizedTest
  @CsvSource({"1", "20", "43"})
  void aPacketThatIsCutShortStopsTheDevice(int length) {
    assertEquals(0, driver.sendRaw(length));
    assertNotEquals(0, driver.bench.driver.status() & PciDriver.NEEDS_RESET);
  }

  @Test
  void aBufferTooSmallForAHeaderStopsTheDevice() {
    VsockDriver other = new VsockDriver().start(0);
    other.queue(0).post(Buffer.write(12 << 20, 43));
    other.send(REQUEST, PORT, OWN, 0, "");
    assertNotEquals(0, other.bench.driver.status() & PciDriver.NEEDS_RESET);
  }

  @Test
  void aGuestThatDoesNotReceiveIsNotListenedToForEver() {
    VsockDriver deaf = new VsockDriver().start(0);
    int taken = 0;
    for (int i = 0; i < 100; i++) {
      deaf.header(VsockDriver.CID, 2, PORT, i, 0, 1, RW, 0, 0, 0);
      taken += deaf.sendRaw(44);
    }
    assertEquals(64, taken);
    deaf.post(128);
    assertEquals(64, deaf.hear().size() - deaf.queue(1).collect().size());
  }

  @Test
  void thereAreOnlySoManyStreams() {
    for (int i = 0; i < VsockStreams.MOST; i++) {
      driver.connect(PORT, i);
    }
    driver.send(REQUEST, PORT, OWN, 0, "");
    assertEquals(List.of(packet(RST, "")), driver.hear());
    driver.bench.driver.reset();
    assertEquals(1, driver.peers.get(PORT).closed);
  }

  @Test
  void aDriverThatGoesOnElsewhereHearsThatItsStreamsAreGone() {
    driver.connect(PORT, OWN);
    driver.queue(2).post(Buffer.write(13 << 20, 8));
    driver.bench.memory.putInt(13 << 20, -1);
    Bench<VsockDevice> second = driver.bench
        .movedTo((memory, events) -> new VsockDevice(VsockDriver.CID, port -> Optional.empty(), events));
    second.bus.settle();
    assertEquals(4, driver.queue(2).collect().getFirst().writtenBytes());
    assertEquals(0, second.memory.getInt(13 << 20));
    assertEquals(new VsockDevice.State(false), second.device.state());
  }
}
