package org.ballastvm.vmm.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import org.ballastvm.kvm.HostStream;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.control.SaveFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file that memory is saved to, on the event loop. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SaveFileTest {
  private static final long FAR_MORE_THAN_A_TERMINAL_HOLDS = 1 << 20;

  @TempDir
  private Path directory;

  private static void save(Path file) {
    SaveFile.write(file.toString(), 0, FAR_MORE_THAN_A_TERMINAL_HOLDS, (address, into, length) -> into[0] = 'a');
  }

  @Test
  void aTerminalThatNobodyReadsIsRefusedNotWaitedFor() {
    try (HostStream unread = HostStream.openPty()) {
      assertEquals("Could not open '" + unread.ptyPath() + "': Not a regular file",
          assertThrows(UserError.class, () -> save(unread.ptyPath())).getMessage());
    }
  }

  @Test
  void aFileTakesItAll() throws Exception {
    save(directory.resolve("memory"));
    assertEquals(FAR_MORE_THAN_A_TERMINAL_HOLDS, Files.size(directory.resolve("memory")));
  }
}
