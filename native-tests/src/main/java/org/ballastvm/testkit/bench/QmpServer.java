package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A VMM that runs no guest, and a client of its machine protocol that asks one thing, and always hears the same. */
final class QmpServer implements AutoCloseable {
  private static final byte[] QUESTION = "{\"execute\": \"query-status\"}\n".getBytes(StandardCharsets.US_ASCII);
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  /**
   * How long questions took that were asked one by one.
   *
   * @param total all of them, in nanoseconds
   * @param half at most so long took one in two, in nanoseconds
   * @param most at most so long took 99 of a hundred, in nanoseconds
   */
  record Latency(long total, long half, long most) {}

  private final Process process;
  private final Path path;
  private SocketChannel socket;
  private final ByteBuffer answers = ByteBuffer.allocateDirect(64 << 10);
  private int answerBytes;

  /** Starts it, and waits until it has answered once. */
  QmpServer(List<String> command, Path path) throws IOException {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("-qmp", "unix:" + path + ",server=on,wait=off"));
    this.path = path;
    process = new ProcessBuilder(all).redirectErrorStream(true)
        .redirectOutput(path.resolveSibling("output").toFile()).start();
    try {
      socket = connect();
      line();
      socket.write(ByteBuffer.wrap("{\"execute\": \"qmp_capabilities\"}\n".getBytes(StandardCharsets.US_ASCII)));
      line();
      socket.write(ByteBuffer.wrap(QUESTION));
      answerBytes = line().length();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private SocketChannel connect() throws IOException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      try {
        return SocketChannel.open(UnixDomainSocketAddress.of(path));
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new IOException("nobody at " + path + ": " + Files.readString(path.resolveSibling("output")), e);
        }
        Thread.onSpinWait();
      }
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (line.indexOf("\n") < 0) {
      if (socket.read(one.clear()) < 0) {
        throw new IOException("it hung up after: " + line);
      }
      line.append((char) one.get(0));
    }
    return line.toString();
  }

  /** Asks one by one. */
  Latency oneByOne(int questions) throws IOException {
    ByteBuffer question = ByteBuffer.allocateDirect(QUESTION.length).put(QUESTION);
    long[] nanos = new long[questions];
    long begin = System.nanoTime();
    for (int i = 0; i < questions; i++) {
      long asked = System.nanoTime();
      socket.write(question.rewind());
      readAnswers(1);
      nanos[i] = System.nanoTime() - asked;
    }
    long total = System.nanoTime() - begin;
    Arrays.sort(nanos);
    return new Latency(total, nanos[(questions - 1) / 2], nanos[(questions - 1) * 99 / 100]);
  }

  /** Asks without waiting for answers; how long it took, in nanoseconds. */
  long inOneGo(int questions) throws IOException {
    ByteBuffer all = ByteBuffer.allocateDirect(QUESTION.length * questions);
    for (int i = 0; i < questions; i++) {
      all.put(QUESTION);
    }
    long begin = System.nanoTime();
    CompletableFuture<Void> asked = CompletableFuture.runAsync(() -> write(all.flip()),
        task -> new Thread(task).start());
    readAnswers(questions);
    asked.join();
    return System.nanoTime() - begin;
  }

  private void write(ByteBuffer all) {
    try {
      while (all.hasRemaining()) {
        socket.write(all);
      }
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private void readAnswers(int count) throws IOException {
    long left = (long) count * answerBytes;
    while (left > 0) {
      int read = socket.read(answers.clear());
      if (read < 0) {
        throw new IOException("it hung up: " + Files.readString(path.resolveSibling("output")));
      }
      left -= read;
    }
    if (left < 0 || answers.get(answers.position() - 1) != '\n') {
      throw new IOException("it answered otherwise than before");
    }
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
    }
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(path); // the next one starts with nobody there
  }
}
