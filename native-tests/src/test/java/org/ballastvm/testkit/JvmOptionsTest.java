package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.lang.module.ModuleReader;
import java.lang.module.ResolvedModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The JVM says nothing of a compile command for a class that it never meets. */
class JvmOptionsTest {
  private static final Path OPTIONS = Path.of("src/main/dist/jvm.options");
  private static final String COMMAND = "-XX:CompileCommand=";
  /** What to set, a class or the first letters of classes, all its methods, a value. */
  private static final Pattern OF_A_CLASS = Pattern.compile(COMMAND + "\\w+,([\\w.$]+)(\\*?)::\\*,[\\d.]+");

  @Test
  void eachCompileCommandNamesAClassThatIsThere() throws IOException {
    List<String> commands = Files.readAllLines(OPTIONS).stream().filter(line -> line.startsWith(COMMAND))
        .filter(line -> !line.equals(COMMAND + "quiet")).toList();
    assertFalse(commands.isEmpty(), OPTIONS + " has no compile commands");

    NavigableSet<String> classes = classes();
    assertEquals(List.of(), commands.stream().filter(command -> !namesOneOf(classes, command)).toList(),
        "neither Ballast nor the JDK has these classes");
  }

  private static boolean namesOneOf(NavigableSet<String> classes, String command) {
    Matcher named = OF_A_CLASS.matcher(command);
    if (!named.matches()) {
      return false;
    }
    String name = named.group(1);
    String first = classes.ceiling(name);
    return first != null && (named.group(2).isEmpty() ? first.equals(name) : first.startsWith(name));
  }

  /** {@return the names of all classes in the modules of this JVM, which are Ballast's and the JDK's} */
  private static NavigableSet<String> classes() throws IOException {
    NavigableSet<String> names = new TreeSet<>();
    for (ResolvedModule module : ModuleLayer.boot().configuration().modules()) {
      try (ModuleReader reader = module.reference().open(); Stream<String> files = reader.list()) {
        files.filter(file -> file.endsWith(".class"))
            .forEach(file -> names.add(file.substring(0, file.length() - ".class".length()).replace('/', '.')));
      }
    }
    return names;
  }
}
