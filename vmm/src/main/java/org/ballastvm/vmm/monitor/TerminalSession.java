package org.ballastvm.vmm.monitor;

import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.ballastvm.kvm.Terminal;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.config.MonitorPrompt;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.terminal.Keys;
import org.ballastvm.vmm.terminal.TerminalReader;

/**
 * The thread that edits lines for a monitor: what is typed comes from the event loop, and what is shown, and what a line
 * asks for, goes back to it.
 */
final class TerminalSession {
  private static final long LOOK_AGAIN_SECONDS = 1;

  private final Machine vm;
  private final Chardev chardev;
  private final MonitorPrompt prompt;
  private final Keys keys = new Keys(this::roomAgain);
  private final Semaphore drained = new Semaphore(0);
  private final Thread thread;

  TerminalSession(Machine vm, Chardev chardev, MonitorPrompt prompt) {
    this.vm = vm;
    this.chardev = chardev;
    this.prompt = prompt;
    thread = Thread.ofPlatform().daemon().name("monitor").unstarted(this::run);
  }

  void begin() { thread.start(); }

  int room() { return keys.room(); }

  void typed(byte[] bytes, int offset, int count) { keys.offer(bytes, offset, count); }

  void showAgain() { keys.offer(new byte[]{TerminalReader.REDRAW}, 0, 1); }

  void drained() { drained.release(); }

  private void roomAgain() { vm.onLoop(chardev::receiveMore); }

  private boolean ended() { return vm.end().isDone(); }

  private void run() {
    try {
      TerminalReader reader = new TerminalReader(System.getenv("TERM"), keys, new Output(), Terminal::size,
          line -> onLoop(() -> Completion.of(vm, line)).orElse(List.of()), System.getenv());
      reader.followSize();
      reader.print("\r"); // Over the prompt that may be there.
      while (!ended()) {
        // Ctrl-D has nowhere to leave to.
        reader.read(prompt.text()).flatMap(line -> onLoop(() -> Commands.run(vm, line)))
            .ifPresent(reader::print);
      }
    } catch (RuntimeException | Error e) {
      if (!ended()) {
        vm.crashed(e);
      }
    }
  }

  /** Asks the loop; empty when the machine has ended. */
  private <T> Optional<T> onLoop(Supplier<T> question) {
    AtomicReference<T> answer = new AtomicReference<>();
    vm.onLoop(() -> answer.set(question.get()));
    return Optional.ofNullable(answer.get());
  }

  /** To the terminal; waits where it is slow. */
  private final class Output extends OutputStream {
    @Override
    public void write(int one) { write(new byte[]{(byte) one}, 0, 1); }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      int sent = 0;
      while (sent < count && !ended()) {
        int from = sent;
        drained.drainPermits();
        int now = onLoop(() -> send(bytes, offset + from, count - from)).orElse(0);
        sent += now;
        if (now == 0) {
          awaitDrained();
        }
      }
    }

    private int send(byte[] bytes, int offset, int count) {
      int now = Math.min(count, chardev.sendRoom());
      chardev.send(bytes, offset, now);
      return now;
    }

    private void awaitDrained() {
      try {
        if (drained.tryAcquire(LOOK_AGAIN_SECONDS, TimeUnit.SECONDS)) {
          drained.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
