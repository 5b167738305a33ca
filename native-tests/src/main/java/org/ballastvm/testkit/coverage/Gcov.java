package org.ballastvm.testkit.coverage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.images.FileTree;
import org.ballastvm.rig.RigError;

/**
 * Counters of a kernel, one file for each object, laid beside what the compiler noted of that object, and what the host's gcov
 * makes of both.
 */
public final class Gcov implements AutoCloseable {
  /** Names another gcov than {@code gcov}: it must be of the series of the gcc that built the kernel. */
  public static final String PROPERTY = "ballast.gcov";

  private static final String COUNTERS = ".gcda";
  private static final String NOTES = ".gcno";
  private static final int FILES_A_COMMAND = 500;
  /** What gcov says, and then ends with 0 and without the counts. */
  private static final List<String> REFUSALS = List.of("stamp mismatch", "version ", "cannot open", "not a gcov");

  private final Path directory;
  private final List<String> files = new ArrayList<>();

  private Gcov(Path directory) { this.directory = directory; }

  /**
   * Counters of no object yet.
   *
   * @throws RigError if there is no room for them
   */
  public static Gcov open() {
    try {
      return new Gcov(Files.createTempDirectory("ballast-gcov"));
    } catch (IOException e) {
      throw new RigError("coverage: no directory for counters can be made: " + e.getMessage(), e);
    }
  }

  /**
   * Adds the counters of an object.
   *
   * @param path the absolute path of its {@code .gcda}, as the kernel names it: it leads to where it was built
   * @param counters what the kernel counted
   * @throws RigError if the compiler's notes are not there any more, or there is no such path
   */
  public void add(String path, byte[] counters) {
    if (!path.startsWith("/") || !path.endsWith(COUNTERS) || List.of(path.split("/")).contains("..")) {
      throw new RigError("coverage: " + path + " must be an absolute path that ends with " + COUNTERS);
    }
    Path notes = Path.of(path.substring(0, path.length() - COUNTERS.length()) + NOTES);
    if (!Files.isRegularFile(notes)) {
      throw new RigError(
          "coverage: " + notes + " is not there; the tree in which the kernel or the module was built must"
              + " be where it was then");
    }
    Path copy = directory.resolve(path.substring(1));
    Path link = directory.resolve(notes.toString().substring(1));
    try {
      Files.createDirectories(copy.getParent());
      Files.write(copy, counters);
      Files.createSymbolicLink(link, notes);
    } catch (IOException e) {
      throw new RigError("coverage: " + copy + " cannot be written: " + e.getMessage(), e);
    }
    files.add(copy.toString());
  }

  /**
   * Reads all that were added.
   *
   * @return which lines ran
   * @throws RigError if there is no gcov, or it is of another gcc than the kernel
   */
  public Tracefile read() {
    Tracefile all = Tracefile.EMPTY;
    for (int from = 0; from < files.size(); from += FILES_A_COMMAND) {
      all = all.plus(read(files.subList(from, Math.min(files.size(), from + FILES_A_COMMAND))));
    }
    return all;
  }

  private Tracefile read(List<String> some) {
    String program = System.getProperty(PROPERTY, "gcov");
    List<String> command = new ArrayList<>(List.of(program, "--json-format", "--stdout"));
    command.addAll(some);
    Path errors = directory.resolve("errors");
    Process gcov;
    try {
      gcov = new ProcessBuilder(command).directory(directory.toFile()).redirectError(errors.toFile())
          .redirectInput(Path.of("/dev/null").toFile()).start();
    } catch (IOException e) {
      throw new RigError("coverage: " + program + " cannot be run: apt-get install gcc, or name it by -D" + PROPERTY
          + "=PROGRAM", e);
    }
    try {
      Tracefile read = GcovOutput.read(gcov.getInputStream());
      int status = gcov.waitFor();
      String said = Files.readString(errors).strip();
      if (status != 0 || REFUSALS.stream().anyMatch(said::contains)) {
        throw new RigError("coverage: " + program + " does not read what the kernel counted, and says: " + said
            + "; it must be of the gcc that built the kernel (-D" + PROPERTY
            + "=PROGRAM), and nothing built again since");
      }
      return read;
    } catch (IOException e) {
      throw new RigError("coverage: what " + program + " says cannot be read: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigError("interrupted while " + program + " runs", e);
    } finally {
      gcov.destroyForcibly();
    }
  }

  /** Removes the copies. */
  @Override
  public void close() {
    try {
      FileTree.delete(directory);
    } catch (IOException e) {
      throw new RigError("coverage: " + directory + " cannot be removed: " + e.getMessage(), e);
    }
  }
}
