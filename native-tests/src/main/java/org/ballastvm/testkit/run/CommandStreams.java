package org.ballastvm.testkit.run;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.ballastvm.testkit.agent.AgentError;
import org.ballastvm.testkit.agent.GuestProcess;

/**
 * The standard streams of this process, joined to those of a program in the guest: what comes goes on at once, and who reads
 * no more is felt on the other side.
 */
final class CommandStreams {
  private static final int BUFFER_BYTES = 1 << 16;
  /** As nspawn and telnet have it: a guest that hears nothing any more can be left. */
  private static final int ESCAPE = 0x1d;
  private static final int ESCAPES = 3;

  private final GuestProcess process;
  private final Thread output;
  private final Thread errors;

  /**
   * Joins them.
   *
   * @param onEscape runs if Ctrl-] was pressed three times on the terminal; null if there is none
   */
  CommandStreams(GuestProcess process, Runnable onEscape) {
    this.process = process;
    this.output = pass("output", process.output(), new FileOutputStream(FileDescriptor.out));
    this.errors = pass("errors", process.errors(), new FileOutputStream(FileDescriptor.err));
    Thread.ofPlatform().daemon().name("input").start(() -> feed(onEscape));
  }

  private static Thread pass(String name, InputStream from, OutputStream to) {
    return Thread.ofPlatform().daemon().name(name).start(() -> {
      byte[] buffer = new byte[BUFFER_BYTES];
      try (from) {
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
          to.write(buffer, 0, count);
        }
      } catch (IOException | AgentError e) {
        // Nobody reads it any more, which the guest learns as the stream is closed; or the guest is gone.
      }
    });
  }

  private void feed(Runnable onEscape) {
    byte[] buffer = new byte[BUFFER_BYTES];
    int escapes = 0;
    try (InputStream in = new FileInputStream(FileDescriptor.in); OutputStream to = process.input()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        for (int i = 0; onEscape != null && i < count; i++) {
          escapes = buffer[i] == ESCAPE ? escapes + 1 : 0;
          if (escapes == ESCAPES) {
            onEscape.run();
          }
        }
        to.write(buffer, 0, count);
      }
    } catch (IOException | AgentError e) {
      // The program reads no more, or the guest is gone.
    }
  }

  /** Waits until all that the program wrote is written here. */
  void awaitOutput() {
    try {
      output.join();
      errors.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
