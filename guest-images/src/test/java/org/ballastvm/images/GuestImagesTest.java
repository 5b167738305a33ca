package org.ballastvm.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest is made of a kernel, by path or from Debian. */
class GuestImagesTest {
  @TempDir
  Path directory;

  private GuestImages images;

  @BeforeEach
  void emptyCache() { images = GuestImages.at(directory.resolve("cache")); }

  private Path bzImage(String release) throws IOException {
    return Fixtures.write(directory.resolve("vmlinuz"), Fixtures.bzImage(release));
  }

  @Test
  void aKernelOfOnesOwnSaysItsRelease() throws IOException {
    assertEquals("6.99.0-mine", Kernel.ofPath(bzImage("6.99.0-mine"), Optional.empty()).release());
  }

  @Test
  void whatIsNoKernelIsRefused() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "not a kernel");
    assertThrows(ImageError.class, () -> Kernel.ofPath(text, Optional.empty()));
    assertThrows(ImageError.class, () -> Kernel.ofPath(directory, Optional.empty()));
    assertThrows(ImageError.class, () -> Kernel.ofPath(directory.resolve("none"), Optional.empty()));
  }

  @Test
  void aGuestOfOnesOwnKernelIsMadeOnceAndListed() throws IOException {
    assumeBusybox();
    Kernel kernel = Kernel.ofPath(bzImage("6.99.0-mine"), Optional.empty());
    GuestImage image = images.lab(kernel);
    assertEquals(image, images.lab(kernel));
    assertEquals(List.of(image), images.list());
    assertEquals(image.directory().resolve("initrd"), image.initrd());
    images.clean();
    assertEquals(List.of(), images.list());
  }

  @Test
  void debiansCloudKernelBecomesAGuest() throws IOException {
    assumeBusybox();
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/apt-get")), "no apt here");
    GuestImages ofUser = GuestImages.ofUser();
    GuestImage image;
    try {
      image = ofUser.debian(DebianFlavour.CLOUD);
    } catch (ImageError e) {
      Assumptions.assumeFalse(System.getenv("CI") == null, "Debian's kernel cannot be had: " + e.getMessage());
      throw e;
    }
    assertTrue(image.release().endsWith("-cloud-amd64"), image.release());
    assertTrue(Files.size(image.kernel()) > 1 << 20);
    String initrd = new String(Files.readAllBytes(image.initrd()), StandardCharsets.ISO_8859_1);
    assertTrue(initrd.contains("virtio_balloon.ko"), "no balloon in the initramfs");
  }

  private static void assumeBusybox() throws IOException {
    Assumptions.assumeTrue(System.getenv("CI") != null || Busybox.onTheHost().isPresent(), "no static busybox here");
  }
}
