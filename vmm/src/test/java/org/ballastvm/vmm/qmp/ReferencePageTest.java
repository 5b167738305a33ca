package org.ballastvm.vmm.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page about the machine protocol is what the classes say. */
class ReferencePageTest {
  private static final Path PAGE = Path.of("..", "docs", "qmp.md");
  private static final Path HEAD = Path.of("src", "main", "docs", "qmp.md");

  @Test
  void thePageInTheTreeIsWhatTheClassesSay() throws IOException {
    assertEquals(ReferencePage.of(Files.readString(HEAD)), Files.readString(PAGE),
        "mvn process-classes -Pwrite-docs writes it");
  }

  @Test
  void aCommandIsListedWithItsArgumentsAndItsAnswer() {
    String page = ReferencePage.of("# Head\n");
    assertTrue(page.contains("""
        ### `query-balloon`

        Returns how much memory the guest has, by its last report; the guest is not asked.

        Returns object:

        - `actual` (integer): memory that the guest has, in bytes

        """), page);
    assertTrue(page.contains("- `type` is `virtio-mem`, and `data` has\n  - `id` (string, may be missing): its id"),
        page);
    assertTrue(page.contains("- all others: its properties"), page);
  }
}
