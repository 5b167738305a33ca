package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * {@code -fw_cfg}: a file for the guest, read once.
 *
 * @param name of printable ASCII, 1 to {@value #LONGEST_NAME} characters, such as {@code opt/org.example/word}
 * @param content what is in it
 */
public record FirmwareFile(String name, Content content) {
  /** The longest name. */
  public static final int LONGEST_NAME = 55;
  /** Where a user's files belong, so that they never meet the machine's. */
  public static final String USERS = "opt/";

  private static final Pattern NAME = Pattern.compile("[!-~]+");

  /** What is in it. */
  public sealed interface Content permits Content.Text, Content.OfFile {
    /**
     * A text, without a zero at its end.
     *
     * @param text in UTF-8
     */
    record Text(String text) implements Content {}

    /**
     * What a file of the host has at the start.
     *
     * @param path of the file
     */
    record OfFile(Path path) implements Content {}
  }

  /** Checks the name. */
  public FirmwareFile {
    if (!NAME.matcher(name).matches() || name.length() > LONGEST_NAME) {
      throw new UserError("-fw_cfg name=" + name + ": must be 1 to " + LONGEST_NAME + " printable characters of ASCII");
    }
  }

  /**
   * Parses.
   *
   * @param texts what stands behind each {@code -fw_cfg}
   * @param paths the file of a name
   * @return the files
   * @throws UserError for a key or a value that is none
   */
  public static List<FirmwareFile> parse(List<String> texts, Function<String, Path> paths) {
    return texts.stream().map(text -> parse(text, paths)).toList();
  }

  private static FirmwareFile parse(String text, Function<String, Path> paths) {
    KeyValues values = KeyValues.parse("-fw_cfg", text, "name");
    String name = values.require("name");
    Optional<String> file = values.take("file");
    Optional<String> string = values.take("string");
    values.refuseRest("name, file, string");
    if (file.isPresent() == string.isPresent()) {
      throw new UserError("-fw_cfg name=" + name + ": needs one of file=FILE and string=TEXT");
    }
    return new FirmwareFile(name, string.<Content>map(Content.Text::new)
        .orElseGet(() -> new Content.OfFile(paths.apply(file.get()))));
  }
}
