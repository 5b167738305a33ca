package org.ballastvm.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A command that runs, and somebody at its standard input and output. */
final class StartedBallast implements AutoCloseable {
  static final String PROMPT = "(ballast) ";
  private static final long PATIENCE_SECONDS = 240;

  private final Process process;
  private final StringBuilder output = new StringBuilder();
  private boolean ended;
  private int from;

  StartedBallast(Path directory, Map<String, String> environment, List<String> command) throws IOException {
    // A shell that runs the tests in its background has them ignore SIGINT, and so would all that they start.
    List<String> signalled = new ArrayList<>(List.of("env", "--default-signal=INT,HUP,TERM"));
    signalled.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(signalled).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    process = builder.start();
    Thread reader = new Thread(this::read, "output");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    byte[] bytes = new byte[4096];
    try (InputStream in = process.getInputStream()) {
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        synchronized (this) {
          output.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
          notifyAll();
        }
      }
    } catch (IOException e) {
      // Its end, in another way.
    }
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }

  Process process() { return process; }

  /** Types. */
  void type(String keys) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write(keys.getBytes(StandardCharsets.ISO_8859_1));
    in.flush();
  }

  /**
   * Waits for text behind what was waited for last.
   *
   * @return what came before it
   */
  String expect(String text) throws InterruptedException, TimeoutException { return expect(text, PATIENCE_SECONDS); }

  /** The same for what takes longer. */
  synchronized String expect(String text, long seconds) throws InterruptedException, TimeoutException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    int at = output.indexOf(text, from);
    while (at < 0) {
      long left = end - System.nanoTime();
      if (left <= 0 || ended) {
        throw new TimeoutException("no \"" + text + "\" in: " + output);
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
      at = output.indexOf(text, from);
    }
    String before = output.substring(from, at);
    from = at + text.length();
    return before;
  }

  /** Waits for its end; what it printed in all. */
  String awaitEnd() throws InterruptedException, TimeoutException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new TimeoutException("still running, after: " + output);
    }
    synchronized (this) {
      while (!ended) {
        wait();
      }
      return output.toString();
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
