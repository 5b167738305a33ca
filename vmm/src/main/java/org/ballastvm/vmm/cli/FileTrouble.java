package org.ballastvm.vmm.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file cannot be had, in words for the user who named it. */
final class FileTrouble {
  private FileTrouble() {}

  /** {@return the reason, without the file's name: of some exceptions that is all that their message is} */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException absent -> "there is no such directory";
      case AccessDeniedException denied -> "permission denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> e.getMessage();
    };
  }
}
