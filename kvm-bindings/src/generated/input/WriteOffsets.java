import java.io.File;
import java.io.IOException;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes Offsets.java: where the fields of jextract's layouts are, as constants of the compiler. A layout is a small
 * program that the JVM runs at start, and the handles to its fields are more of them; a constant is nothing.
 *
 * usage: java -cp CLASSES WriteOffsets.java CLASSES, where CLASSES holds jextract's output, compiled
 */
public class WriteOffsets {
  private static final String PACKAGE = "org.ballastvm.kvm.generated";
  private static final Map<String, MemoryLayout> STRUCTS = new TreeMap<>();

  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    try (var files = Files.list(Path.of(arguments[0], PACKAGE.replace('.', File.separatorChar)))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString().replace(".class", "");
        if (!name.contains("$") && !name.equals("Host") && !name.equals("Offsets")) {
          STRUCTS.put(name,
              (MemoryLayout) Class.forName(PACKAGE + "." + name).getMethod("layout").invoke(null));
        }
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add("// Written by WriteOffsets from what jextract generated");
    lines.add("");
    lines.add("package " + PACKAGE + ";");
    lines.add("");
    lines.add("public final class Offsets {");
    STRUCTS.forEach((name, layout) -> {
      lines.add("    public static final class " + name + " {");
      lines.add("        public static final long SIZE = " + layout.byteSize() + ";");
      members(lines, "        ", 0, (GroupLayout) layout);
      lines.add("    }");
    });
    lines.add("}");
    System.out.println(String.join("\n", lines));
  }

  private static void members(List<String> lines, String indent, long base, GroupLayout group) {
    long at = base;
    for (MemoryLayout member : group.memberLayouts()) {
      String name = member.name().orElse("");
      if (member instanceof GroupLayout nested && (name.isEmpty() || name.startsWith("$anon"))) {
        members(lines, indent, at, nested);
      } else if (!(member instanceof PaddingLayout) && !name.isEmpty()) {
        lines.add(indent + "public static final long " + name + " = " + at + ";");
        if (member instanceof GroupLayout nested && !isStruct(nested)) {
          lines.add(indent + "public static final class " + name + "_ {");
          members(lines, indent + "    ", at, nested);
          lines.add(indent + "}");
        }
      }
      at += group instanceof StructLayout ? member.byteSize() : 0;
    }
  }

  /** Whether a member is a struct that has a class of its own, with its fields. */
  private static boolean isStruct(GroupLayout member) {
    return STRUCTS.values().stream().anyMatch(each -> each.withoutName().equals(member.withoutName()));
  }
}
