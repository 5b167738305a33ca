package org.ballastvm.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One word stands for a kernel. */
class KernelSourceTest {
  private static final String RELEASE = "6.99.0-mine";

  @TempDir
  Path directory;

  private GuestImages images;
  private Path tree;

  @BeforeEach
  void aTreeAndAnEmptyCache() throws IOException {
    images = GuestImages.at(directory.resolve("cache"));
    tree = directory.resolve("linux");
    Fixtures.write(tree.resolve("arch/x86/boot/bzImage"), Fixtures.bzImage(RELEASE));
    Fixtures.write(tree.resolve("include/config/kernel.release"), RELEASE.getBytes(StandardCharsets.US_ASCII));
  }

  private void moduleInTree(String file, String depends) throws IOException {
    Fixtures.write(tree.resolve(file), Fixtures.module("license=GPL\0depends=" + depends + "\0name=x\0"));
  }

  private void treeOfTwoModules(String order) throws IOException {
    Assumptions.assumeTrue(System.getenv("CI") != null || Files.exists(Path.of("/usr/sbin/depmod"))
        || Files.exists(Path.of("/sbin/depmod")), "no depmod here");
    moduleInTree("drivers/a/a.ko", "b");
    moduleInTree("lib/b.ko", "");
    Files.writeString(tree.resolve("modules.order"), order);
    Files.writeString(tree.resolve("modules.builtin"), "kernel/drivers/virtio/virtio.ko\n");
  }

  private Kernel kernel(Path word) { return KernelSource.parse(word.toString()).resolve(images); }

  @Test
  void seriesOfDebianAreRead() {
    assertEquals(new KernelSource.Debian("6.1", Optional.empty()), KernelSource.parse("debian:6.1"));
    assertEquals(new KernelSource.Debian("6.12", Optional.of("rt")), KernelSource.parse("debian:6.12-rt"));
    assertEquals("debian:6.12-cloud", KernelSource.parse("debian:6.12-cloud").word());
  }

  @ParameterizedTest
  @ValueSource(strings = {"debian:", "debian:6", "debian:6.12-", "debian:6.12-RT", "debian:6.12-rt-cloud",
      "debian:six"})
  void whatIsNoSeriesIsRefusedByName(String word) {
    ImageError error = assertThrows(ImageError.class, () -> KernelSource.parse(word));
    assertTrue(error.getMessage().startsWith("kernel " + word + ": must be debian:SERIES"), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "6.12", "./no-such-file", "a\0b"})
  void aWordThatNamesNothingIsRefusedInASentence(String word) {
    ImageError error = assertThrows(ImageError.class, () -> KernelSource.parse(word));
    assertTrue(error.getMessage().startsWith("kernel "), error.getMessage());
  }

  @Test
  void aTreeWithoutModulesHasItsKernelAlone() {
    Kernel kernel = kernel(tree);
    assertEquals(new Kernel(RELEASE, tree.resolve("arch/x86/boot/bzImage"), Optional.empty()), kernel);
    assertEquals(kernel, images.withDependencies(kernel));
  }

