package org.ballastvm.vmm.chardev;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.loop.EventLoop;

/** An event loop with chardevs on it, driven by a test. */
final class LoopOfTest implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 20;

  private final CompletableFuture<Throwable> crash = new CompletableFuture<>();
  final EventLoop loop = new EventLoop("test", crash::complete);

  /** Opens a chardev with a frontend, and starts the loop. */
  Chardev start(ChardevConfig config, CharFrontend frontend) {
    Chardev chardev = Chardevs.open(config, loop, () -> {
      throw new AssertionError("nobody typed Ctrl-A x");
    });
    chardev.connect(frontend);
    loop.start();
    return chardev;
  }

  /** Runs something on the loop. */
  <T> T on(Supplier<T> work) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.post(() -> done.complete(work.get()));
    return done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Sends text. */
  void send(Chardev chardev, String text) throws Exception {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    on(() -> {
      chardev.send(bytes, 0, bytes.length);
      return true;
    });
  }

  /** Ends the loop. */
  @Override
  public void close() {
    loop.close();
    if (crash.isDone()) {
      throw new AssertionError("the event loop crashed", crash.join());
    }
  }
}
