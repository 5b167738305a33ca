package org.ballastvm.virtio.p9;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.ballastvm.p9.Answer;
import org.ballastvm.p9.Message;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;

/** A 9P device with a driver that says what it is told; its requests are worked on when, and in the order, that a test wants. */
final class P9Bench {
  static final long REQUESTS = 8L << 20;
  static final long ANSWERS = 16L << 20;
  private static final long ROOM = 64 << 10;

  final Deque<Runnable> work = new ArrayDeque<>();
  final List<P9Request> requests = new ArrayList<>();
  final Bench<P9Device> bench;
  QueueDriver queue;
  int sessionsOpened;
  int sessionsClosed;
  int workersClosed;
  private final P9Session session;
  private int posted;

  /** What a session does, which is told of every request first. */
  P9Bench(P9Session session) {
    this.session = session;
    bench = new Bench<>((memory, events) -> device("share"));
    start();
  }

  P9Device device(String tag) {
    return new P9Device(tag, this::open, new P9Workers() {
      @Override
      public void work(Runnable request) { work.add(request); }

      @Override
      public void close() { workersClosed++; }
    });
  }

  private P9Session open() {
    sessionsOpened++;
    return new P9Session() {
      @Override
      public void serve(P9Request request, P9Reply reply) {
        requests.add(request);
        session.serve(request, reply);
      }

      @Override
      public void close() { sessionsClosed++; }
    };
  }

  void start() {
    queue = bench.start(PciDriver.EVENT_INDEX | PciDriver.INDIRECT).getFirst();
    posted = 0;
  }

  /** Offers a message, with room for an answer. */
  void post(Message message) { post(message.bytes(), ROOM); }

  void post(byte[] message, long answerBytes) {
    long at = (posted++ % 64) * ROOM;
    bench.memory.write(REQUESTS + at, MemorySegment.ofArray(message), 0, message.length);
    queue.post(Buffer.read(REQUESTS + at, message.length), Buffer.write(ANSWERS + at, (int) answerBytes));
    bench.bus.settle();
  }

  /** Works on all that waits, as one thread would. */
  void workAll() {
    while (!work.isEmpty()) {
      work.poll().run();
      bench.bus.settle();
    }
  }

  /** Answers that came back since the last call, in their order. */
  List<Answer> answers() {
    List<Answer> all = new ArrayList<>();
    for (QueueDriver.Used used : queue.collect()) {
      byte[] bytes = new byte[used.writtenBytes()];
      long gpa = bench.memory.getLong(queue.descriptors() + 16L * ((used.head() + 1) % queue.size()));
      bench.memory.read(gpa, MemorySegment.ofArray(bytes), 0, bytes.length);
      all.add(new Answer(bytes));
    }
    return all;
  }

  /** Says something and has the answer. */
  Answer ask(Message message) { return ask(message.bytes()); }

  Answer ask(byte[] message) {
    post(message, ROOM);
    workAll();
    return answers().getFirst();
  }

  /** Introduces itself. */
  P9Bench agreed() {
    ask(new Message(P9Type.VERSION, 0xffff).u32(8192).string("9P2000.L"));
    return this;
  }

  boolean needsReset() { return (bench.driver.status() & PciDriver.NEEDS_RESET) != 0; }
}
