package org.ballastvm.testkit.study;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.Initramfs;

/**
 * What the guests of a study boot from: archives one behind the other, which Linux unpacks in this order, a later file
 * in an earlier one's place (its document on the initramfs buffer format).
 */
final class StudyInitrd {
  /** Where the program is in the guest. */
  static final String TOOL = "/bin/ballast-study";
  /** Each begins at a multiple of this. */
  private static final int ALIGNMENT = 4;

  private StudyInitrd() {}

  /**
   * Writes one.
   *
   * @param directory where to
   * @param image     a guest that takes commands over its console
   * @param own       the user's initrd, which comes first and may be compressed
   * @return the same guest, with the study's program and what the user's initrd has, but for its init
   */
  static GuestImage write(Path directory, GuestImage image, Optional<Path> own) throws IOException {
    return write(directory, image, own, new Initramfs().executable(TOOL.substring(1), GuestTool.program()));
  }

  /**
   * Writes one with files of another kind.
   *
   * @param directory where to
   * @param image     a guest that takes commands over its console
   * @param own       the user's initrd, which comes first and may be compressed
   * @param more      files that come last
   * @return the same guest, with all of them
   */
  static GuestImage write(Path directory, GuestImage image, Optional<Path> own, Initramfs more) throws IOException {
    Path added = directory.resolve("added.cpio");
    more.writeTo(added);
    List<Path> archives = new ArrayList<>();
    own.ifPresent(archives::add);
    archives.add(image.initrd());
    archives.add(added);
    Path initrd = directory.resolve("initrd");
    try (OutputStream out = Files.newOutputStream(initrd)) {
      for (Path archive : archives) {
        long bytes = Files.copy(archive, out);
        out.write(new byte[(int) (-bytes & (ALIGNMENT - 1))]);
      }
    }
    return new GuestImage(image.release(), image.kernel(), initrd);
  }
}
