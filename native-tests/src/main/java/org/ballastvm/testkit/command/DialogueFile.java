package org.ballastvm.testkit.command;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import org.ballastvm.record.Recording;
import org.ballastvm.vmm.config.FileName;
import org.ballastvm.vmm.config.UserError;

/** A recording as a user named it. */
final class DialogueFile {
  private DialogueFile() {}

  static Recording read(String command, String name) {
    try {
      return Recording.parse(Files.readString(FileName.path(command + " FILE", name)));
    } catch (NoSuchFileException e) {
      throw new UserError(command + " " + name + ": there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new UserError(command + " " + name + ": not a recording: it is no text", e);
    } catch (IOException e) {
      throw new UserError(command + " " + name + ": cannot be read (" + e.getMessage() + ")", e);
    } catch (IllegalArgumentException e) {
      throw new UserError(command + " " + name + ": " + e.getMessage(), e);
    }
  }
}
