package org.ballastvm.vmm;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.machine.Machine;

/**
 * What becomes of a request to a guest, which an event of its machine reports.
 *
 * @param <T> what becomes of it
 */
final class Awaited<T> {
  private final Machine machine;
  private final CompletableFuture<T> outcome = new CompletableFuture<>();
  private final Function<MachineEvent, Optional<T>> read;
  private final MachineEvents.Listener listener = (event, when) -> look(event);

  /**
   * Nothing was asked yet.
   *
   * @param machine whose events are watched
   * @param read reads the outcome in an event, if it is about the request; throws UserError for one that failed
   */
  Awaited(Machine machine, Function<MachineEvent, Optional<T>> read) {
    this.machine = machine;
    this.read = read;
  }

  /** Asks, on the event loop; what the request throws is the caller's, and nothing is awaited then. */
  CompletionStage<T> after(Runnable request) {
    machine.onLoop(() -> {
      machine.events().listen(listener);
      try {
        request.run();
      } catch (RuntimeException | Error e) {
        machine.events().forget(listener);
        throw e;
      }
    });
    var unused = machine.end().thenRun(() -> giveUp("the machine has ended"));
    return outcome.minimalCompletionStage();
  }

  /** Nobody waits for it any more. */
  void giveUp(String why) {
    machine.events().forget(listener);
    outcome.completeExceptionally(new UserError(machine.config().name() + ": " + why));
  }

  private void look(MachineEvent event) {
    try {
      read.apply(event).ifPresent(this::complete);
    } catch (UserError e) {
      machine.events().forget(listener);
      outcome.completeExceptionally(e);
    }
  }

  private void complete(T value) {
    machine.events().forget(listener);
    outcome.complete(value);
  }
}
