package org.ballastvm.vmm.userdevice;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ballastvm.device.Device;
import org.ballastvm.vmm.config.UserError;

/**
 * Compiles a file of Java source with the JDK's own compiler. That is in a layer of modules of its own, which is made when a
 * file is to be compiled: a start without one does not pay for it.
 */
final class SourceCompiler {
  private static final String COMPILER_MODULE = "jdk.compiler";
  private static final String SUFFIX = ".class";

  private SourceCompiler() {}

  /**
   * Compiles.
   *
   * @param source a file
   * @param classPath what it needs besides
   * @return its classes, by binary name
   * @throws UserError if this JVM has no compiler, or the file has errors, which are the message
   */
  static Map<String, byte[]> compile(Path source, List<Path> classPath) {
    if (!Files.isReadable(source)) {
      throw new UserError("source=" + source + ": cannot be read");
    }
    try {
      Path output = Files.createTempDirectory("ballast-device");
      try {
        return compile(source, classPath, output);
      } finally {
        delete(output);
      }
    } catch (IOException e) {
      throw new UserError("source=" + source + ": what was compiled of it cannot be kept: " + e.getMessage(), e);
    }
  }

  private static Map<String, byte[]> compile(Path source, List<Path> classPath, Path output)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-nowarn", "-encoding", "UTF-8", "-d",
        output.toString()));
    arguments.addAll(pathOfApi(classPath));
    arguments.add(source.toString());
    StringWriter said = new StringWriter();
    PrintWriter printer = new PrintWriter(said);
    if (compiler(source).run(printer, printer, arguments.toArray(String[]::new)) != 0) {
      throw new UserError("source=" + source + ": does not compile:\n" + said.toString().strip());
    }
    return read(output);
  }

  private static ToolProvider compiler(Path source) {
    if (ModuleFinder.ofSystem().find(COMPILER_MODULE).isEmpty()) {
      throw new UserError("source=" + source + ": this JVM has no compiler (the module " + COMPILER_MODULE
          + "): use a whole JDK, or compile the device, and give class= and class-path=");
    }
    ModuleLayer boot = ModuleLayer.boot();
    Configuration needed = boot.configuration().resolveAndBind(ModuleFinder.of(), ModuleFinder.ofSystem(),
        Set.of(COMPILER_MODULE));
    ModuleLayer layer = boot.defineModulesWithOneLoader(needed, ClassLoader.getSystemClassLoader());
    // In the module's descriptor it would have every start look for tools.
    SourceCompiler.class.getModule().addUses(ToolProvider.class);
    return ServiceLoader.load(layer, ToolProvider.class).stream().map(ServiceLoader.Provider::get)
        .filter(tool -> tool.name().equals("javac")).findFirst()
        .orElseThrow(() -> new IllegalStateException(COMPILER_MODULE + " has no javac"));
  }

  /** Where the compiler finds what devices are written against. */
  private static List<String> pathOfApi(List<Path> classPath) {
    String others = classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    Module api = Device.class.getModule();
    if (!api.isNamed()) {
      CodeSource code = Device.class.getProtectionDomain().getCodeSource();
      return List.of("-cp", Path.of(URI.create(code.getLocation().toString())) + File.pathSeparator + others);
    }
    Optional<URI> place = api.getLayer().configuration().findModule(api.getName()).map(ResolvedModule::reference)
        .flatMap(reference -> reference.location());
    return List.of("-p", Path.of(place.orElseThrow()).toString(), "--add-modules", api.getName(), "-cp", others);
  }

  private static Map<String, byte[]> read(Path output) throws IOException {
    Map<String, byte[]> classes = new HashMap<>();
    try (Stream<Path> files = Files.walk(output)) {
      for (Path file : files.filter(each -> each.toString().endsWith(SUFFIX)).toList()) {
        String name = output.relativize(file).toString().replace(File.separatorChar, '.');
        classes.put(name.substring(0, name.length() - SUFFIX.length()), Files.readAllBytes(file));
      }
    }
    return classes;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(file);
      }
    }
  }
}
