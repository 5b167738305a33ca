package org.ballastvm.testkit.bench;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.ballastvm.kvm.Exit;
import org.ballastvm.kvm.HostError;

/** Finds out whether {@code /dev/kvm} runs a few instructions of 64-bit code, by running them. */
public final class PayloadProbe {
  private static final int SECONDS = 10;

  private PayloadProbe() {}

  /** {@return why it does not, in one sentence; nothing if it does} */
  public static Optional<String> obstacle() {
    CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
    Thread.ofPlatform().daemon().name("payload").start(() -> answer.complete(run()));
    try {
      return answer.get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return Optional.of("it did nothing for " + SECONDS + " s");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("it was interrupted");
    }
  }

  private static Optional<String> run() {
    try (LoopVm vm = new LoopVm(GuestLoop.PORT)) {
      Exit exit = vm.vcpu.run();
      return exit instanceof Exit.Pio pio && pio.isWrite() && pio.port() == 0x10
          ? Optional.empty()
          : Optional.of("its first port write came out as " + exit);
    } catch (HostError e) {
      return Optional.of(e.getMessage());
    }
  }
}
