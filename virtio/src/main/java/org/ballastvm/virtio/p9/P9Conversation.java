package org.ballastvm.virtio.p9;

import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ballastvm.virtio.queue.GuestError;

/** What a device and one driver of it say, from the driver's start to the reset. Requests are served by any thread. */
final class P9Conversation {
  /** Linux's largest is 500 KiB. */
  static final int MOST_MESSAGE_BYTES = 1 << 20;
  private static final int LEAST_MESSAGE_BYTES = 4096;
  private static final String DIALECT = "9P2000.L";
  private static final int MOST_DIALECT_BYTES = 255;

  /** What a thread puts requests and answers together in. */
  private record Desk(P9Decoder decoder, P9Reply reply) {}

  private static final ThreadLocal<Desk> DESKS = ThreadLocal
      .withInitial(() -> new Desk(new P9Decoder(), new P9Reply()));

  private final P9Server server;
  private final P9Gate gate = new P9Gate();
  private final Runnable ring;
  private final AtomicBoolean rung = new AtomicBoolean();
  private final ConcurrentLinkedQueue<P9Job> done = new ConcurrentLinkedQueue<>();
  private volatile int messageBytes;
  private volatile P9Session session;

  /**
   * Nothing was said yet.
   *
   * @param server the files
   * @param ring has the event loop look for answers; any thread
   * @param messageBytes the longest message that was agreed on before, 0 if there was none
   */
  P9Conversation(P9Server server, Runnable ring, int messageBytes) {
    this.server = server;
    this.ring = ring;
    this.messageBytes = messageBytes;
    this.session = server.open();
  }

  int messageBytes() { return messageBytes; }

  /** Serves a request. It is done when it returns, unless the driver is gone. */
  void serve(P9Job job) {
    try {
      job.writtenBytes = answer(job);
    } catch (GuestError mistake) {
      job.mistake = Optional.of(mistake);
    } catch (P9Gate.Closed gone) {
      return;
    } catch (RuntimeException | Error bug) {
      // The driver is answered all the same, and whoever runs this reports the bug. Without a driver it may be none: what the
      // request had in hand is gone, too.
      if (refused(job)) {
        finish(job);
        throw bug;
      }
      return;
    }
    finish(job);
  }

  private void finish(P9Job job) {
    done.add(job);
    if (rung.compareAndSet(false, true)) {
      ringInside();
    }
  }

  /** The bell goes with the device, which closes the gate first. */
  private void ringInside() {
    try {
      gate.enter();
    } catch (P9Gate.Closed gone) {
      return;
    }
    try {
      ring.run();
    } finally {
      gate.leave();
    }
  }

  /** A request that is done, or null. On the event loop. */
  P9Job next() {
    rung.set(false); // First: what is done from here on rings again.
    return done.poll();
  }

  private int answer(P9Job job) {
    Desk desk = DESKS.get();
    int most = messageBytes;
    desk.reply.begin(job.buffers, gate, job.type, job.tag, most == 0 ? MOST_MESSAGE_BYTES : most);
    try {
      desk.decoder.begin(job.buffers, gate, job.type, most == 0 ? LEAST_MESSAGE_BYTES : most);
      if (job.type == P9Type.VERSION) {
        agree(desk.decoder, desk.reply);
      } else if (most == 0) {
        throw new P9Error(P9Error.EPROTO);
      } else {
        session.serve(desk.decoder.request(), desk.reply);
      }
    } catch (P9Error error) {
      desk.reply.fail(error.errno());
    }
    return desk.reply.send();
  }

  /** An answer that needs nobody: Rflush. On the event loop. */
  int confirm(P9Job job) {
    P9Reply reply = DESKS.get().reply;
    reply.begin(job.buffers, gate, job.type, job.tag, MOST_MESSAGE_BYTES);
    return reply.send();
  }

  /** Answers a request by an error; false if there is nobody to answer. */
  private boolean refused(P9Job job) {
    P9Reply reply = DESKS.get().reply;
    reply.begin(job.buffers, gate, job.type, job.tag, MOST_MESSAGE_BYTES);
    reply.fail(P9Error.EIO);
    try {
      job.writtenBytes = reply.send();
      return true;
    } catch (P9Gate.Closed | GuestError gone) {
      return false;
    }
  }

  /** Nothing else is under way: a driver that introduces itself has no fids. */
  private void agree(P9Decoder message, P9Reply reply) {
    long wanted = Integer.toUnsignedLong(message.u32());
    boolean known = message.string(MOST_DIALECT_BYTES).equals(DIALECT);
    if (wanted < LEAST_MESSAGE_BYTES) {
      throw new P9Error(P9Error.EMSGSIZE);
    }
    int agreed = (int) Math.min(wanted, MOST_MESSAGE_BYTES);
    session.close();
    session = server.open();
    messageBytes = known ? agreed : 0;
    reply.u32(agreed);
    reply.string(known ? DIALECT : "unknown");
  }

  /** The driver is gone. Waits for what is in its memory; the rest finds that out. */
  void close() {
    gate.close();
    session.close();
  }
}
