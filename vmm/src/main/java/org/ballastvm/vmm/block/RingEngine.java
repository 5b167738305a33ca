package org.ballastvm.vmm.block;

import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.kvm.DiskFile;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.IoRing;
import org.ballastvm.virtio.blk.BlkRequest;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryUses;

/**
 * {@code aio=io_uring}: requests go to the host's kernel by a ring, as many as came in one call, and the thread that hears the
 * doorbells hears of the answers too.
 *
 * <p>
 * Workers do what a ring cannot, or not now: requests that need a copy, zeros that have to be written, and what the kernel does
 * not take or does not finish. Each of them is done anew from its beginning.
 */
final class RingEngine implements Engine {
  private static final long UNSUPPORTED = -Errno.EOPNOTSUPP.code();
  private static final long INVALID = -Errno.EINVAL.code();

  private final RawStorage storage;
  private final DiskFile file;
  private final GuestRam ram;
  private final MemoryUses uses;
  private final RequestIo io;
  private final HeardRing heard;
  private final IoRing ring;
  private final EventLoop listener;
  private final Pace pace = new Pace();
  private final AtomicInteger begun = new AtomicInteger();
  private final RequestList submitted = new RequestList();
  private final HandedRequests handed;
  private final RingSlot[] slots;
  /** Who may use the ring: whoever owns this, and the thread while it does. The last one closes it. */
  private final AtomicInteger users = new AtomicInteger(1);
  private int made;
  private RingSlot free;
  /** What this turn has put into the ring, and finished. */
  private int put;
  private int finished;
  private EventLoop.Registration hearing;
  private Done done;
  private Runnable some;

  /**
   * An engine.
   *
   * @param storage what it reads and writes
   * @param ram the guest's memory
   * @param workers do the rest
   * @param heard where requests go, its own from now on
   * @param listener the thread that hears the doorbells, and of answers
   */
  RingEngine(RawStorage storage, GuestRam ram, DiskWorkers workers, HeardRing heard, EventLoop listener) {
    this.storage = storage;
    this.file = storage.file();
    this.ram = ram;
    this.uses = ram.uses();
    this.io = new RequestIo(storage, ram);
    this.heard = heard;
    this.ring = heard.requests();
    this.listener = listener;
    this.slots = new RingSlot[heard.entries()];
    this.handed = new HandedRequests(io, workers, new Pace(), begun);
  }

  @Override
  public void start(Done whenDone, Runnable afterSome) {
    done = whenDone;
    some = afterSome;
    handed.start(whenDone, afterSome);
    hearing = listener.register(heard.answered(), Epoll.IN | Epoll.EDGE, events -> work());
  }

  @Override
  public void submit(BlkRequest request) { submitted.add(request); }

  @Override
  public void work() {
    if (!enter()) {
      return; // The device is gone.
    }
    finished = 0;
    try {
      turn();
    } finally {
      leave();
    }
    if (finished > 0) {
      some.run();
    }
  }

  private boolean enter() {
    int now;
    do {
      now = users.get();
    } while (now > 0 && !users.compareAndSet(now, now + 1));
    return now > 0;
  }

  private void leave() {
    if (users.decrementAndGet() == 0) {
      ring.close();
    }
  }

  private void turn() {
    ring.start();
    BlkRequest single = begun.get() == 0 ? submitted.single() : null;
    boolean waits = single != null && pace.isShort(single.kind());
    take(single == null ? 0 : System.nanoTime());
    do {
      boolean waitsNow = waits && put > 0;
      put = 0;
      if (ring.submit(waitsNow) != 0) {
        takeBack();
      }
      while (ring.next()) {
        answered(slots[(int) ring.token()], ring.result());
      }
      take(0);
    } while (put > 0);
  }

  /** Begins requests while there is room for them. */
  private void take(long nanos) {
    while (free != null || made < slots.length) {
      BlkRequest request = submitted.begin(begun);
      if (request == null) {
        return;
      }
      begin(request, nanos);
    }
  }

  /** The kernel refuses what was put in: workers do it. */
  private void takeBack() {
    for (long token = ring.takeBack(); token >= 0; token = ring.takeBack()) {
      hand(slots[(int) token]);
    }
  }

