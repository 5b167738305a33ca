package org.ballastvm.images;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MissingToolsTest {
  @Test
  void whatIsMissingIsOneSentenceWithEachPackageOnce() {
    MissingTools missing = new MissingTools().program("sh", "dash").program("no-such-emulator", "bochs")
        .file(Path.of("/absent/display.so"), "bochs").file(Path.of("/absent/bios"), "bochsbios");

    assertEquals(
        Optional.of("the rig needs no-such-emulator, /absent/display.so, /absent/bios, which this host does not"
            + " have: apt-get install bochs bochsbios"),
        missing.sentence("the rig"));
  }

  @Test
  void aHostThatHasAllLacksNothing() {
    assertEquals(Optional.empty(), new MissingTools().program("sh", "dash").file(Path.of("/"), "base").sentence("x"));
  }
}
