package org.ballastvm.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kernel comes out of a package, and nothing else does. */
class DebArchiveTest {
  private static final String RELEASE = "6.1.0-9-amd64";
  private static final Map<String, String> KERNEL = Map.of("./boot/vmlinuz-" + RELEASE, "kernel",
      "./boot/config-" + RELEASE, "CONFIG_VIRTIO=m", "./lib/modules/" + RELEASE + "/kernel/a.ko", "module",
      "./usr/share/doc/readme", "words");

  @TempDir
  Path directory;

  private Path unpack(Map<String, String> files) throws IOException {
    Path deb = Fixtures.write(directory.resolve("linux.deb"), Fixtures.deb(files));
    Path work = Files.createDirectory(directory.resolve("work"));
    KernelCache.unpack(deb, work);
    return work;
  }

  @Test
  void theKernelItsConfigAndItsModulesAreTaken() throws IOException {
    Path work = unpack(KERNEL);
    assertEquals("kernel", Files.readString(work.resolve("vmlinuz")));
    assertEquals("CONFIG_VIRTIO=m", Files.readString(work.resolve("config")));
    assertEquals("module", Files.readString(work.resolve("modules/kernel/a.ko")));
    assertFalse(Files.exists(work.resolve("readme")));
  }

  @Test
  void modulesBelowUsrAreTakenToo() throws IOException {
    Path work = unpack(
        Map.of("./boot/vmlinuz-" + RELEASE, "kernel", "./usr/lib/modules/" + RELEASE + "/kernel/a.ko", "module"));
    assertEquals("module", Files.readString(work.resolve("modules/kernel/a.ko")));
  }

  @Test
  void aPathThatClimbsOutIsNotWritten() throws IOException {
    unpack(Map.of("./boot/vmlinuz-" + RELEASE, "kernel", "./lib/modules/" + RELEASE + "/../../../../evil", "x"));
    assertFalse(Files.exists(directory.resolve("evil")));
  }

  @Test
  void aPackageWithoutItsKernelIsRefused() {
    ImageError error = assertThrows(ImageError.class, () -> unpack(Map.of("./usr/share/doc/readme", "words")));
    assertEquals("linux.deb holds no boot/vmlinuz-*, so it is no package of a kernel", error.getMessage());
  }

  @Test
  void aCompressionThatIsNotReadIsNamed() throws IOException {
    byte[] member = "x".getBytes(StandardCharsets.US_ASCII);
    Path deb = Fixtures.write(directory.resolve("linux.deb"), Fixtures.ar(Map.of("data.tar.zst", member)));
    ImageError error = assertThrows(ImageError.class, () -> DebArchive.extract(deb, path -> Optional.empty()));
    assertTrue(error.getMessage().startsWith("data.tar.zst is compressed"), error.getMessage());
  }

  @Test
  void aPackageThatEndsTooEarlyIsAnError() throws IOException {
    byte[] whole = Fixtures.deb(KERNEL);
    Path deb = Fixtures.write(directory.resolve("cut.deb"), Arrays.copyOf(whole, whole.length / 2));
    assertThrows(IOException.class, () -> DebArchive.extract(deb, path -> Optional.of(directory.resolve(path))));
  }
}
