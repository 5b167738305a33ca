package org.ballastvm.images;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * A directory of entries, each a directory of its own. An entry is made beside its place and moved there when it is
 * whole, so whoever finds it, finds all of it; what an interrupted maker left behind is swept by the next one.
 */
final class Cache {
  /** Fills a new entry. */
  @FunctionalInterface
  interface Maker {
    void fill(Path directory) throws IOException;
  }

  private static final String SUMS = "SHA256SUMS";
  private static final String STAMPS = "STAMPS";
  private static final String UNFINISHED = ".unfinished-";
  /** File locks hold between processes; this one holds between the threads of ours. */
  private static final ReentrantLock THREADS = new ReentrantLock();

  private final Path root;

  Cache(Path root) { this.root = root.toAbsolutePath(); }

  Path root() { return root; }

  /**
   * Finds an entry, or makes it. The files named are summed when it is made and checked each time it is found; an entry
   * that fails the check is made again.
   *
   * @param name    as {@code kernels/6.1.0-56-amd64}
   * @param checked files of the entry
   */
  Path entry(String name, List<String> checked, Maker maker) throws IOException {
    return entry(name, checked, List.of(), maker);
  }

  /**
   * The same with files that are too large to be read each time: they are known by their size and by when they were last
   * changed.
   *
   * @param stamped such files of the entry
   */
  Path entry(String name, List<String> checked, List<String> stamped, Maker maker) throws IOException {
    Path place = place(name);
    if (isWhole(place)) {
      return place;
    }
    Files.createDirectories(root);
    THREADS.lock();
    try (FileChannel channel = FileChannel.open(root.resolve(".lock"), StandardOpenOption.CREATE,
        StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
      if (lock.isValid() && isWhole(place)) {
        return place;
      }
      sweep();
      Path work = Files.createTempDirectory(root, UNFINISHED);
      Undo undo = Undo.atExit(() -> FileTree.delete(work));
      try {
        maker.fill(work);
        if (!stamped.isEmpty()) {
          Files.writeString(work.resolve(STAMPS), stamps(work, stamped));
        }
        Files.writeString(work.resolve(SUMS), sums(work, checked));
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
        FileTree.delete(place);
        Files.createDirectories(place.getParent());
        Files.move(work, place, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        FileTree.delete(work);
        undo.close();
      }
      return place;
    } finally {
      THREADS.unlock();
    }
  }

  /** Remembers a word under a name, all at once. */
  void remember(String name, String word) throws IOException {
    Path place = root.resolve(name);
    Files.createDirectories(place.getParent());
    Path work = Files.createTempFile(place.getParent(), UNFINISHED, "");
    Files.writeString(work, word + "\n");
    Files.move(work, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** {@return the word under a name} */
  Optional<String> recall(String name) throws IOException {
    Path place = root.resolve(name);
    return Files.exists(place) ? Optional.of(Files.readString(place).strip()) : Optional.empty();
  }

  /** {@return the whole entries below a directory, sorted} */
  List<Path> entries(String below) throws IOException {
    Path directory = root.resolve(below);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(directory)) {
      return found.filter(entry -> Files.exists(entry.resolve(SUMS))).sorted().toList();
    }
  }

  /** {@return where an entry is, or would be} */
  Path place(String name) { return root.resolve(name); }

  /** Removes an entry, if it is there. */
  void remove(String name) throws IOException {
    THREADS.lock();
    try {
      FileTree.delete(place(name));
    } finally {
      THREADS.unlock();
    }
  }

  /** Removes everything. */
  void clear() throws IOException {
    THREADS.lock();
    try {
      FileTree.delete(root);
    } finally {
      THREADS.unlock();
    }
  }

  private void sweep() throws IOException {
    try (Stream<Path> left = Files.list(root)) {
      for (Path file : left.filter(each -> each.getFileName().toString().startsWith(UNFINISHED)).toList()) {
        FileTree.delete(file);
      }
    }
  }

  private static boolean isWhole(Path entry) throws IOException {
    Path list = entry.resolve(SUMS);
    if (!Files.exists(list)) {
      return false;
    }
    for (String line : Files.readAllLines(list)) {
      String[] sumAndName = line.split("  ", 2);
      Path file = entry.resolve(sumAndName[1]);
      if (!Files.exists(file) || !sha256(Files.readAllBytes(file)).equals(sumAndName[0])) {
        return false;
      }
    }
    return stampsHold(entry);
  }

  private static boolean stampsHold(Path entry) throws IOException {
    Path list = entry.resolve(STAMPS);
    if (!Files.exists(list)) {
      return true;
    }
    for (String line : Files.readAllLines(list)) {
      Path file = entry.resolve(line.split(" ", 3)[2]);
      if (!Files.exists(file) || !stamp(file).equals(line)) {
        return false;
      }
    }
    return true;
  }

  private static String stamps(Path entry, List<String> stamped) throws IOException {
    StringBuilder stamps = new StringBuilder();
    for (String name : stamped) {
      stamps.append(stamp(entry.resolve(name))).append('\n');
    }
    return stamps.toString();
  }

  private static String stamp(Path file) throws IOException {
    return Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis() + " " + file.getFileName();
  }

  /** In the words of sha256sum, so that people can check too. */
  private static String sums(Path entry, List<String> checked) throws IOException {
    StringBuilder sums = new StringBuilder();
    for (String name : checked) {
      sums.append(sha256(Files.readAllBytes(entry.resolve(name)))).append("  ").append(name).append('\n');
    }
    return sums.toString();
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