  private void begin(BlkRequest request, long nanos) {
    RingSlot slot = free;
    if (slot == null) {
      slot = new RingSlot(made);
      slots[made++] = slot;
    } else {
      free = slot.next;
    }
    slot.begin(request, nanos);
    switch (request.kind()) {
      case READ, WRITE -> {
        if (io.isAligned(request)) {
          slot.useMemory(uses);
          move(slot);
        } else {
          hand(slot);
        }
      }
      case FLUSH -> sync(slot);
      case DISCARD -> discard(slot);
      case WRITE_ZEROES -> zero(slot);
    }
  }

  private void move(RingSlot slot) {
    BlkRequest request = slot.request();
    try {
      slot.collect(ram);
    } catch (GuestError gone) {
      end(slot, RequestIo.MEMORY_GONE);
      return;
    }
    long offset = request.offsetBytes() + slot.doneBytes();
    if (request.kind() == BlkRequest.Kind.READ) {
      ring.read(file, slot.vectors(), offset, slot.index());
    } else {
      ring.write(file, slot.vectors(), offset, request.isDurable(), slot.index());
    }
    put++;
  }

  private void sync(RingSlot slot) {
    ring.sync(file, slot.index());
    put++;
  }

  private void discard(RingSlot slot) {
    if (storage.discardsByHoles()) {
      punch(slot);
    } else {
      end(slot, 0);
    }
  }

  private void zero(RingSlot slot) {
    if (storage.zeroesByHoles(slot.request().mayUnmap())) {
      punch(slot);
    } else if (storage.zeroesRanges()) {
      ring.zeroRange(file, slot.request().offsetBytes(), slot.request().lengthBytes(), slot.index());
      put++;
    } else {
      hand(slot);
    }
  }

  private void punch(RingSlot slot) {
    ring.punchHole(file, slot.request().offsetBytes(), slot.request().lengthBytes(), slot.index());
    put++;
  }

  private void answered(RingSlot slot, long result) {
    BlkRequest request = slot.request();
    if (RequestIo.isForNow(result)) {
      hand(slot);
      return;
    }
    switch (request.kind()) {
      case READ, WRITE -> moved(slot, result);
      case FLUSH -> end(slot, result);
      case DISCARD, WRITE_ZEROES -> zeroed(slot, result);
    }
  }

  private void moved(RingSlot slot, long result) {
    if (result < 0) {
      end(slot, result);
    } else if (result == 0) {
      end(slot, endOfFile(slot));
    } else {
      slot.moved(result);
      if (slot.isDone()) {
        end(slot, 0);
      } else {
        move(slot);
      }
    }
  }

  private long endOfFile(RingSlot slot) {
    try {
      return io.endOfFile(slot.request(), slot.doneBytes());
    } catch (GuestError gone) {
      return RequestIo.MEMORY_GONE;
    }
  }

  /** Workers find out what else there is for a host that cannot do it, and note that for the next time. */
  private void zeroed(RingSlot slot, long result) {
    BlkRequest request = slot.request();
    boolean isUnable = result == UNSUPPORTED || result == INVALID;
    boolean isUnsafe = result == 0 && request.isDurable() && request.kind() == BlkRequest.Kind.WRITE_ZEROES;
    if (isUnable || isUnsafe) {
      hand(slot);
    } else {
      end(slot, result);
    }
  }

  private void hand(RingSlot slot) {
    BlkRequest request = slot.request();
    release(slot);
    handed.add(request);
  }

  private void end(RingSlot slot, long result) {
    BlkRequest request = slot.request();
    if (slot.startNanos() != 0) {
      pace.took(request.kind(), System.nanoTime() - slot.startNanos());
    }
    release(slot);
    done.done(request, result);
    begun.decrementAndGet();
    finished++;
  }

  private void release(RingSlot slot) {
    slot.leaveMemory(uses);
    slot.next = free;
    free = slot;
  }

  @Override
  public void drop() {
    submitted.clear();
    handed.drop();
  }

  @Override
  public boolean isIdle() { return begun.get() == 0; }

  @Override
  public boolean isDone() {
    return submitted.isEmpty() && isIdle(); // In this order: what leaves the list is counted as begun before.
  }

  @Override
  public void close() {
    hearing.close();
    heard.answered().close();
    leave();
  }
}
