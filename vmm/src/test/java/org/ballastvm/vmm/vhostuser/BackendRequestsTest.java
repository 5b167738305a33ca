package org.ballastvm.vmm.vhostuser;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.SocketMessage;
import org.ballastvm.vmm.loop.EventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a back-end asks of its front-end, by itself. */
@Timeout(60)
class BackendRequestsTest {
  private static final int CONFIG_CHANGE = 2;
  private static final int IOTLB = 1;
  private static final int VERSION = 1;
  private static final int NEED_REPLY = 9;

  private final EventLoop loop = new EventLoop("requests", crash -> {
    throw new AssertionError(crash);
  });
  private final HostSocket[] ends = HostSocket.pair("test");
  private final AtomicInteger changes = new AtomicInteger();
  private final Arena arena = Arena.ofShared();
  private final SocketMessage message = new SocketMessage();
  private BackendRequests requests;

  @BeforeEach
  void start() throws InterruptedException {
    loop.start();
    onLoop(() -> requests = new BackendRequests(loop, ends[0], changes::incrementAndGet));
  }

  @AfterEach
  void end() throws InterruptedException {
    onLoop(requests::close);
    loop.close();
    ends[1].close();
    message.close();
    arena.close();
  }

  private void onLoop(Runnable task) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    loop.post(() -> {
      task.run();
      done.countDown();
    });
    done.await();
  }

  private void says(byte[] bytes) {
    MemorySegment all = arena.allocate(bytes.length);
    MemorySegment.copy(bytes, 0, all, JAVA_BYTE, 0, bytes.length);
    assertEquals(bytes.length, message.send(ends[1], all));
  }

  private static byte[] request(int number, int flags, int size) {
    return ByteBuffer.allocate(12 + Math.clamp(size, 0, 64)).order(ByteOrder.LITTLE_ENDIAN).putInt(number).putInt(flags)
        .putInt(size).array();
  }

  /** The result in the next reply; it comes when all before it was done. */
  private long answer() {
    MemorySegment reply = arena.allocate(20);
    int got = 0;
    while (got < 20) {
      int count = ends[1].read(reply.asSlice(got));
      if (count == HostSocket.END) {
        return -1;
      }
      got += Math.max(count, 0);
      Thread.onSpinWait();
    }
    return reply.get(JAVA_LONG_UNALIGNED, 12);
  }

  @Test
  void aChangeOfConfigurationSpaceIsHeardAndAnswered() {
    says(request(CONFIG_CHANGE, VERSION, 0));
    says(request(CONFIG_CHANGE, NEED_REPLY, 0));
    assertEquals(0, answer());
    says(request(IOTLB, NEED_REPLY, 0));
    assertEquals(1, answer());
    assertEquals(2, changes.get());
  }

  @Test
  void whatIsNotUnderstoodIsRefusedAndItsDescriptorsGo() {
    HostSocket[] passed = HostSocket.pair("passed");
    message.with(passed[1]);
    says(request(IOTLB, NEED_REPLY, 40));
    passed[1].close();

    assertEquals(1, answer());
    assertEquals(HostSocket.END, passed[0].read(arena.allocate(1)));
    assertEquals(0, changes.get());
    passed[0].close();
  }

  @Test
  void aMessageMayComeByteByByte() {
    byte[] all = request(IOTLB, NEED_REPLY, 3);
    for (byte one : all) {
      says(new byte[]{one});
    }
    assertEquals(1, answer());
  }

  @Test
  void aLengthThatCannotBeEndsTheConversation() {
    says(request(CONFIG_CHANGE, NEED_REPLY, -1));
    assertEquals(-1, answer());
    assertEquals(0, changes.get());
  }
}
