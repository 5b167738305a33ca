package org.ballastvm.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A key of the user's own, made once, by which ssh logs in where no other key was named. */
final class SshKey {
  private static final String NAME = "id_ed25519";

  private SshKey() {}

  /** {@return the private key's file} */
  static Path of(Cache cache) throws IOException {
    return cache.entry("ssh", List.of(NAME, NAME + ".pub"), work -> {
      new MissingTools().program("ssh-keygen", "openssh-client").sentence("a key for ssh").ifPresent(sentence -> {
        throw new ImageError(sentence);
      });
      HostProgram.Outcome outcome = HostProgram.in(work)
          .run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ballast", "-f", NAME));
      if (outcome.failed()) {
        throw new ImageError("ssh-keygen failed (" + outcome.status() + "): " + outcome.complaint());
      }
    }).resolve(NAME);
  }

  /** {@return the line of the public half} */
  static String publicLine(Path privateKey) throws IOException {
    return Files.readString(privateKey.resolveSibling(privateKey.getFileName() + ".pub")).strip();
  }
}
