package org.ballastvm.testkit.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ballastvm.images.GuestImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a study reads and writes on the host. */
class StudyFilesTest {
  @TempDir
  private Path directory;

  @Test
  void theUsersInitrdComesFirstAndEachArchiveWhereLinuxLooksForIt() throws IOException {
    Path own = Files.writeString(directory.resolve("own"), "owner's");
    Path lab = Files.writeString(directory.resolve("lab"), "lab ");
    GuestImage image = StudyInitrd.write(directory, new GuestImage("6.1", own, lab), Optional.of(own));
    String bytes = Files.readString(image.initrd(), StandardCharsets.ISO_8859_1);
    assertEquals("owner's\0lab 070701", bytes.substring(0, 18));
    assertTrue(bytes.contains("bin/ballast-study\0"));
    assertEquals(own, image.kernel());
  }
}
