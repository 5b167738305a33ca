package org.ballastvm.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The modules of one kernel, as below {@code /lib/modules/RELEASE}. What a module needs is read from its own
 * {@code .modinfo} section, since Debian's packages come without the {@code modules.dep} that depmod makes. A name
 * means the same with {@code -} and with {@code _}.
 */
public final class ModuleTree {
  private final Path directory;
  private final Map<String, Path> files;
  private final Set<String> builtIn;

  private ModuleTree(Path directory, Map<String, Path> files, Set<String> builtIn) {
    this.directory = directory;
    this.files = files;
    this.builtIn = builtIn;
  }

  /**
   * Lists the modules below a directory.
   *
   * @param directory as {@code /lib/modules/6.1.0-56-amd64}
   * @throws ImageError if it cannot be read
   */
  public static ModuleTree of(Path directory) {
    Map<String, Path> files = new HashMap<>();
    try (Stream<Path> walk = Files.walk(directory)) {
      walk.forEach(file -> moduleName(file.getFileName().toString()).ifPresent(name -> files.put(name, file)));
      return new ModuleTree(directory, files, readBuiltIn(directory.resolve("modules.builtin")));
    } catch (IOException e) {
      throw new ImageError(directory + ": the modules cannot be listed: " + e.getMessage(), e);
    }
  }

  /** Whether there is such a module, as a file or inside the kernel. */
  public boolean knows(String name) {
    return files.containsKey(normal(name)) || builtIn.contains(normal(name));
  }

  /**
   * Lists what must be loaded for some modules, each after all that it depends on. What is built into the kernel needs
   * no loading and is not listed.
   *
   * @throws ImageError if one is neither a file nor built in
   */
  public List<Path> inLoadOrder(Collection<String> names) {
    Set<Path> order = new LinkedHashSet<>();
    Set<String> visited = new HashSet<>();
    for (String name : names) {
      visit(normal(name), directory.toString(), visited, order);
    }
    return List.copyOf(order);
  }

  private void visit(String name, String wantedBy, Set<String> visited, Set<Path> order) {
    if (!visited.add(name)) {
      return;
    }
    Path file = files.get(name);
    if (file == null) {
      if (builtIn.contains(name)) {
        return;
      }
      throw new ImageError("module " + name + ", wanted by " + wantedBy + ", is neither below " + directory
          + " nor built into the kernel");
    }
    for (String needed : dependenciesOf(file)) {
      visit(needed, name, visited, order);
    }
    order.add(file);
  }

  private static List<String> dependenciesOf(Path file) {
    try {
      byte[] info = Elf.of(Compression.readAll(file), file.toString()).section(".modinfo")
          .orElseThrow(() -> new ImageError(file + " is not a kernel module: it has no .modinfo section"));
      List<String> needed = new ArrayList<>();
      for (String field : new String(info, StandardCharsets.UTF_8).split("\0")) {
        if (field.startsWith("depends=") && field.length() > "depends=".length()) {
          Stream.of(field.substring("depends=".length()).split(",")).map(ModuleTree::normal).forEach(needed::add);
        }
      }
      return needed;
    } catch (IOException e) {
      throw new ImageError(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Set<String> readBuiltIn(Path list) throws IOException {
    if (!Files.exists(list)) {
      return Set.of();
    }
    Set<String> names = new HashSet<>();
    for (String line : Files.readAllLines(list)) {
      moduleName(line.substring(line.lastIndexOf('/') + 1)).ifPresent(names::add);
    }
    return names;
  }

  private static Optional<String> moduleName(String fileName) {
    for (String suffix : Compression.suffixes()) {
      if (fileName.endsWith(".ko" + suffix)) {
        return Optional.of(normal(fileName.substring(0, fileName.length() - ".ko".length() - suffix.length())));
      }
    }
    return Optional.empty();
  }

  private static String normal(String name) { return name.replace('-', '_'); }
}
