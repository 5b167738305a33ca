package org.ballastvm.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is put into an initramfs is what a kernel unpacks, and always the same bytes. */
class InitramfsTest {
  private static byte[] written(Initramfs tree) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tree.writeTo(out);
    return out.toByteArray();
  }

  private static List<String> listing(byte[] cpio) throws IOException {
    List<String> lines = new ArrayList<>();
    try (CpioArchiveInputStream in = new CpioArchiveInputStream(new ByteArrayInputStream(cpio))) {
      for (CpioArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        lines.add(Long.toOctalString(entry.getMode()) + " " + entry.getName() + " " + entry.getSize());
      }
    }
    return lines;
  }

  @Test
  void everyDirectoryStandsBeforeWhatIsInIt() throws IOException {
    Initramfs tree = new Initramfs().script("init", "#!/bin/sh\n").data("etc/deep/file", new byte[3]);
    assertEquals(List.of("40755 bin 0", "40755 dev 0", "20600 dev/console 0", "40755 etc 0", "40755 etc/deep 0",
        "100644 etc/deep/file 3", "100755 init 10", "40755 proc 0", "40755 sys 0", "40755 tmp 0"),
        listing(written(tree)));
  }

  @Test
  void theOrderOfAddingDoesNotMatter() throws IOException {
    byte[] one = written(new Initramfs().data("a", new byte[1]).data("b", new byte[2]));
    byte[] other = written(new Initramfs().data("b", new byte[2]).data("a", new byte[1]));
    assertArrayEquals(one, other);
  }

  @Test
  void modulesAreNumberedAndUnpacked(@TempDir Path directory) throws IOException {
    byte[] module = Fixtures.module("depends=\0");
    Path first = Fixtures.write(directory.resolve("z.ko.xz"), Fixtures.xz(module));
    Path second = Fixtures.write(directory.resolve("a.ko"), module);
    List<String> lines = listing(written(new Initramfs().modules(List.of(first, second))));
    assertEquals(
        List.of("100644 modules/100-z.ko " + module.length, "100644 modules/101-a.ko " + module.length),
        lines.stream().filter(line -> line.contains(".ko")).toList());
  }
}
