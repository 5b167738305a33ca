package org.ballastvm.vmm.vhost;

import java.util.function.Consumer;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.Vhost;
import org.ballastvm.vmm.loop.EventLoop;

/** What devices of the kernel's vhost are given of queues, and how they say that one is beyond them. */
final class KernelQueues implements AutoCloseable {
  private final EventFd errors = EventFd.create();
  private final EventLoop.Registration registration;
  private Consumer<String> listener = why -> {
    // Nobody asks yet.
  };

  /**
   * Nothing is beyond them yet.
   *
   * @param loop where they are heard
   */
  KernelQueues(EventLoop loop) {
    try {
      registration = loop.register(errors, Epoll.IN, events -> {
        if (errors.drain() > 0) {
          listener.accept("the host's kernel could not make out what is in a queue, or not reach it");
        }
      });
    } catch (RuntimeException e) {
      errors.close();
      throw e;
    }
  }

  void whenFailed(Consumer<String> who) { listener = who; }

  /** Sets a queue up, all but the start. */
  void setUp(Vhost device, int queue, BackendRing ring) {
    device.size(queue, ring.size());
    device.next(queue, ring.next());
    device.rings(queue, place(ring.descriptors()), place(ring.driver()), place(ring.device()));
    device.call(queue, ring.call());
    device.error(queue, errors);
    device.kick(queue, ring.kick());
  }

  private static Vhost.Place place(BackendRing.Part part) {
    return new Vhost.Place(part.region().mapping(), part.offsetInMapping());
  }

  /** What was said of another driver's queues is forgotten. */
  void begin() { errors.drain(); }

  @Override
  public void close() {
    registration.close();
    errors.close();
  }
}
