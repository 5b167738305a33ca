package org.ballastvm.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A running Bochs. It ends, and its directory goes, when this object is closed, or the JVM ends. */
final class BochsMachine implements AutoCloseable {
  /** Its standard output is the machine's console; what Bochs itself says goes to standard error. */
  private static final String CONSOLE_APART = "exec 3>&1 1>&2; exec \"$@\"";

  private static final Duration END_OF_WORDS = Duration.ofSeconds(10);
  private static final int LAST_WORDS = 500;

  private final Process process;
  private final Transcript complaints;

  private BochsMachine(Process process) {
    this.process = process;
    this.complaints = Transcript.of(process.getErrorStream());
  }

  /**
   * Starts one.
   *
   * @param directory where its files are, which it owns from now on
   * @throws IOException if it cannot be started
   */
  static BochsMachine start(Path directory, int memoryMiB, Path disc) throws IOException {
    Path config = Files.writeString(directory.resolve("bochsrc"),
        new BochsConfig(memoryMiB, disc, Path.of("/dev/fd/3")).text());
    // Debian's Bochs has a debugger, which waits for a command before the first instruction.
    Path goOn = Files.writeString(directory.resolve("continue"), "c\n");
    List<String> bochs = List.of("/bin/sh", "-c", CONSOLE_APART, "sh", "bochs", "-q", "-f", config.toString(), "-rc",
        goOn.toString());
    return new BochsMachine(RigMachine.bound(directory, bochs).start());
  }

  /** {@return what its first serial port sends} */
  InputStream console() { return process.getInputStream(); }

  /** {@return the end of what Bochs said, which has ended, for a message} */
  String lastWords() {
    String text = complaints.whole(END_OF_WORDS).strip();
    return text.isEmpty()
        ? "Bochs said nothing"
        : "Bochs said: " + text.substring(Math.max(0, text.length() - LAST_WORDS));
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
