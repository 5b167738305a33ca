package org.ballastvm.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.images.HostProgram.Outcome;

/**
 * A disk by which cloud-init sets up a guest at its first boot: its data source NoCloud, an ISO 9660 with the label
 * {@code cidata}.
 *
 * @param userData      what to do, as {@code #cloud-config} or a script
 * @param metaData      the instance's id and name; nothing for an id that changes with the other files
 * @param networkConfig addresses; nothing for DHCP
 */
public record CloudSeed(Path userData, Optional<Path> metaData, Optional<Path> networkConfig) {
  /** {@return whether cloud-init knows what to do with the file, which it tells by its first line} */
  public boolean isKnownForm() {
    String text = read(userData);
    return text.startsWith("#") || text.startsWith("Content-Type:") || text.startsWith("MIME-Version:");
  }

  /**
   * Writes it.
   *
   * @param target a new file, or one that is overwritten
   * @throws ImageError if xorriso is not there or fails, or a file cannot be read
   */
  public void write(Path target) {
    new MissingTools().program("xorriso", "xorriso").sentence("a seed for cloud-init").ifPresent(sentence -> {
      throw new ImageError(sentence);
    });
    String meta = metaData.map(CloudSeed::read).orElseGet(this::ownMetaData);
    try {
      Path directory = Files.createTempDirectory("ballast-seed");
      Undo undo = Undo.atExit(() -> FileTree.delete(directory));
      try {
        Files.writeString(directory.resolve("user-data"), read(userData));
        Files.writeString(directory.resolve("meta-data"), meta);
        if (networkConfig.isPresent()) {
          Files.writeString(directory.resolve("network-config"), read(networkConfig.get()));
        }
        SparseFile.make(target, unfinished -> write(directory, unfinished));
      } finally {
        FileTree.delete(directory);
        undo.close();
      }
    } catch (IOException e) {
      throw new ImageError("seed " + target + " cannot be written: " + e, e);
    }
  }

  private static void write(Path directory, Path file) throws IOException {
    Outcome outcome = HostProgram.in(directory).run(List.of("xorriso", "-as", "mkisofs", "-quiet", "-V",
        "cidata", "-J", "-R", "-o", file.toString(), directory.toString()));
    if (outcome.failed()) {
      throw new ImageError("xorriso cannot write the seed: " + outcome.complaint());
    }
  }

  /** cloud-init does its work once for each instance, so other data are another instance. */
  private String ownMetaData() {
    String all = read(userData) + "\0" + networkConfig.map(CloudSeed::read).orElse("");
    return "instance-id: ballast-" + Cache.sha256(all.getBytes(StandardCharsets.UTF_8)).substring(0, 12) + "\n";
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new ImageError(file + " cannot be read as text: " + e.getMessage(), e);
    }
  }
}
