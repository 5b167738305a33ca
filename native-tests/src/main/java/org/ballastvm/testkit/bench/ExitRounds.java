package org.ballastvm.testkit.bench;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.Exit;

/** Rounds of a {@link GuestLoop}, in Java: what {@code exits.c} does, over the bindings that Ballast uses. */
final class ExitRounds {
  private static final int WARM_UP = 5_000;
  private static final int TOKEN = 7;

  private long sink;

  /** {@return the nanoseconds that so many rounds take in a new VM, once the code is compiled} */
  static long nanos(GuestLoop loop, int count) {
    try (LoopVm vm = new LoopVm(loop)) {
      ExitRounds rounds = new ExitRounds();
      if (loop == GuestLoop.PING_PONG) {
        return rounds.pingPong(vm, count);
      }
      vm.vcpu.bindToCurrentThread();
      rounds.run(loop, vm, WARM_UP);
      long elapsed = rounds.run(loop, vm, count);
      return rounds.sink == -1 ? -1 : elapsed;
    }
  }

  private long run(GuestLoop loop, LoopVm vm, int count) {
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      switch (loop) {
        case PORT, MEMORY -> handle(vm.vcpu.run());
        case DOORBELL -> {
          handle(vm.vcpu.run());
          sink += vm.doorbell.drain();
        }
        case INTERRUPT -> {
          vm.interrupt.signal();
          handle(vm.vcpu.run());
        }
        case PING_PONG -> throw new AssertionError("two threads");
      }
    }
    return System.nanoTime() - start;
  }

  private void handle(Exit exit) {
    switch (exit) {
      case Exit.Pio pio -> {
        if (pio.isWrite()) {
          sink += pio.data(0) + pio.port();
        }
      }
      case Exit.Mmio mmio -> {
        if (mmio.isWrite()) {
          sink += mmio.data() + mmio.gpa();
        }
      }
      case Exit.Simple simple -> {
        if (simple != Exit.Simple.INTERRUPTED) {
          throw new IllegalStateException("the loop's guest ended: " + simple);
        }
      }
      case Exit.SystemEvent other -> throw unexpected(other);
      case Exit.Debug other -> throw unexpected(other);
      case Exit.FailEntry other -> throw unexpected(other);
      case Exit.GaveUp other -> throw unexpected(other);
      case Exit.Unhandled other -> throw unexpected(other);
    }
  }

  private static IllegalStateException unexpected(Exit exit) {
    return new IllegalStateException("the loop's guest ended: " + exit);
  }

  private long pingPong(LoopVm vm, int count) {
    AtomicBoolean finished = new AtomicBoolean();
    CompletableFuture<Void> running = new CompletableFuture<>();
    Thread guest = new Thread(() -> {
      try {
        vm.vcpu.bindToCurrentThread();
        while (!finished.get()) {
          handle(vm.vcpu.run());
        }
      } catch (RuntimeException | Error e) {
        running.completeExceptionally(e);
        vm.doorbell.signal(); // so that whoever answers it sees that
      }
    }, "guest");
    try (Epoll epoll = Epoll.create()) {
      epoll.add(vm.doorbell, Epoll.IN, TOKEN);
      guest.start();
      answer(vm, epoll, running, WARM_UP / 10);
      long start = System.nanoTime();
      answer(vm, epoll, running, count);
      long elapsed = System.nanoTime() - start;
      end(vm, guest, finished);
      return elapsed;
    }
  }

  private static void answer(LoopVm vm, Epoll epoll, CompletableFuture<Void> running, int count) {
    for (int i = 0; i < count; i++) {
      int ready = epoll.await(-1);
      running.getNow(null);
      for (int k = 0; k < ready; k++) {
        if (epoll.token(k) == TOKEN && vm.doorbell.drain() > 0) {
          vm.interrupt.signal();
        }
      }
    }
  }

  private static void end(LoopVm vm, Thread guest, AtomicBoolean finished) {
    finished.set(true);
    try {
      do {
        vm.vcpu.kick();
        guest.join(1);
      } while (guest.isAlive());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
