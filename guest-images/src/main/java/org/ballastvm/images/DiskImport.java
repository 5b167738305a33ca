package org.ballastvm.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.images.HostProgram.Outcome;

/** Disks of other formats (qcow2, vmdk, vdi, vhdx ...), made raw ones by qemu-img. */
public final class DiskImport {
  /** A disk that consists of other files could have any file of this host copied into the guest's. */
  private static final Pattern OTHER_FILE = Pattern
      .compile("\"(backing-filename|data-file)\": *\"((?:[^\"\\\\]|\\\\.)*)\"");

  private DiskImport() {}

  /** {@return where the raw disk goes if nothing else is said: beside the other, with {@code .raw} at its end} */
  public static Path besides(Path source) {
    String name = source.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return source.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".raw");
  }

  /**
   * Makes a raw disk, a sparse file. The other one stays as it is.
   *
   * @param format of the source, in qemu-img's words; nothing to have it found out
   * @throws ImageError if qemu-img is not there or fails, the source consists of several files, or the target is there
   */
  public static void convert(Path source, Optional<String> format, Path target, Progress progress) {
    new MissingTools().program("qemu-img", "qemu-utils").sentence("the import of a disk").ifPresent(sentence -> {
      throw new ImageError(sentence);
    });
    if (!Files.isRegularFile(source)) {
      throw new ImageError(source + " is no file");
    }
    if (Files.exists(target)) {
      throw new ImageError(target + " is there already, and is not overwritten");
    }
    try {
      Matcher other = OTHER_FILE
          .matcher(qemuImg(source, words(List.of("info", "--output=json"), "-f", format, source)));
      if (other.find()) {
        throw new ImageError(source + " is not whole: the rest of it is in " + other.group(2)
            + "; if you trust both, make it one file first: qemu-img convert -O qcow2 " + source + " WHOLE");
      }
      progress.begins("converting " + source);
      SparseFile.make(target, unfinished -> {
        List<String> words = words(List.of("convert", "-O", "raw"), "-f", format, source);
        words.add(unfinished.toString());
        qemuImg(source, words);
      });
    } catch (IOException e) {
      throw new ImageError(source + " cannot be imported: " + e, e);
    }
  }

  private static List<String> words(List<String> first, String option, Optional<String> format, Path source) {
    List<String> words = new ArrayList<>(first);
    format.ifPresent(word -> words.addAll(List.of(option, word)));
    // A name with a colon would be a protocol to qemu-img; a path is none.
    words.add(source.toAbsolutePath().toString());
    return words;
  }

  private static String qemuImg(Path source, List<String> words) throws IOException {
    List<String> command = new ArrayList<>(List.of("qemu-img"));
    command.addAll(words);
    Outcome outcome = HostProgram.in(Path.of("").toAbsolutePath()).run(command);
    if (outcome.failed()) {
      throw new ImageError(source + " cannot be imported: " + outcome.complaint());
    }
    return outcome.said();
  }
}
