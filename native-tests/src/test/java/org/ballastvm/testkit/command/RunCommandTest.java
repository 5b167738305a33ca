package org.ballastvm.testkit.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.images.KernelSource;
import org.ballastvm.testkit.run.RunWish;
import org.ballastvm.vmm.command.SubCommands;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the user of ballast run says, and what becomes of that. */
class RunCommandTest {
  @TempDir
  private Path directory;

  private static RunWish run(String... words) {
    return RunWish.of(SubCommands.parse(new RunCommand(), List.of(words)));
  }

  @Test
  void whatIsNotSaidIsTheHostsOwn() {
    RunWish wish = run("uname", "-r", "--root");

    assertEquals(List.of("uname", "-r", "--root"), wish.command());
    assertEquals("ballast.root=folder", wish.root().kernelWord());
    assertEquals(Path.of("").toAbsolutePath().toString(), wish.directory());
    assertEquals(Optional.empty(), wish.kernel());
    assertEquals(List.of(), wish.writable());
  }

  @Test
  void optionsOfTheMachineHaveOneDashOrTwo() {
    RunWish wish = run("-k", "debian:6.12-rt", "-m", "2G", "--device", "pvpanic", "-device", "virtio-rng-pci",
        "--timeout",
        "5m", "--env", "A=b=c", "--", "true");

    assertEquals(new KernelSource.Debian("6.12", Optional.of("rt")), wish.kernel().orElseThrow());
    assertEquals(List.of("-m", "2G", "-device", "pvpanic", "-device", "virtio-rng-pci"), wish.options());
    assertEquals(Optional.of(Duration.ofMinutes(5)), wish.timeout());
    assertEquals(Map.of("A", "b=c"), wish.environment());
  }

  @Test
  void aDirectoryIsARootAndSoIsAnImage() throws IOException {
    RunWish wish = run("--root", directory.toString(), "--rw", "true");
    assertEquals("ballast.root=folder,rw", wish.root().kernelWord());
    assertEquals("/", wish.directory());
    assertEquals(List.of(directory), wish.writable());
    Path image = directory.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.seek(0x400);
      file.writeInt(0xe2e1f5e0);
    }
    assertEquals("ballast.root=disk,erofs,ro", run("--root", image.toString(), "true").root().kernelWord());
    Files.write(image, new byte[8192]);
    assertTrue(assertThrows(UserError.class, () -> run("--root", image.toString(), "true")).getMessage()
        .endsWith("holds no ext4, xfs, btrfs, squashfs or erofs; an image with partitions is not taken"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      --                   | run: no command is named; for example: ballast run -- uname -r
      --timeout 0 true     | run --timeout 0: must be a number of seconds above 0, or such as 5m or 2h
      --timeout 5d true    | run --timeout 5d: must be a number of seconds above 0, or such as 5m or 2h
      --env =x true        | run --env =x: must be NAME or NAME=VALUE
      -k debian:six true   | run -k debian:six: kernel debian:six: must be debian:SERIES, such as debian:6.12, with -rt or -cloud behind it for those builds
      --root /no/such true | run --root /no/such: is no directory and no image that can be read; it can be host, busybox, a directory or an image
      """)
  void whatMakesNoSenseIsOneSentence(String line, String sentence) {
    assertEquals(sentence, assertThrows(UserError.class, () -> run(line.split(" "))).getMessage());
  }
}
