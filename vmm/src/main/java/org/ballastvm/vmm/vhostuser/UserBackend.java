package org.ballastvm.vmm.vhostuser;

import java.util.List;
import java.util.function.Consumer;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.memory.MemoryRegion;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.Repeats;
import org.ballastvm.vmm.vhost.Backend;
import org.ballastvm.vmm.vhost.BackendRing;

/**
 * A program beside this one that serves a device's queues. When it has gone, the device stays, and requests wait until another
 * one comes: that goes on with them if it can be known what was under way, and otherwise waits for the driver to reset the
 * device.
 *
 * <p>
 * Its lock is taken under that of the PCI function and of {@link org.ballastvm.vmm.vhost.BackendQueues}; while it is held, the
 * back-end may be waited for, as long as {@link UserConnection} does.
 */
public final class UserBackend implements Backend {
  private final DeviceKind kind;
  private final EventLoop loop;
  private final BackendSource source;
  private final long features;
  private final Repeats losses = new Repeats();
  private final RingStates rings;
  private List<SharedRegion> table = List.of();
  private InflightMemory inflight;
  private Consumer<byte[]> configTaker = bytes -> {
    // The device is not made yet, and reads it when it is.
  };
  /** Null while there is none. */
  private UserSession session;
  private EventLoop.Registration watch;
  private BackendRequests requests;
  private BackendThread search;
  /** Agrees on the protocol, and waits for the event loop. */
  private UserSession coming;
  private boolean closed;

  /**
   * Connects to a back-end.
   *
   * @param kind of the device
   * @param loop where its end is heard of
   * @param memory guest memory
   * @param source gives connections, closed with this
   * @throws UserError if there is no back-end, or it is none for such a device
   */
  public UserBackend(DeviceKind kind, EventLoop loop, GuestMemory memory, BackendSource source) {
    this.loop = loop;
    this.rings = new RingStates(memory);
    this.source = source;
    try {
      UserSession first = new UserSession(source.first(), UserConnection.PATIENCE);
      this.kind = kind.servedBy(first.queueCount().orElse(1));
      this.features = first.features();
      try {
        check(first);
      } catch (BackendError e) {
        first.close();
        throw e;
      }
      adopt(first);
    } catch (BackendError e) {
      throw new UserError("the back-end cannot be used: " + e.getMessage() + lastWords(), e);
    }
  }

  /** Whether it can have a device of this kind, and what the driver was offered. */
  private void check(UserSession next) {
    if ((next.features() & features) != features) {
      throw new BackendError(
          "it has features 0x" + Long.toHexString(next.features()) + " where the guest was offered 0x"
              + Long.toHexString(features));
    }
    if ((next.features() & VirtioDevice.VERSION_1) == 0) {
      throw new BackendError("it knows legacy drivers alone (no VIRTIO_F_VERSION_1)");
    }
    int most = next.queueCount().orElse(kind.queues());
    if (most < kind.queues()) {
      throw new BackendError("it serves " + most + " queues where the device has " + kind.queues());
    }
    if (kind.configBytes() > 0 && !next.has(ProtocolFeature.CONFIG)) {
      throw new BackendError("it does not say what is in the device's configuration space"
          + " (VHOST_USER_PROTOCOL_F_CONFIG)");
    }
    if (table.size() > next.memorySlots()) {
      throw new BackendError(
          "it takes " + next.memorySlots() + " regions of memory where the guest has " + table.size());
    }
  }

  private void adopt(UserSession next) {
    session = next;
    watch = loop.register(next.socket(), 0, events -> hungUp(next));
    if (next.has(ProtocolFeature.BACKEND_REQ) && kind.configBytes() > 0) {
      HostSocket[] ends = HostSocket.pair("requests of a back-end");
      requests = new BackendRequests(loop, ends[0], this::readConfig);
      try (HostSocket theirs = ends[1]) {
        next.setRequestSocket(theirs);
      }
    }
  }

  /** Sets who takes configuration space when the back-end says that it has changed. Called under no lock of this. */
  public synchronized void whenConfigChanges(Consumer<byte[]> taker) {
    configTaker = taker;
  }

  /** {@return the device's features, of its own, that it offers} */
  public long deviceFeatures() {
    return features & kind.features();
  }

  /** {@return how many queues the device has} */
  public int queues() { return kind.queues(); }

  /**
   * {@return configuration space as the back-end has it}
   *
   * @throws UserError if it does not say
   */
  public synchronized byte[] config() {
    try {
      return session.config(kind.configBytes());
    } catch (BackendError e) {
      throw new UserError("the back-end cannot be used: " + e.getMessage() + lastWords(), e);
    }
  }

  private String lastWords() {
    String words = source.lastWords();
    return words.isEmpty() ? "" : "; " + words;
  }

  private void readConfig() {
    byte[] bytes;
    Consumer<byte[]> taker;
    synchronized (this) {
      if (session == null) {
        return;
      }
      try {
        bytes = session.config(kind.configBytes());
      } catch (BackendError e) {
        lost(e.getMessage());
        return;
      }
      taker = configTaker;
    }
    taker.accept(bytes);
  }

  /**
   * The driver writes configuration space.
   *
   * @param offset within it
   * @param bytes what
   */
  public synchronized void writeConfig(int offset, byte[] bytes) {
    if (session != null && session.has(ProtocolFeature.CONFIG)) {
      attempt(() -> session.writeConfig(offset, bytes));
    }
  }

