package org.ballastvm.vmm.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.ballastvm.vmm.config.NetdevConfig;
import org.ballastvm.vmm.config.NetdevOptions;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.loop.EventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Debian's passt at the other end of a wire. */
class PasstTest {
  private static final Path PROGRAM = Path.of("/usr/bin/passt");
  private static final byte[] GUEST = {0x52, 0x54, 0, 0x12, 0x34, 0x56};
  private static final byte[] GATEWAY_IP = {10, 0, 2, 2};

  private final EventLoop loop = new EventLoop("passt", crash -> {});
  private UserNetdev netdev;
  private CardOfTest card;

  @BeforeEach
  void start() throws IOException {
    boolean there = Files.isExecutable(PROGRAM);
    assertTrue(there || System.getenv("CI") == null, "CI needs passt");
    assumeTrue(there, "skipped: there is no passt: apt-get install passt");
    assumeTrue(
        Files.readAllLines(Path.of("/proc/net/route")).stream().anyMatch(line -> line.matches("\\S+\\s+00000000\\s.*")),
        "skipped: this host has no default route, without which passt does not start");
    netdev = new UserNetdev(loop, (NetdevConfig.User) NetdevOptions.parse("user,id=n"), PROGRAM);
    card = new CardOfTest(netdev.wire());
    loop.start();
  }

  @AfterEach
  void end() {
    loop.stop();
    if (netdev != null) {
      netdev.close();
    }
    loop.close();
  }

  /** Who has the gateway's address? */
  private static byte[] question() {
    ByteBuffer frame = ByteBuffer.allocate(60);
    frame.put(new byte[]{-1, -1, -1, -1, -1, -1}).put(GUEST).putShort((short) 0x0806);
    frame.putShort((short) 1).putShort((short) 0x0800).put((byte) 6).put((byte) 4).putShort((short) 1);
    frame.put(GUEST).put(new byte[]{10, 0, 2, 15}).put(new byte[6]).put(GATEWAY_IP);
    return frame.array();
  }

  private static boolean isAnswer(byte[] frame) {
    return frame.length >= 42 && frame[12] == 8 && frame[13] == 6 && frame[21] == 2
        && Arrays.equals(Arrays.copyOfRange(frame, 28, 32), GATEWAY_IP);
  }

  private void send(byte[] frame) throws Exception {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    loop.post(() -> {
      card.send(frame, 20);
      netdev.wire().flush(0);
      sent.complete(null);
    });
    sent.get(20, TimeUnit.SECONDS);
  }

  @Test
  void theGatewayAnswers() throws Exception {
    assertTrue(netdev.wire().isUp());
    assertEquals("net=10.0.2.0,by=passt", netdev.wire().describe());
    send(question());
    Await.until(() -> card.received.stream().anyMatch(PasstTest::isAnswer));
    byte[] answer = card.received.stream().filter(PasstTest::isAnswer).findFirst().orElseThrow();
    assertArrayEquals(GUEST, Arrays.copyOf(answer, 6));
  }

  @Test
  void whenItEndsTheLinkGoesAndNothingOfItIsLeft() {
    List<ProcessHandle> children = ProcessHandle.current().children().toList();
    assertEquals(1, children.size());
    children.getFirst().destroyForcibly();
    Await.until(() -> card.links.equals(List.of(false)));
    netdev.close();
    assertEquals(0, ProcessHandle.current().children().count());
  }
}
