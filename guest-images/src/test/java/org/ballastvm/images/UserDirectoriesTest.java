package org.ballastvm.images;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A user's directories are where the XDG Base Directory Specification says. */
class UserDirectoriesTest {
  private static final Map<String, String> SET = Map.of("XDG_CACHE_HOME", "/c", "XDG_STATE_HOME", "/s",
      "XDG_RUNTIME_DIR",
      "/run/user/1");
  private static final Map<String, String> RELATIVE = Map.of("XDG_CACHE_HOME", "c", "XDG_STATE_HOME", "",
      "XDG_RUNTIME_DIR",
      "./r");

  private static Path home(String path) { return Path.of(System.getProperty("user.home"), path); }

  @Test
  void whatTheEnvironmentNamesIsTaken() {
    assertEquals(Path.of("/c/ballast"), UserDirectories.cache(SET));
    assertEquals(Path.of("/s/ballast"), UserDirectories.state(SET));
    assertEquals(Path.of("/run/user/1/ballast"), UserDirectories.runtime(SET));
  }

  @Test
  void whatItNamesRelativelyOrNotAtAllIsBelowTheHomeDirectory() {
    for (Map<String, String> environment : List.of(RELATIVE, Map.<String, String>of())) {
      assertEquals(home(".cache/ballast"), UserDirectories.cache(environment));
      assertEquals(home(".local/state/ballast"), UserDirectories.state(environment));
      assertEquals(home(".cache/ballast/run"), UserDirectories.runtime(environment));
    }
  }

  @Test
  void withoutASessionItIsInTheCache() {
    assertEquals(Path.of("/c/ballast/run"), UserDirectories.runtime(Map.of("XDG_CACHE_HOME", "/c")));
  }
}
