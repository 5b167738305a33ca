package org.ballastvm.vmm.loop;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.ballastvm.vmm.event.MachineEvent;

/**
 * Takes the events of a machine from any thread, and emits them on its event loop, in order. Of the events that a guest
 * can cause at will, one of a kind is emitted at once, and of those that follow within a second the last, at its end.
 */
public final class MachineEvents implements AutoCloseable {
  private static final long LIMIT_NANOS = 1_000_000_000L;

  /** Receives events. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Runs on the event loop.
     *
     * @param event what happened
     * @param when it did
     */
    void happened(MachineEvent event, Instant when);
  }

  /** A kind of event that was emitted less than a second ago. */
  private static final class Limited {
    private final Alarm timer;
    /** Emits the last of those that followed. */
    private Runnable held;

    Limited(Alarm timer) { this.timer = timer; }
  }

  /** An event that a guest causes on a hot path, over and over, and of which only the last one counts. */
  public final class Notice {
    private final Supplier<MachineEvent> event;
    private final AtomicBoolean noted = new AtomicBoolean();

    private Notice(Supplier<MachineEvent> event) { this.event = event; }

    /** Has the event emitted, soon; until then, noting it again costs a look at a flag. From any thread. */
    public void happened() {
      if (!noted.get() && !listeners.isEmpty() && !noted.getAndSet(true)) {
        loop.post(() -> limit(this, this::emitLatest));
      }
    }

    private void emitLatest() {
      noted.set(false); // First: what happens from here on may be missing in the event.
      deliver(event.get(), Instant.now());
    }
  }

  private final EventLoop loop;
  private final Function<Runnable, Alarm> alarms;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  /** By the kind of an event, or by the notice that makes it. */
  private final Map<Object, Limited> limits = new HashMap<>();

  /**
   * Nobody listens yet.
   *
   * @param loop where events are emitted
   */
  public MachineEvents(EventLoop loop) { this(loop, task -> new LoopTimer(loop, task)); }

  /** The same, by another clock. */
  MachineEvents(EventLoop loop, Function<Runnable, Alarm> alarms) {
    this.loop = loop;
    this.alarms = alarms;
  }

  /**
   * Adds a listener.
   *
   * @param listener who
   */
  public void listen(Listener listener) { listeners.add(listener); }

  /**
   * Removes a listener.
   *
   * @param listener who
   */
  public void forget(Listener listener) { listeners.remove(listener); }

  /**
   * Emits an event: at once on the event loop's thread, soon from another one.
   *
   * @param event what happened
   */
  public void emit(MachineEvent event) {
    if (listeners.isEmpty()) {
      return;
    }
    Instant now = Instant.now();
    if (loop.isCurrentThread()) {
      limit(event, now);
    } else {
      loop.post(() -> limit(event, now));
    }
  }

  /**
   * A way to emit an event that happens often: at once, and of what follows within a second the last, at its end. Each
   * notice has a second of its own.
   *
   * @param event makes it, on the event loop, once for each time that it is emitted
   * @return by which it is noted
   */
  public Notice notice(Supplier<MachineEvent> event) { return new Notice(event); }

  private void limit(MachineEvent event, Instant now) {
    Optional<String> key = event.limitedBy();
    if (key.isPresent()) {
      limit(event.name() + " " + key.get(), () -> deliver(event, now));
    } else {
      deliver(event, now);
    }
  }

  private void limit(Object key, Runnable emission) {
    Limited limited = limits.get(key);
    if (limited == null) {
      limited = new Limited(alarms.apply(() -> expired(key)));
      limits.put(key, limited);
      limited.timer.once(LIMIT_NANOS);
      emission.run();
    } else {
      limited.held = emission;
    }
  }

  private void expired(Object key) {
    Limited limited = limits.get(key);
    if (limited.held == null) {
      limits.remove(key);
      limited.timer.close();
      return;
    }
    Runnable emission = limited.held;
    limited.held = null;
    limited.timer.once(LIMIT_NANOS);
    emission.run();
  }

  private void deliver(MachineEvent event, Instant when) {
    listeners.forEach(listener -> listener.happened(event, when));
  }

  /** Drops what was held back. */
  @Override
  public void close() {
    limits.values().forEach(limited -> limited.timer.close());
    limits.clear();
  }
}
