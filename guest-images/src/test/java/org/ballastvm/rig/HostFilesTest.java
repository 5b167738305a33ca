package org.ballastvm.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFilesTest {
  @TempDir
  private Path directory;

  @Test
  void aLinkHasItsOwnPlaceAndTheFilesContent() throws IOException {
    Path file = Files.writeString(directory.resolve("libc-2.36.so"), "ELF");
    Path link = Files.createSymbolicLink(directory.resolve("libc.so.6"), file);

    assertEquals(file.toRealPath(), new HostFiles().add(link).sources().get(link));
  }

  @Test
  void aDirectoryIsMountedBeforeWhatIsInIt() throws IOException {
    Path file = Files.writeString(directory.resolve("kernel"), "");

    assertEquals(List.of(directory, file),
        List.copyOf(new HostFiles().add(file).add(directory).add(file).sources().keySet()));
  }

  @Test
  void whatIsNotThereIsNamedAndTheRootIsNotGiven() {
    Path absent = directory.resolve("absent");

    assertEquals(absent + " cannot be given to the rig: there is no such file",
        assertThrows(RigError.class, () -> new HostFiles().add(absent)).getMessage());
    assertThrows(RigError.class, () -> new HostFiles().add(Path.of("/tmp/..")));
  }
}
