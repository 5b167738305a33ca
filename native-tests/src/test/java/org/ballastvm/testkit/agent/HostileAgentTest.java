package org.ballastvm.testkit.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guest, or a host, that breaks the rules of the channel. */
@Timeout(120)
class HostileAgentTest {
  private static final int FRAMES = 3000;

  /** A guest's side of the channel, played here. */
  private static final class Played implements AutoCloseable {
    final PipedOutputStream toHost = new PipedOutputStream();
    final PipedInputStream fromHost = new PipedInputStream(1 << 17);
    final Agent agent;

    Played() throws IOException {
      OutputStream out = new PipedOutputStream(fromHost);
      agent = Agent.over(new PipedInputStream(toHost, 1 << 17), out, out);
      byte[] hello = fromHost.readNBytes(Frame.HEADER_BYTES + 16);
      send(0, Frame.HELLO, 'B', Arrays.copyOfRange(hello, Frame.HEADER_BYTES, hello.length));
      agent.awaitUp(20);
    }

    void send(int session, int type, int stream, byte[] body) throws IOException {
      byte[] bytes = new byte[Frame.HEADER_BYTES + body.length];
      ByteBuffer frame = Frame.little(bytes);
      frame.putInt(body.length).putInt(session).put((byte) type).put((byte) stream).putShort((short) 0).put(body);
      toHost.write(bytes);
      toHost.flush();
    }

    @Override
    public void close() { agent.close(); }
  }

  @Test
  void aGuestThatSendsMoreThanItMayIsCutOff() throws IOException {
    try (Played guest = new Played()) {
      GuestProcess process = guest.agent.start(GuestCommand.of("anything"));
      for (int sent = 0; sent <= Frame.WINDOW_BYTES; sent += Frame.DATA_BYTES) {
        guest.send(1, Frame.DATA, Frame.OUTPUT, new byte[Frame.DATA_BYTES]);
      }
      assertEquals("the guest's agent is gone: the guest's agent sends more than it was given credit for",
          assertThrows(AgentError.class, process::waitFor).getMessage());
    }
  }

  @Test
  void aLengthThatNoFrameHasIsRefused() throws IOException {
    try (Played guest = new Played()) {
      GuestProcess process = guest.agent.start(GuestCommand.of("anything"));
      guest.toHost.write(new byte[]{-1, -1, -1, -1, 1, 0, 0, 0, 6, 1, 0, 0});
      guest.toHost.flush();
      assertTrue(assertThrows(AgentError.class, process::waitFor).getMessage().contains("4294967295 bytes"));
    }
  }

  @Test
  void framesOfSessionsThatAreNotThereAreDropped() throws IOException {
    try (Played guest = new Played()) {
      guest.send(77, Frame.DATA, Frame.OUTPUT, new byte[9]);
      GuestProcess process = guest.agent.start(GuestCommand.of("anything"));
      guest.send(1, Frame.ENDED, 0, Frame.numbers(0, 0x1234));
      assertEquals(new GuestEnd.Exited(0x34), process.waitFor());
      guest.send(1, Frame.ENDED, 0, Frame.numbers(0, 0));
      guest.send(0, Frame.SYNCED, 0, new byte[0]);
    }
  }

  @Test
  void whatStandsBeforeTheGreetingIsOfAnother() throws IOException {
    Process process = LocalAgent.start();
    process.getOutputStream().write(new byte[]{1, 2, 3, 20, 0, 0, 0, 5});
    try (Agent agent = Agent.over(process.getInputStream(), process.getOutputStream(), process.getOutputStream())) {
      agent.awaitUp(20);
      assertEquals(0, agent.run(GuestCommand.of("true")).status());
    }
  }

  /** Frames of every type with random bodies; a host that is new then finds an agent that serves it. */
  @Test
  void theAgentOutlivesAHostThatSendsAnything() throws IOException {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Process process = LocalAgent.start();
    Thread.ofVirtual().start(() -> drainUntilGreeted(process.getInputStream()));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Wire wire = new Wire(all);
    wire.send(0, Frame.HELLO, Frame.HELLO_STREAM, Frame.HELLO_REST, new byte[16], 0, 16);
    for (int i = 0; i < FRAMES; i++) {
      byte[] body = new byte[random.nextInt(48)];
      random.nextBytes(body);
      int type = 2 + random.nextInt(16);
      if (type == Frame.WRITE || type == Frame.SIGNAL) {
        continue; // a file of a random name, and a signal to a program that may be somebody's
      }
      wire.send(random.nextInt(80), type, random.nextInt(4), body);
    }
    process.getOutputStream().write(all.toByteArray());
    process.getOutputStream().flush();
    assertTrue(process.isAlive());
    process.getOutputStream().close();
    assertEquals(0, process.onExit().join().exitValue());
  }

  private static void drainUntilGreeted(InputStream in) {
    try (DataInputStream frames = new DataInputStream(in)) {
      while (true) {
        Frame.read(frames); // throws if the agent itself breaks a rule of lengths
      }
    } catch (IOException e) {
      // Its end.
    }
  }

  @Test
  void aStreamThatEndsWithinAFrameIsAnEnd() {
    Agent agent = Agent.over(new ByteArrayInputStream(new byte[5]), OutputStream.nullOutputStream(), () -> {});
    assertThrows(AgentError.class, () -> agent.awaitUp(20));
  }
}
