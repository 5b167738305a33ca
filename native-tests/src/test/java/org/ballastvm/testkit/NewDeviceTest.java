package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A new kind of device is its own files and three entries in lists: a device that does nothing is added so to a copy of
 * the classes, and all that derives from the lists knows it.
 */
@Tag("kvm")
class NewDeviceTest {
  private static final Path HOME = Path.of(System.getProperty("ballast.home", "..")).toAbsolutePath().normalize();
  private static final Path OWN = HOME.resolve("native-tests/src/test/resources/virtio-null");
  private static final Path LIBRARIES = HOME.resolve("native-tests/target/dist/lib");

  @TempDir
  private Path directory;

  private Path virtio() { return directory.resolve("virtio"); }

  private Path vmm() { return directory.resolve("vmm"); }

  /** All jars but those of the two modules that have changed. */
  private String modulePath() throws IOException {
    try (Stream<Path> jars = Files.list(LIBRARIES)) {
      return Stream.concat(Stream.of(virtio(), vmm()), jars.filter(jar -> !jar.getFileName().toString()
          .matches("(virtio|vmm|native-tests)-.*"))).map(Path::toString)
          .collect(Collectors.joining(File.pathSeparator));
    }
  }

  private static void copyClasses(String module, Path to) throws IOException {
    Path from = HOME.resolve(module).resolve("target/classes");
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  /** A source of the tree, with an entry more. */
  private Path withEntry(String source, String before, String entry) throws IOException {
    String text = Files.readString(HOME.resolve(source));
    assertEquals(2, text.split(Pattern.quote(before), -1).length, source + " has no list " + before);
    Path changed = Files.createDirectories(directory.resolve("changed-" + Path.of(source).getName(0)))
        .resolve(Path.of(source).getFileName());
    return Files.writeString(changed, text.replace(before, before + entry));
  }

  private void compile(Path into, Path... sources) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-p", modulePath(), "-d", into.toString()));
    Stream.of(sources).map(Path::toString).forEach(arguments::add);
    Compiled.by(arguments);
  }

  private Launched ballast(String input, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=org.ballastvm.kvm", "-p", modulePath(),
        "-m", "org.ballastvm.vmm/org.ballastvm.vmm.cli.Main"));
    command.addAll(List.of(options));
    return Launched.run(directory, input, command);
  }

  @Test
  void aDeviceThatDoesNothingIsItsOwnFilesAndThreeEntries() throws Exception {
    copyClasses("virtio", virtio());
    copyClasses("vmm", vmm());
    compile(virtio(), OWN.resolve("NullDevice.java"), withEntry("virtio/src/main/java/module-info.java",
        "exports org.ballastvm.virtio.mem;", " exports org.ballastvm.virtio.nothing;"));
    String source = "vmm/src/main/java/org/ballastvm/vmm/";
    compile(vmm(), OWN.resolve("NullModel.java"), OWN.resolve("NullPlug.java"),
        HOME.resolve("vmm/src/main/java/module-info.java"),
        withEntry(source + "config/DeviceModels.java", "List<Model<DeviceConfig>> ALL = List.of(", "NullModel.MODEL, "),
        withEntry(source + "devices/DevicePlugs.java", "List<DevicePlug<?>> ALL = List.of(", "new NullPlug(), "));

    assertTrue(ballast("", "-device", "help").output().contains("name \"virtio-null-pci\", bus PCI, alias"));
    assertEquals("virtio-null-pci options:", ballast("", "-device", "virtio-null,help").output().lines().findFirst()
        .orElseThrow());
    Launched machine = ballast("""
        device_add virtio-null,id=n1,quiet=off
        info qtree
        qom-get n1 quiet
        device_add virtio-null,help
        quit
        """, "-S", "-nodefaults", "-m", "64", "-device", "virtio-null-pci,id=n0", "-monitor", "stdio");
    assertEquals(0, machine.status(), machine.errors());
    assertEquals("", machine.errors());
    for (String id : List.of("n0", "n1")) {
      assertTrue(machine.output().contains("dev: virtio-null-pci, id \"" + id + "\""), machine.output());
    }
    assertTrue(machine.output().contains("\nfalse") && machine.output().contains("quiet=<bool>"), machine.output());
  }
}
