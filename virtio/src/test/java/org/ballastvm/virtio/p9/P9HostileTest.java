package org.ballastvm.virtio.p9;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ballastvm.p9.Answer;
import org.ballastvm.p9.Message;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages that lie: each is answered by an error, or stops the device, and none reaches the files. */
class P9HostileTest {
  private final P9Bench p9 = new P9Bench(new P9Session() {
    @Override
    public void serve(P9Request request, P9Reply reply) {
      // Whatever is decoded is right.
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }).agreed();

  private static Message walk(String... names) {
    Message walk = new Message(P9Type.WALK, 1).u32(1, 2).u16(names.length);
    Stream.of(names).forEach(walk::string);
    return walk;
  }

  private static Arguments lie(String what, int errno, byte[] message) { return argumentSet(what, errno, message); }

  static Stream<Arguments> lies() {
    String[] tooMany = Stream.generate(() -> "a").limit(17).toArray(String[]::new);
    return Stream.of(lie("no length", P9Error.EMSGSIZE, new Message(P9Type.CLUNK, 1).u32(1).bytesOfLength(0)),
        lie("a length below the header's", P9Error.EMSGSIZE, new Message(P9Type.CLUNK, 1).u32(1).bytesOfLength(6)),
        lie("a length beyond the message", P9Error.EMSGSIZE, new Message(P9Type.CLUNK, 1).u32(1).bytesOfLength(12)),
        lie("a length that is negative", P9Error.EMSGSIZE, new Message(P9Type.CLUNK, 1).u32(1).bytesOfLength(-1)),
        lie("more than was agreed on", P9Error.EMSGSIZE,
            new Message(P9Type.SYMLINK, 1).u32(1).string("a").string("b".repeat(8200)).u32(0).bytes()),
        lie("a field that is missing", P9Error.EINVAL, new Message(P9Type.CLUNK, 1).bytes()),
        lie("half a field", P9Error.EINVAL, new Message(P9Type.CLUNK, 1).u16(1).bytes()),
        lie("a string that ends behind the message", P9Error.EINVAL,
            new Message(P9Type.MKDIR, 1).u32(1).u16(200).u32(1).bytes()),
        lie("a field behind the length", P9Error.EINVAL, new Message(P9Type.CLUNK, 1).u32(1).bytesOfLength(8)),
        lie("a message of no kind", P9Error.EOPNOTSUPP, new Message(77, 1).bytes()),
        lie("an answer", P9Error.EOPNOTSUPP, new Message(P9Type.CLUNK + 1, 1).bytes()),
        lie("authentication", P9Error.EOPNOTSUPP, new Message(102, 1).u32(1).string("").string("").u32(0).bytes()),
        lie("too many names", P9Error.EINVAL, walk(tooMany).bytes()),
        lie("fewer names than said", P9Error.EINVAL, new Message(P9Type.WALK, 1).u32(1, 2).u16(2).string("a").bytes()),
        lie("65535 names", P9Error.EINVAL, new Message(P9Type.WALK, 1).u32(1, 2).u16(-1).bytes()),
        lie("a name with a slash", P9Error.ENOENT, walk("a/b").bytes()),
        lie("a slash", P9Error.ENOENT, walk("/").bytes()),
        lie("an absolute name", P9Error.ENOENT, walk("/etc/passwd").bytes()),
        lie("a path up", P9Error.ENOENT, walk("../../etc").bytes()), lie("no name", P9Error.ENOENT, walk("").bytes()),
        lie("a dot", P9Error.ENOENT, walk(".").bytes()), lie("a zero", P9Error.EINVAL, walk("a\0b").bytes()),
        lie("a name of 256 bytes", P9Error.ENAMETOOLONG, walk("a".repeat(256)).bytes()),
        lie("a file called ..", P9Error.EINVAL,
            new Message(P9Type.LCREATE, 1).u32(1).string("..").u32(0, 0, 0).bytes()),
        lie("a directory called a/b", P9Error.ENOENT,
            new Message(P9Type.MKDIR, 1).u32(1).string("a/b").u32(0, 0).bytes()),
        lie("a rename to ..", P9Error.EINVAL,
            new Message(P9Type.RENAMEAT, 1).u32(1).string("a").u32(1).string("..").bytes()),
        lie("a rename of ../x", P9Error.ENOENT,
            new Message(P9Type.RENAMEAT, 1).u32(1).string("../x").u32(1).string("y").bytes()),
        lie("a link called /x", P9Error.ENOENT, new Message(P9Type.LINK, 1).u32(1, 2).string("/x").bytes()),
        lie("an unlink of ..", P9Error.EINVAL, new Message(P9Type.UNLINKAT, 1).u32(1).string("..").u32(0).bytes()),
        lie("a target of 4096 bytes", P9Error.ENAMETOOLONG,
            new Message(P9Type.SYMLINK, 1).u32(1).string("a").string("b".repeat(4096)).u32(0).bytes()));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void aMessageThatLiesIsAnErrorAndReachesNoFile(int errno, byte[] message) {
    assertEquals(errno, p9.ask(message).errno());
    assertEquals(List.of(), p9.requests);
    assertFalse(p9.needsReset());
    assertEquals(0, p9.ask(new Message(P9Type.CLUNK, 2).u32(1)).errno());
  }

  private void stops(Buffer... chain) {
    p9.queue.post(chain);
    p9.bench.bus.settle();
    assertTrue(p9.needsReset());
    assertTrue(p9.bench.events.getFirst() instanceof DeviceEvent.GuestMistake mistake && mistake.needsReset());
    p9.start();
    p9.agreed();
    assertEquals(0, p9.ask(new Message(P9Type.CLUNK, 2).u32(1)).errno());
  }

  @Test
  void aRequestWithoutAHeaderStopsTheDevice() {
    stops(Buffer.read(P9Bench.REQUESTS, 6), Buffer.write(P9Bench.ANSWERS, 100));
  }

  @Test
  void aRequestThatCannotBeAnsweredStopsTheDevice() {
    stops(Buffer.read(P9Bench.REQUESTS, 11), Buffer.write(P9Bench.ANSWERS, 10));
  }

  @Test
  void memoryThatGoesWhileARequestWaitsStopsTheDevice() {
    p9.post(new Message(P9Type.CLUNK, 1).u32(1));
    p9.bench.memory.remove(P9Bench.REQUESTS, 8 << 20);
    p9.workAll();
    assertTrue(p9.needsReset());
  }

  @Test
  void anAnswerThatHasNoRoomIsAnError() {
    P9Bench told = new P9Bench(new P9Session() {
      @Override
      public void serve(P9Request request, P9Reply reply) { reply.string("x".repeat(100)); }

      @Override
      public void close() {
        // Nothing is open.
      }
    }).agreed();
    told.post(new Message(P9Type.READLINK, 1).u32(1).bytes(), 60);
    told.workAll();
    assertEquals(P9Error.EMSGSIZE, told.answers().getFirst().errno());
  }

  @Test
  void whateverIsSaidIsAnsweredOrRefused() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] message = new byte[7 + random.nextInt(80)];
      random.nextBytes(message);
      message[0] = (byte) (message.length + (random.nextInt(8) == 0 ? random.nextInt(5) - 2 : 0));
      message[1] = 0;
      message[2] = 0;
      message[3] = 0;
      message[4] = (byte) (random.nextInt(64) * 2);
      if (random.nextBoolean()) {
        java.util.Arrays.fill(message, 7, message.length, (byte) random.nextInt(3));
      }
      p9.post(message, 11 + random.nextInt(100));
      p9.workAll();
      List<Answer> answers = p9.answers();
      assertEquals(1, answers.size(), "seed " + seed + ", message " + i);
      p9.requests.clear();
      if (message[4] == P9Type.VERSION) {
        p9.agreed();
      }
    }
    assertEquals(0, p9.bench.memory.straying(), "seed " + seed);
  }
}
