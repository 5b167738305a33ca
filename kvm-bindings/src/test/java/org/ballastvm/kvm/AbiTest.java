package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What jextract generated, compared with what the system's C compiler says of the same headers. */
class AbiTest {
  private static final Path INPUT = Path.of("src/generated/input");
  private static final String PACKAGE = "org/ballastvm/kvm/generated";
  private static final Path SHIPPED = Path.of("src/generated/java", PACKAGE);
  /** What the bindings do without: they have each struct's constants in Offsets. */
  private static final Path TESTED = Path.of("src/generated/test/java", PACKAGE);

  @TempDir
  Path scratch;

  @Test
  void everyLayoutAndConstantIsWhatTheCompilerSays() throws Exception {
    requireCompiler();
    Map<String, Long> ours = new TreeMap<>();
    StringBuilder program = new StringBuilder();
    for (Symbol symbol : symbols()) {
      switch (symbol.kind) {
        case "constant" -> constant(symbol.name, ours, program);
        case "typedef" -> layout(symbol.name, symbol.name, ours, program);
        default -> layout(symbol.kind + " " + symbol.name, symbol.name, ours, program);
      }
    }

    Map<String, Long> theirs = compileAndRun(program);

    assertTrue(ours.size() > 500, "only " + ours.size() + " facts to compare");
    assertEquals(lines(theirs), lines(ours));
  }

  @Test
  void nothingIsGeneratedThatTheFilterDoesNotName() throws IOException {
    Set<String> named = symbols().stream().filter(s -> !s.kind.equals("constant")).map(s -> s.name)
        .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(named, classes(TESTED));
    assertEquals(Set.of("Host", "Host$shared", "Offsets"), classes(SHIPPED));
  }

  private static Set<String> classes(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString().replace(".java", ""))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void everyConstantOffsetIsTheLayoutsOwn() throws ReflectiveOperationException {
    Map<String, Long> constants = new TreeMap<>();
    Map<String, Long> layouts = new TreeMap<>();
    for (Class<?> struct : Offsets.class.getDeclaredClasses()) {
      String name = struct.getSimpleName();
      constants(name, struct, constants);
      layout(name, name, layouts, new StringBuilder());
    }

    assertTrue(constants.size() > 400, "only " + constants.size() + " offsets to compare");
    // Where a member is a struct of its own, its fields stand under its own name alone.
    layouts.keySet().retainAll(constants.keySet());
    assertEquals(lines(layouts), lines(constants));
  }

  private static void constants(String path, Class<?> struct, Map<String, Long> into) throws IllegalAccessException {
    boolean top = !path.contains(" ");
    for (Field field : struct.getDeclaredFields()) {
      boolean size = field.getName().equals("SIZE");
      into.put(size ? "size of " + path : "offset of " + path + (top ? " " : ".") + field.getName(),
          field.getLong(null));
    }
    for (Class<?> nested : struct.getDeclaredClasses()) {
      constants(path + (top ? " " : ".") + nested.getSimpleName().replaceAll("_$", ""), nested, into);
    }
  }

  private record Symbol(String kind, String name) {}

  private static List<Symbol> symbols() throws IOException {
    return Files.readAllLines(INPUT.resolve("includes.txt")).stream().map(line -> line.split(" "))
        .map(words -> new Symbol(words[0].replace("--include-", ""), words[1])).toList();
  }

  private static void requireCompiler() throws InterruptedException {
    boolean there = false;
    try {
      there = new ProcessBuilder("gcc", "--version").redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    } catch (IOException e) {
      // No such program.
    }
    if (System.getenv("CI") != null) {
      Assertions.assertTrue(there, "CI needs gcc to compare the bindings with the headers");
    }
    Assumptions.assumeTrue(there, "skipped: no gcc to compare the bindings with the headers");
  }

  private static void constant(String name, Map<String, Long> ours, StringBuilder program)
      throws ReflectiveOperationException {
    Number value = (Number) Host.class.getMethod(name).invoke(null);
    boolean narrow = value instanceof Integer;
    ours.put("constant " + name, value.longValue());
    program.append("printf(\"constant %s=%%lld\\n\", (long long)%s(%s));%n".formatted(name, narrow ? "(int)" : "",
        name));
  }

  private static void layout(String type, String className, Map<String, Long> ours, StringBuilder program)
      throws ReflectiveOperationException {
    Class<?> generated = Class.forName(Host.class.getPackageName() + "." + className);
    GroupLayout layout = (GroupLayout) generated.getMethod("layout").invoke(null);
    ours.put("size of " + type, layout.byteSize());
    program.append("printf(\"size of %s=%%lld\\n\", (long long)sizeof(%s));%n".formatted(type, type));
    members(type, "", 0, layout, ours, program);
  }

  private static void members(String type, String path, long base, GroupLayout group, Map<String, Long> ours,
      StringBuilder program) {
    long at = base;
    for (MemoryLayout member : group.memberLayouts()) {
      String name = member.name().orElse("");
      boolean anonymous = name.isEmpty() || name.startsWith("$anon");
      String full = anonymous ? path : path.isEmpty() ? name : path + "." + name;
      if (!(member instanceof PaddingLayout) && !anonymous) {
        field(type, full, at, member, ours, program);
      }
      if (member instanceof GroupLayout nested) {
        members(type, full, at, nested, ours, program);
      }
      at += group instanceof StructLayout ? member.byteSize() : 0;
    }
  }

  private static void field(String type, String path, long offset, MemoryLayout member, Map<String, Long> ours,
      StringBuilder program) {
    ours.put("offset of " + type + " " + path, offset);
    program.append("printf(\"offset of %s %s=%%lld\\n\", (long long)__builtin_offsetof(%s, %s));%n".formatted(type,
        path, type, path));
    boolean flexible = member instanceof SequenceLayout sequence && sequence.elementCount() == 0;
    if (!flexible) {
      ours.put("size of " + type + " " + path, member.byteSize());
      program.append("printf(\"size of %s %s=%%lld\\n\", (long long)sizeof(((%s *)0)->%s));%n".formatted(type, path,
          type, path));
    }
  }

  private Map<String, Long> compileAndRun(StringBuilder body) throws IOException, InterruptedException {
    Path source = scratch.resolve("abi.c");
    // glibc hides the members of sigaction's union behind macros of the same name.
    Files.writeString(source, "#include \"host.h\"\n#include <stdio.h>\n#undef sa_handler\n#undef sa_sigaction\n"
        + "int main(void) {\n" + body + "return 0;\n}\n");
    Path program = scratch.resolve("abi");
    run(List.of("gcc", "-w", "-I", INPUT.toAbsolutePath().toString(), "-o", program.toString(), source.toString()));
    Map<String, Long> facts = new TreeMap<>();
    for (String line : run(List.of(program.toString()))) {
      int split = line.lastIndexOf('=');
      facts.put(line.substring(0, split), Long.valueOf(line.substring(split + 1)));
    }
    return facts;
  }

  private List<String> run(List<String> command) throws IOException, InterruptedException {
    Path output = scratch.resolve("output");
    int status = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start()
        .waitFor();
    List<String> lines = Files.readAllLines(output);
    assertEquals(0, status, () -> String.join("\n", lines));
    return lines;
  }

  private static String lines(Map<String, Long> facts) {
    List<String> lines = new ArrayList<>();
    facts.forEach((what, value) -> lines.add(what + "=" + value));
    return String.join("\n", lines);
  }
}
