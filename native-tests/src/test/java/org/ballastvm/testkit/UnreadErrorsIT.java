package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ballastvm.kvm.HostStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Standard error is a terminal that nobody reads. */
@Timeout(120)
class UnreadErrorsIT {
  /** Far more than a terminal holds. */
  private static final int COMPLAINTS = 2000;

  @TempDir
  private Path directory;

  @Test
  void whoeverComplainsThereDoesNotWait() throws Exception {
    List<String> command = new ArrayList<>(List.of(Launched.launcher().toString()));
    for (int i = 0; i < COMPLAINTS; i++) {
      command.addAll(List.of("-trace", "there_is_no_such_event_" + i));
    }
    command.addAll(List.of("-kernel", "absent"));
    try (HostStream unread = HostStream.openPty()) {
      Process process = new ProcessBuilder(command).directory(directory.toFile())
          .redirectError(unread.ptyPath().toFile()).start();
      try {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it waits for a reader");
        assertEquals(2, process.exitValue());
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
