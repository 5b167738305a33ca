package org.ballastvm.acpica;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** ACPICA's own compiler, disassembler and interpreter (Debian: acpica-tools), to judge tables independently of the code that wrote them. */
public final class Acpica {
  private static final int TIMEOUT_SECONDS = 60;

  private final Path directory;

  private Acpica(Path directory) { this.directory = directory; }

  /** The tools, working below {@code directory}; the test is skipped where they are not installed, but fails in CI. */
  public static Acpica in(Path directory) {
    for (String tool : List.of("iasl", "acpiexec")) {
      if (!isInstalled(tool)) {
        String sentence = tool + " is not installed (Debian: apt-get install acpica-tools)";
        if (Boolean.parseBoolean(System.getenv("CI"))) {
          fail(sentence);
        }
        Assumptions.abort(sentence);
      }
    }
    return new Acpica(directory);
  }

  /** Disassembles a table and compiles it again, and sees to it that nothing at all is remarked upon; the new table. */
  public byte[] roundTrip(String name, byte[] table) {
    write(name + ".dat", table);
    String read = run("iasl", "-p", name, "-d", name + ".dat");
    assertTrue(Files.exists(directory.resolve(name + ".dsl")), read);
    assertTrue(!read.contains("Error") && !read.contains("Warning") && !read.contains("ncorrect checksum"), read);
    String source = new String(read(name + ".dsl"), StandardCharsets.UTF_8);
    return compile(name + "-again", source);
  }

  /** Compiles source, of AML or of a data table, and sees to it that nothing at all is remarked upon; the table. */
  public byte[] compile(String name, String source) {
    write(name + ".dsl", source.getBytes(StandardCharsets.UTF_8));
    String compiled = run("iasl", "-oa", "-p", name, name + ".dsl");
    assertTrue(compiled.contains("0 Errors, 0 Warnings") && !compiled.matches("(?s).*[1-9][0-9]* Remarks.*"),
        compiled + source);
    return read(name + ".aml");
  }

  /** Loads a DSDT into the interpreter as on hardware-reduced ACPI, and runs debugger commands there; its output. */
  public String execute(byte[] dsdt, String... commands) {
    return execute(0, dsdt, commands);
  }

  /** The same, on a machine where every byte of every register reads as {@code registerByte}. */
  public String execute(int registerByte, byte[] dsdt, String... commands) {
    write("dsdt.aml", dsdt);
    String output = run("acpiexec", "-r", "-fv", Integer.toString(registerByte), "-b", String.join(";", commands),
        "dsdt.aml");
    assertTrue(!output.contains("ACPI Error") && !output.contains("ACPI Warning") && !output.contains("ACPI BIOS"),
        output);
    return output;
  }

  private static boolean isInstalled(String tool) {
    String path = System.getenv("PATH");
    return path != null
        && List.of(path.split(":", -1)).stream().anyMatch(each -> Files.isExecutable(Path.of(each, tool)));
  }

  private String run(String... command) {
    try {
      Path output = Files.createTempFile(directory, command[0], ".out");
      Process process = new ProcessBuilder(new ArrayList<>(List.of(command))).directory(directory.toFile())
          .redirectErrorStream(true).redirectOutput(output.toFile())
          .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        fail(String.join(" ", command) + " did not end in " + TIMEOUT_SECONDS + " s: " + Files.readString(output));
      }
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + command[0], e);
    }
  }

  private void write(String name, byte[] bytes) {
    try {
      Files.write(directory.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] read(String name) {
    try {
      return Files.readAllBytes(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