  /** The driver has reset the device: what was under way is forgotten. */
  public synchronized void driverReset() {
    rings.forget();
    if (session != null && rings.noneRuns()) {
      attempt(session::resetDevice);
    }
  }

  @Override
  public long features() { return features; }

  @Override
  public synchronized void memory(List<MemoryRegion> regions) {
    List<SharedRegion> next = regions.stream().map(SharedRegion::of).toList();
    if (session != null) {
      if (next.size() > session.memorySlots()) {
        throw new UserError("guest memory has " + next.size() + " regions then, and the back-end of " + kind.name()
            + " takes " + session.memorySlots());
      }
      List<SharedRegion> before = table;
      attempt(() -> {
        before.stream().filter(region -> !next.contains(region)).forEach(session::removeRegion);
        next.stream().filter(region -> !before.contains(region)).forEach(session::addRegion);
      });
    }
    table = next;
  }

  @Override
  public synchronized void start(BackendRing ring) {
    rings.add(ring);
    if (session != null && !rings.isUnclear(ring.queue())) {
      attempt(() -> {
        if (rings.noneRuns()) {
          begin(ring.features());
        }
        run(ring, ring.next());
      });
    }
  }

  private void begin(long agreed) {
    session.setFeatures(agreed);
    if (session.has(ProtocolFeature.INFLIGHT_SHMFD)) {
      forgetInflight();
      inflight = session.inflight(kind.queues(), kind.queueSize());
      session.setInflight(inflight);
    }
  }

  private void run(BackendRing ring, int next) {
    session.startQueue(new QueueStart(ring.queue(), ring.size(), next, ring.descriptors().gpa(), ring.driver().gpa(),
        ring.device().gpa(), ring.kick(), ring.call()));
    rings.runs(ring.queue());
  }

  private void forgetInflight() {
    if (inflight != null) {
      inflight.close();
      inflight = null;
    }
  }

  @Override
  public synchronized int stop(int queue) {
    if (!rings.remove(queue)) {
      return -1;
    }
    try {
      return session.stopQueue(queue);
    } catch (BackendError e) {
      lost(e.getMessage());
      return -1;
    }
  }

  @Override
  public void whenFailed(Consumer<String> listener) {
    // The device stays: another back-end may come.
  }

  private void attempt(Runnable call) {
    try {
      call.run();
    } catch (BackendError e) {
      lost(e.getMessage());
    }
  }

  private synchronized void hungUp(UserSession which) {
    if (which == session) {
      lost("it has closed the connection");
    }
  }

  private void lost(String why) {
    dismiss();
    if (kind.outlives()) {
      rings.lost(inflight != null);
    } else {
      rings.lostForGood();
    }
    if (losses.isLogged()) {
      Log.of(UserBackend.class).error("{}: its back-end is gone: {}{}; the device stays, and its requests wait{}{}",
          kind.name(), why, lastWords(),
          rings.anyUnclear()
              ? ": what was under way is not known, so another one serves it when its driver has reset it"
              : " for another one",
          losses.words());
    }
    search();
  }

  private void search() { search = new BackendThread(kind.name(), source, this::came); }

  private synchronized void came(UserSession next) {
    if (closed) {
      next.close();
    } else {
      coming = next;
      loop.post(this::found);
    }
  }

  private void dismiss() {
    watch.close();
    session.close();
    session = null;
    if (requests != null) {
      BackendRequests gone = requests;
      requests = null;
      loop.post(gone::close); // It may be at work there.
    }
  }

  private void found() {
    byte[] config = new byte[0];
    Consumer<byte[]> taker;
    synchronized (this) {
      UserSession next = coming;
      coming = null;
      if (next == null) {
        return; // The device is gone.
      }
      taker = configTaker;
      try {
        check(next);
        search = null;
        adopt(next);
        table.forEach(next::addRegion);
        if (kind.configBytes() > 0) {
          config = next.config(kind.configBytes());
        }
        goOn();
      } catch (BackendError e) {
        refuse(next, e);
        return;
      }
    }
    if (config.length > 0) {
      taker.accept(config);
    }
  }

  private void refuse(UserSession next, BackendError why) {
    if (session == next) {
      lost(why.getMessage());
    } else {
      next.close();
      lostAgain(why.getMessage());
    }
  }

  private void lostAgain(String why) {
    if (losses.isLogged()) {
      Log.of(UserBackend.class).warn("{}: a back-end has come that cannot be used: {}{}", kind.name(), why,
          losses.words());
    }
    search();
  }

  /** Gives the queues to another back-end, but for those of which nobody knows what was under way. */
  private void goOn() {
    if (rings.anyUnclear()) {
      Log.of(UserBackend.class).warn("{}: another back-end has come, and serves it when its driver has reset it",
          kind.name());
      return;
    }
    if (!rings.all().isEmpty()) {
      session.setFeatures(rings.all().iterator().next().features());
      if (inflight != null && session.has(ProtocolFeature.INFLIGHT_SHMFD)) {
        session.setInflight(inflight);
      }
      for (BackendRing ring : rings.all()) {
        run(ring, rings.used(ring));
        ring.kick().signal();
        ring.call().signal(); // What was used by the one before may not have been said.
      }
    }
    Log.of(UserBackend.class).warn("{}: another back-end has come", kind.name());
  }

  @Override
  public void close() {
    BackendThread thread;
    synchronized (this) {
      closed = true;
      thread = search;
      if (session != null) {
        dismiss();
      }
      if (coming != null) {
        coming.close();
        coming = null;
      }
      forgetInflight();
    }
    if (thread != null) {
      thread.end();
    }
    source.close();
  }
}
