package org.ballastvm.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ballastvm.images.Initramfs;
import org.ballastvm.images.Kernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntelDiscTest {
  private static final Path JDK = Path.of("/usr/lib/jvm/jdk-25");

  @TempDir
  private Path directory;

  @Test
  void theKernelStartsWithTheArgumentsOfTheUserBehindOurs() {
    String config = new IntelDisc(Map.of(), JDK, List.of("loglevel=7", "kvm_intel.ept=0")).loaderConfig();

    assertTrue(config.contains(" append initrd=initrd console=ttyS0,115200 "), config);
    assertTrue(config.endsWith(" lpj=1000000 loglevel=7 kvm_intel.ept=0\n"), config);
  }

  @Test
  void eachFileIsOnTheDiscByTheNumberOfItsPlace() throws IOException {
    Path file = Files.writeString(directory.resolve("a=b"), "");
    Map<Path, Path> files = new TreeMap<>(Map.of(Path.of("/opt/x"), directory, Path.of("/opt/y"), file));
    IntelDisc disc = new IntelDisc(files, JDK, List.of());
    Initramfs tree = new Initramfs();
    disc.mountPoints(tree);
    List<String> writer = disc.writer(new Kernel("6.1", Path.of("/boot/vmlinuz"), Optional.empty()), directory,
        Path.of("rig.iso"));

    assertTrue(textOf(tree).contains("/opt/x\n/opt/y\n"));
    assertEquals(List.of("/files/1=" + directory, "/files/2=" + directory + "/a\\=b"),
        writer.subList(writer.size() - 2, writer.size()));
    assertTrue(writer.contains("/isolinux/vmlinuz=/boot/vmlinuz"), writer::toString);
    assertTrue(writer.contains("/usr/lib/jvm/jdk-25/lib/src.zip"), writer::toString);
  }

  private static String textOf(Initramfs tree) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    tree.writeTo(bytes);
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }
}
