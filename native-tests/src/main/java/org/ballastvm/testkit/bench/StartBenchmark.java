package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long a process takes from exec to a point that its user sees. */
final class StartBenchmark {
  private static final String PROMPT = "(ballast) ";

  /**
   * Times of one way to start.
   *
   * @param what is started
   * @param times from exec on
   */
  record Start(String what, Samples times) {}

  private StartBenchmark() {}

  /** Measures each way {@code runs} times, by turns. */
  static List<Start> run(int runs, Path launcher) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Start jvm = new Start("`java -version`, the JVM alone, to its end", new Samples());
    Start version = new Start("`ballast --version`, to its end", new Samples());
    Start machine = new Start("`ballast -S -m 128` with balloon, rng and monitor, to the prompt", new Samples());
    for (int i = 0; i <= runs; i++) {
      long[] nanos = {toTheEnd(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-version"),
          toTheEnd(launcher.toString(), "--version"),
          toThePrompt(launcher.toString(), "-S", "-nodefaults", "-m", "128", "-monitor", "stdio", "-serial", "null",
              "-device", "virtio-balloon-pci", "-device", "virtio-rng-pci")};
      if (i > 0) { // the first brings the files into memory
        jvm.times.add(nanos[0]);
        version.times.add(nanos[1]);
        machine.times.add(nanos[2]);
      }
    }
    return List.of(jvm, version, machine);
  }

  static String table(List<Start> starts) {
    StringBuilder table = new StringBuilder("""
        | Start of | Median, ms | Middle half, ms | Best, ms |
        |---|---:|---:|---:|
        """);
    for (Start start : starts) {
      table.append(String.format("| %s | %.0f | %.0f to %.0f | %.0f |%n", start.what, start.times.median() / 1e6,
          start.times.lowerQuartile() / 1e6, start.times.upperQuartile() / 1e6, start.times.best() / 1e6));
    }
    return table.toString();
  }

  private static long toTheEnd(String... command) throws IOException {
    long begin = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    long elapsed = requireSuccess(process, begin);
    return elapsed;
  }

  private static long toThePrompt(String... command) throws IOException {
    long begin = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    InputStream output = process.getInputStream();
    List<Byte> bytes = new ArrayList<>();
    while (!text(bytes).contains(PROMPT)) {
      int next = output.read();
      if (next < 0) {
        throw new IOException(String.join(" ", command) + " ended without a prompt: " + text(bytes));
      }
      bytes.add((byte) next);
    }
    long elapsed = System.nanoTime() - begin;
    process.getOutputStream().write("quit\n".getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
    output.readAllBytes();
    requireSuccess(process, begin);
    return elapsed;
  }

  private static String text(List<Byte> bytes) {
    StringBuilder text = new StringBuilder();
    bytes.forEach(b -> text.append((char) (b & 0xff)));
    return text.toString();
  }

  private static long requireSuccess(Process process, long begin) throws IOException {
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException("exit status " + status);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return System.nanoTime() - begin;
  }
}
