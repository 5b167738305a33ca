package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memfds and shared memory obey a file of the host's that private memory does not. */
class SharedHugePagesTest {
  @ParameterizedTest
  @ValueSource(strings = {"[always] within_size advise never deny force\n",
      "always [within_size] advise never deny force\n", "always within_size [advise] never deny force\n",
      "always within_size advise never deny [force]\n"})
  void aHostThatGivesThemToWhoeverAsksIsNoObstacle(String modes) {
    assertEquals(Optional.empty(), SharedHugePages.obstacle(modes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"always within_size advise [never] deny force\n",
      "always within_size advise never [deny] force\n"})
  void aHostThatDoesNotIsNamedWithTheFileThatSaysSo(String modes) {
    String why = SharedHugePages.obstacle(modes).orElseThrow();
    assertTrue(why.contains("shmem_enabled is " + (modes.contains("[never]") ? "never" : "deny")), why);
  }

  @Test
  void theManualNamesThatFile() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "memory-backends.md"));
    assertTrue(page.contains("Memfds and `share=on` obey another file"), "docs/memory-backends.md");
    assertTrue(page.contains("/sys/kernel/mm/transparent_hugepage/shmem_enabled"), "docs/memory-backends.md");
  }
}
