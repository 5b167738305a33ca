package org.ballastvm.testkit.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the guest's kernel says on its console, read by a thread of its own: the first and the last of it are kept. */
final class KernelLog {
  private static final int BUFFER_BYTES = 1 << 13;
  private static final int MOST_CHARACTERS = 1 << 20;
  private static final int LAST_LINES = 12;
  private static final long END_MILLIS = 5000;

  private final StringBuilder text = new StringBuilder();
  private final Thread reader;

  /**
   * Begins to read.
   *
   * @param shown where it is shown, too, if it is
   */
  KernelLog(InputStream console, Optional<OutputStream> shown) {
    reader = Thread.ofPlatform().daemon().name("console").start(() -> read(console, shown));
  }

  private void read(InputStream console, Optional<OutputStream> shown) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      for (int count = console.read(buffer); count >= 0; count = console.read(buffer)) {
        keep(new String(buffer, 0, count, StandardCharsets.ISO_8859_1).replace("\r", ""));
        if (shown.isPresent()) {
          shown.get().write(buffer, 0, count);
          shown.get().flush();
        }
      }
    } catch (IOException e) {
      keep(""); // the machine is gone, or nobody looks any more
    }
  }

  /** In the middle it has a gap if a guest never stops. */
  private synchronized void keep(String more) {
    text.append(more);
    if (text.length() > MOST_CHARACTERS) {
      text.delete(MOST_CHARACTERS / 2, MOST_CHARACTERS / 2 + text.length() - MOST_CHARACTERS);
    }
  }

  /** Waits until the machine, which has ended, has said its last. */
  void awaitEnd() {
    try {
      reader.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  synchronized String text() { return text.toString(); }

  /** {@return its end, for a message} */
  String lastWords() {
    String[] lines = text().strip().split("\n");
    StringBuilder last = new StringBuilder();
    for (int i = Math.max(0, lines.length - LAST_LINES); i < lines.length; i++) {
      last.append("\n  ").append(lines[i]);
    }
    return last.toString();
  }
}