  @Test
  void aTreeWhereNothingWasBuiltSaysSo() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    ImageError error = assertThrows(ImageError.class, () -> kernel(empty));
    assertEquals(
        "kernel " + empty + ": is a directory without arch/x86/boot/bzImage or vmlinux; build a kernel there, or"
            + " name another",
        error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"drivers/a/a.ko\nlib/b.ko\nlib/not-built.ko\n", "drivers/a/a.o\nlib/b.o\n",
      "kernel/drivers/a/a.ko\nkernel/lib/b.ko\n"})
  void modulesOfATreeAreInstalledAsEverySeriesListsThem(String order) throws IOException {
    treeOfTwoModules(order);
    Path modules = kernel(tree).modules().orElseThrow();
    assertTrue(modules.endsWith("lib/modules/" + RELEASE), modules.toString());
    assertEquals("kernel/drivers/a/a.ko\nkernel/lib/b.ko\n", Files.readString(modules.resolve("modules.order")));
    assertTrue(Files.exists(modules.resolve("kernel/lib/b.ko")));
    assertTrue(Files.exists(modules.resolve("modules.dep")));
    assertTrue(ModuleTree.of(modules).knows("virtio"));
  }

  @Test
  void aTreeIsInstalledAgainWhenAModuleWasBuiltAgainAndTheOneBeforeIsKept() throws IOException {
    treeOfTwoModules("drivers/a/a.ko\nlib/b.ko\n");
    Path first = kernel(tree).modules().orElseThrow();
    assertEquals(first, kernel(tree).modules().orElseThrow());
    for (int build = 1; build <= 3; build++) {
      Files.setLastModifiedTime(tree.resolve("lib/b.ko"), FileTime.fromMillis(1000L * build));
      assertNotEquals(first, kernel(tree).modules().orElseThrow());
    }
    try (Stream<Path> trees = Files.list(images.directory().resolve("trees"))) {
      try (Stream<Path> installed = Files.list(trees.findFirst().orElseThrow())) {
        assertEquals(2, installed.count());
      }
    }
    assertFalse(Files.exists(first));
  }

  @Test
  void aKernelThatLiesInItsTreeHasTheModulesOfTheTree() throws IOException {
    treeOfTwoModules("drivers/a/a.ko\nlib/b.ko\n");
    Kernel kernel = kernel(tree.resolve("arch/x86/boot/bzImage"));
    assertEquals(kernel(tree).modules(), kernel.modules());
  }

  @Test
  void aKernelThatLiesElsewhereHasThoseOfTheHostForItsRelease() throws IOException {
    Path image = Fixtures.write(directory.resolve("elsewhere/bzImage"), Fixtures.bzImage(RELEASE));
    assertEquals(new Kernel(RELEASE, image, Optional.empty()), kernel(image));
  }

  @Test
  void aPackageIsUnpackedOnce() throws IOException {
    String image = new String(Fixtures.bzImage(RELEASE), StandardCharsets.US_ASCII);
    Path deb = Fixtures.write(directory.resolve("linux-image.deb"),
        Fixtures.deb(Map.of("./boot/vmlinuz-" + RELEASE, image,
            "./lib/modules/" + RELEASE + "/kernel/lib/b.ko", "module")));
    assertInstanceOf(KernelSource.DebianPackage.class, KernelSource.parse(deb.toString()));
    Kernel kernel = kernel(deb);
    assertEquals(RELEASE, kernel.release());
    assertEquals("module", Files.readString(kernel.modules().orElseThrow().resolve("kernel/lib/b.ko")));
    assertEquals(kernel, kernel(deb));
  }

  @Test
  void aPackageOfSomethingElseIsRefused() throws IOException {
    Path deb = Fixtures.write(directory.resolve("words.deb"), Fixtures.deb(Map.of("./usr/share/doc/readme", "words")));
    ImageError error = assertThrows(ImageError.class, () -> kernel(deb));
    assertEquals("words.deb holds no boot/vmlinuz-*, so it is no package of a kernel", error.getMessage());
  }

  @Test
  void modulesWithoutListsGetThemBesideTheirOwnDirectory() throws IOException {
    treeOfTwoModules("");
    Kernel bare = new Kernel(RELEASE, tree.resolve("vmlinux"), Optional.of(tree));
    Kernel kernel = images.withDependencies(bare);
    Path modules = kernel.modules().orElseThrow();
    assertTrue(Files.readString(modules.resolve("modules.dep")).contains("drivers/a/a.ko"));
    assertFalse(Files.exists(tree.resolve("modules.dep")));
    assertEquals(kernel, images.withDependencies(bare));
    assertEquals(kernel, images.withDependencies(kernel));
  }

  @Test
  void debiansSeriesComesFromAptOrFromTheCache() {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/apt-get")), "no apt here");
    ImageError error = assertThrows(ImageError.class, () -> KernelSource.parse("debian:1.9-rt").resolve(images));
    assertTrue(error.getMessage().startsWith("kernel debian:1.9-rt: apt knows no kernel of that series here"),
        error.getMessage());
  }
}
