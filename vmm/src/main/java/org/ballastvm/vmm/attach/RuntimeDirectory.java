package org.ballastvm.vmm.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.ballastvm.images.UserDirectories;
import org.ballastvm.vmm.config.UserError;

/** Where a user's machines have their entries while they run: a directory that only that user may enter. */
final class RuntimeDirectory {
  private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> MADE_SO = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
  private static final String ENTRY = ".json";
  private static final String SOCKET = ".sock";

  private final Path path;

  RuntimeDirectory(Path path) { this.path = path; }

  /** This user's. */
  static RuntimeDirectory ofUser(Map<String, String> environment) {
    return new RuntimeDirectory(UserDirectories.runtime(environment));
  }

  Path path() { return path; }

  /** The file of a machine, by what {@link Announcement} calls it. */
  Path entry(String key) {
    return path.resolve(key + ENTRY);
  }

  /** The control socket of a machine, likewise. */
  Path socket(String key) { return path.resolve(key + SOCKET); }

  /**
   * Makes it, if it is not there.
   *
   * @throws IOException also for one that is somebody else's
   */
  void make() throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path.getParent());
      Files.createDirectories(path, MADE_SO);
    }
    // Only its owner may do this, so it also finds out who that is.
    Files.setPosixFilePermissions(path, OWNER_ONLY);
  }

  /** The machines that run; what others left behind is removed. */
  List<MachineEntry> running() throws IOException {
    List<MachineEntry> found = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.list(path)) {
      files = all.filter(file -> file.toString().endsWith(ENTRY)).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
    for (Path file : files) {
      read(file).ifPresent(found::add);
    }
    return found;
  }

  private Optional<MachineEntry> read(Path file) throws IOException {
    try {
      MachineEntry entry = MachineEntry.parse(Files.readString(file));
      if (MachineEntry.startTicks(entry.pid()).equals(Optional.of(entry.startTicks()))) {
        return Optional.of(entry);
      }
      String name = file.getFileName().toString();
      Files.deleteIfExists(socket(name.substring(0, name.length() - ENTRY.length())));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // It ended just now.
    } catch (UserError e) {
      // No machine wrote this.
    }
    Files.deleteIfExists(file);
    return Optional.empty();
  }
}
