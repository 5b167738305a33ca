package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who can reach native code, by the JDK's own scanner, and who is let. */
class NativeAccessTest {
  private static final Set<String> ALLOWED = Set.of("org.ballastvm.kvm", "com.sun.jna");

  /** It has a native half, which ours never call (see ArchitectureTest) and the launcher does not let it reach. */
  private static final String ZSTD_LIBRARY = "aircompressor.v3";
  /** The same: terminals of ours are bytes that come and go (see LineTerminal). */
  private static final String LINE_EDITOR = "org.jline.nativ";

  @Test
  void theScannerFindsTheBindingsAndNobodyElse() {
    Set<String> expected = new TreeSet<>(ALLOWED);
    expected.add(ZSTD_LIBRARY);
    expected.add(LINE_EDITOR);

    assertEquals(expected, scan("--print-native-access"));
  }

  @Test
  void theScannerSawEveryModule() {
    String path = System.getProperty("jdk.module.path");
    Set<String> seen = new TreeSet<>();
    ModuleFinder.of(Stream.of(path.split(":")).map(Path::of).toArray(Path[]::new)).findAll()
        .forEach(module -> seen.add(module.descriptor().name()));

    assertTrue(seen.containsAll(Set.of("org.ballastvm.acpi", "org.ballastvm.images", "org.ballastvm.kvm",
        "org.ballastvm.testkit", "org.ballastvm.virtio", "org.ballastvm.vmm")), seen.toString());
  }

  @Test
  void theLauncherLetsThemAndNobodyElse() throws Exception {
    Matcher option = Pattern.compile("--enable-native-access[= ]([\\w.,-]+)")
        .matcher(Files.readString(Path.of("src/main/dist/jvm.options")));

    assertTrue(option.find(), "the launcher allows no native access");
    assertEquals(ALLOWED, Set.of(option.group(1).split(",")));
  }

  private static Set<String> scan(String... options) {
    ToolProvider scanner = ToolProvider.findFirst("jnativescan").orElseThrow();
    StringWriter output = new StringWriter();
    String[] arguments = Stream.concat(Stream.of("--module-path", System.getProperty("jdk.module.path"),
        "--add-modules", "ALL-MODULE-PATH"), Arrays.stream(options)).toArray(String[]::new);
    int status = scanner.run(new PrintWriter(output, true), new PrintWriter(output, true), arguments);
    assertEquals(0, status, output::toString);
    return Set.of(output.toString().strip().split(","));
  }
}
