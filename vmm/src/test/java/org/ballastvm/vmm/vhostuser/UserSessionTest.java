package org.ballastvm.vmm.vhostuser;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.ballastvm.kvm.HostFile;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.SocketMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Back-ends that lie, or say nothing: their answers lie ready before they are asked. */
class UserSessionTest {
  private static final long SPEAKS_OF_PROTOCOL = 1L << 30;
  private static final int REPLY = 5;

  private final Arena arena = Arena.ofConfined();
  private final HostSocket[] ends = HostSocket.pair("test");
  private final SocketMessage message = new SocketMessage();
  private UserSession session;

  @AfterEach
  void end() {
    if (session != null) {
      session.close();
    }
    ends[0].close();
    ends[1].close();
    message.close();
    arena.close();
  }

  /** What the back-end says next. */
  private void says(int request, int flags, byte[] payload) {
    says(request, flags, payload.length, payload);
  }

  private void says(int request, int flags, int size, byte[] payload) {
    byte[] all = ByteBuffer.allocate(12 + payload.length).order(ByteOrder.LITTLE_ENDIAN).putInt(request).putInt(flags)
        .putInt(size).put(payload).array();
    MemorySegment bytes = arena.allocate(all.length);
    MemorySegment.copy(all, 0, bytes, JAVA_BYTE, 0, all.length);
    assertEquals(all.length, message.send(ends[1], bytes));
  }

  private static byte[] number(long number) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
  }

  private void open() { session = new UserSession(ends[0], Duration.ZERO); }

  /** A back-end that agrees on some features of the protocol. */
  private void agrees(long protocol) {
    says(1, REPLY, number(SPEAKS_OF_PROTOCOL | 0x200));
    says(15, REPLY, number(protocol));
  }

  private void opens(ProtocolFeature... features) {
    long all = 0;
    for (ProtocolFeature feature : features) {
      all |= feature.mask();
    }
    agrees(all);
    open();
  }

  private static String failure(Runnable call) { return assertThrows(BackendError.class, call::run).getMessage(); }

  /** What has been sent, from the first byte. */
  private byte[] sent() {
    MemorySegment all = arena.allocate(4096);
    int count = message.receive(ends[1], all);
    byte[] bytes = new byte[count];
    MemorySegment.copy(all, JAVA_BYTE, 0, bytes, 0, count);
    return bytes;
  }

  @Test
  void aBackendWithoutProtocolFeaturesIsAskedForNone() {
    says(1, REPLY, number(0x200));
    open();

    assertEquals(0x200, session.features());
    assertEquals(OptionalInt.empty(), session.queueCount());
    assertEquals(8, session.memorySlots());
    assertEquals(24, sent().length); // GET_FEATURES and SET_OWNER
  }

  @Test
  void whatBothKnowIsAgreedOnAndNoMore() {
    agrees(-1);
    says(17, REPLY, number(4));
    says(36, REPLY, number(32));
    open();

    assertEquals(0x200, session.features());
    assertEquals(4, session.queueCount().orElseThrow());
    assertEquals(32, session.memorySlots());
    ByteBuffer said = ByteBuffer.wrap(sent()).order(ByteOrder.LITTLE_ENDIAN).position(24);
    assertEquals(16, said.getInt());
    assertEquals(1, said.getInt());
    assertEquals(8, said.getInt());
    assertEquals(1 | 1 << 3 | 1 << 5 | 1 << 9 | 1 << 12 | 1 << 13 | 1 << 15, said.getLong());
  }

  @Test
  void oneThatIsSilentIsNamedWithTheMessage() {
    assertEquals("it does not answer VHOST_USER_GET_FEATURES within 0 seconds", failure(this::open));
    assertFalse(ends[0].isOpen());
  }

  @Test
  void halfAnAnswerIsNone() {
    says(1, REPLY, 8, new byte[3]);
    assertEquals("it does not answer VHOST_USER_GET_FEATURES within 0 seconds", failure(this::open));
  }

  @Test
  void anAnswerToAnotherMessageIsNoAnswer() {
    says(15, REPLY, number(1));
    assertEquals("it answers VHOST_USER_GET_FEATURES with message 15, flags 0x5", failure(this::open));
  }

  @Test
  void aMessageThatIsNoReplyIsNoAnswer() {
    says(1, 1, number(1));
    assertEquals("it answers VHOST_USER_GET_FEATURES with message 1, flags 0x1", failure(this::open));
  }

  @Test
  void aLengthThatCannotBeIsNotReadFor() {
    says(1, REPLY, -1, new byte[0]);
    assertEquals("it answers VHOST_USER_GET_FEATURES with 4294967295 bytes", failure(this::open));
  }

  @Test
  void aDeviceWithoutQueuesIsNone() {
    agrees(ProtocolFeature.MQ.mask());
    says(17, REPLY, number(0));
    assertEquals("it answers VHOST_USER_GET_QUEUE_NUM with 0", failure(this::open));
  }

  @Test
  void aQueueStopsAtAnIndexOfItsOwn() {
    opens();
    says(11, REPLY, number(7L << 32 | 1));
    assertEquals(7, session.stopQueue(1));
    says(11, REPLY, number(7L << 32 | 2));
    assertEquals("it answers VHOST_USER_GET_VRING_BASE for queue 1 with queue 2, index 7",
        failure(() -> session.stopQueue(1)));
    says(11, REPLY, number(0x10000L << 32 | 1));
    assertEquals("it answers VHOST_USER_GET_VRING_BASE for queue 1 with queue 1, index 65536",
        failure(() -> session.stopQueue(1)));
  }

  @Test
  void configurationSpaceIsAsLongAsWasAsked() {
    opens(ProtocolFeature.CONFIG);
    says(24, REPLY, ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN).putInt(0).putInt(2).putInt(0)
        .put((byte) 3).put((byte) 4).array());
    assertArrayEquals(new byte[]{3, 4}, session.config(2));
    says(24, REPLY, ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN).putInt(0).putInt(200).array());
    assertEquals("it answers VHOST_USER_GET_CONFIG with 200 bytes at 0 where 2 at 0 were asked for",
        failure(() -> session.config(2)));
    says(24, REPLY, new byte[0]);
    assertEquals("it refuses VHOST_USER_GET_CONFIG", failure(() -> session.config(2)));
  }

  @Test
  void memoryThatIsRefusedIsAnError() {
    opens(ProtocolFeature.REPLY_ACK);
    try (HostFile file = HostFile.memfd("m", OptionalLong.empty())) {
      says(5, REPLY, number(1));
      assertEquals("it refuses VHOST_USER_SET_MEM_TABLE, with 1",
          failure(() -> session.addRegion(new SharedRegion(0, 4096, file, 0))));
    }
  }

  @Test
  void inflightMemoryComesWithItsFile() {
    opens(ProtocolFeature.INFLIGHT_SHMFD);
    byte[] description = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putLong(4096).putLong(0).array();
    says(31, REPLY, description);
    assertEquals("it answers VHOST_USER_GET_INFLIGHT_FD with 0 descriptors where one belongs",
        failure(() -> session.inflight(1, 128)));
    try (HostFile file = HostFile.memfd("inflight", OptionalLong.empty())) {
      file.truncate(4096);
      message.with(file);
      says(31, REPLY, description);
      try (InflightMemory memory = session.inflight(1, 128)) {
        assertEquals(4096, memory.file().sizeBytes());
        assertTrue(memory.sizeBytes() == 4096 && memory.offsetBytes() == 0);
      }
    }
  }
}
