package org.ballastvm.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that programs of this host make, as those programs read them back. */
class DiskToolsTest {
  @TempDir
  private Path directory;

  private static void need(String program, String debianPackage) {
    Optional<String> missing = new MissingTools().program(program, debianPackage).sentence("this test");
    Assumptions.assumeTrue(missing.isEmpty() || System.getenv("CI") != null, () -> missing.orElse(""));
  }

  private String run(String... command) throws IOException {
    HostProgram.Outcome outcome = HostProgram.in(directory).run(List.of(command));
    assertEquals(0, outcome.status(), outcome.said());
    return outcome.said();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aCopyStaysSparse() throws IOException {
    Path disk = directory.resolve("disk.img");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(1L << 30);
      file.write(1);
    }
    Path copy = directory.resolve("copy.img");
    SparseFile.copy(disk, copy);

    assertEquals(1L << 30, Files.size(copy));
    assertTrue(Integer.parseInt(run("stat", "-c", "%b", "copy.img").strip()) < 1024, "its holes are filled");
  }

  @Test
  void ofAFileThatFailsHalfWayNothingStays() throws IOException {
    Path target = Files.writeString(directory.resolve("disk"), "old");
    assertThrows(IOException.class, () -> SparseFile.make(target, file -> {
      Files.writeString(file, "ne");
      throw new IOException("No space left on device");
    }));

    assertEquals(List.of("disk"), files());
    assertEquals("old", Files.readString(target));
  }

  @Test
  void aQcow2BecomesARawDisk() throws IOException {
    need("qemu-img", "qemu-utils");
    Path raw = Files.write(directory.resolve("content"), new byte[1 << 20]);
    Files.writeString(raw, "the first sector");
    run("truncate", "-s", "8M", "content");
    run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", "content", "some.disk.qcow2");
    Path source = directory.resolve("some.disk.qcow2");
    DiskImport.convert(source, Optional.empty(), DiskImport.besides(source), Progress.SILENT);

    assertEquals(-1, Files.mismatch(raw, directory.resolve("some.disk.raw")));
    assertEquals(List.of("content", "some.disk.qcow2", "some.disk.raw"), files());
  }

  /** One that names another file of the host as its backing file would have that copied into the guest's disk. */
  @Test
  void aDiskThatConsistsOfOtherFilesIsNotImported() throws IOException {
    need("qemu-img", "qemu-utils");
    Files.writeString(directory.resolve("secret"), "x".repeat(512));
    run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", "secret", "evil.qcow2");
    Path target = directory.resolve("evil.raw");
    ImageError error = assertThrows(ImageError.class,
        () -> DiskImport.convert(directory.resolve("evil.qcow2"), Optional.empty(), target, Progress.SILENT));

    assertTrue(error.getMessage().contains("is not whole: the rest of it is in secret"), error.getMessage());
    assertFalse(Files.exists(target));
  }

  @Test
  void whatQemuImgDoesNotReadIsOneSentence() throws IOException {
    need("qemu-img", "qemu-utils");
    Path text = Files.writeString(directory.resolve("text"), "no disk");
    ImageError error = assertThrows(ImageError.class, () -> DiskImport.convert(text, Optional.of("qcow2"),
        directory.resolve("out"), Progress.SILENT));

    assertTrue(error.getMessage().startsWith(text + " cannot be imported: qemu-img: "), error.getMessage());
    assertEquals(List.of("text"), files());
  }

  @Test
  void aSeedHasTheLabelAndTheFilesThatCloudInitLooksFor() throws IOException {
    need("xorriso", "xorriso");
    Path userData = Files.writeString(directory.resolve("mine.yaml"), "#cloud-config\nhostname: x\n");
    CloudSeed seed = new CloudSeed(userData, Optional.empty(), Optional.empty());
    seed.write(directory.resolve("seed.img"));

    byte[] disc = Files.readAllBytes(directory.resolve("seed.img"));
    // ISO 9660 (ECMA-119) 8.4: the primary volume descriptor is sector 16, the volume's identifier at byte 41 of it.
    assertEquals("cidata", new String(disc, 0x8000 + 40, 32, StandardCharsets.US_ASCII).strip());
    run("xorriso", "-osirrox", "on", "-indev", "seed.img", "-extract", "/", "out");
    assertEquals(Files.readString(userData), Files.readString(directory.resolve("out/user-data")));
    assertTrue(Files.readString(directory.resolve("out/meta-data")).matches("instance-id: ballast-[0-9a-f]{12}\n"));
    assertFalse(Files.exists(directory.resolve("out/network-config")));
    assertTrue(seed.isKnownForm());
  }

  @Test
  void otherDataAreAnotherInstance() throws IOException {
    need("xorriso", "xorriso");
    Path userData = Files.writeString(directory.resolve("user"), "#!/bin/sh\n");
    Path network = Files.writeString(directory.resolve("network"), "version: 2\n");
    new CloudSeed(userData, Optional.empty(), Optional.empty()).write(directory.resolve("a"));
    new CloudSeed(userData, Optional.empty(), Optional.of(network)).write(directory.resolve("b"));
    run("xorriso", "-osirrox", "on", "-indev", "a", "-extract", "/", "out-a");
    run("xorriso", "-osirrox", "on", "-indev", "b", "-extract", "/", "out-b");

    assertEquals("version: 2\n", Files.readString(directory.resolve("out-b/network-config")));
    assertTrue(Files.mismatch(directory.resolve("out-a/meta-data"), directory.resolve("out-b/meta-data")) > 0);
  }
}
