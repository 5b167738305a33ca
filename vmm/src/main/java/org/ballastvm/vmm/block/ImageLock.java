package org.ballastvm.vmm.block;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.kvm.DiskFile;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.config.ImageConfig.Locking;
import org.ballastvm.vmm.config.UserError;

/**
 * Keeps others from a file, and this from a file that others have: by locks of single bytes as QEMU and its tools take them,
 * so that they and Ballast keep each other out. Whoever does something has the byte of that locked, whoever bears nobody that
 * does has another one, and each looks for the other's.
 */
final class ImageLock {
  private static final long DOES = 100;
  private static final long BEARS_NOT = 200;
  private static final Deed READ = new Deed("consistent read", 0);
  private static final Deed WRITE = new Deed("write", 1);
  private static final Deed RESIZE = new Deed("resize", 3);

  /** What can be done to a file, by QEMU's words and numbers. */
  private record Deed(String word, int number) {}

  private final DiskFile file;
  private final List<Long> bytes = new ArrayList<>();

  private ImageLock(DiskFile file) { this.file = file; }

  /**
   * Takes the locks of a guest's disk.
   *
   * @param file open
   * @param readOnly whether it is only read
   * @param shared whether others may write to it
   * @param locking whether there is anything to take
   * @return by which they are given back
   * @throws UserError if somebody has the file who does not bear this, or whom this does not bear; nothing is locked then
   */
  static ImageLock take(DiskFile file, boolean readOnly, boolean shared, Locking locking) {
    ImageLock lock = new ImageLock(file);
    if (locking == Locking.OFF) {
      return lock;
    }
    try {
      lock.take(readOnly ? List.of(READ) : List.of(READ, WRITE), shared ? List.of() : List.of(WRITE, RESIZE));
    } catch (HostError e) {
      lock.release();
      if (locking == Locking.ON || !cannotLock(e.errno())) {
        throw e;
      }
    } catch (UserError e) {
      lock.release();
      throw e;
    }
    return lock;
  }

  /** First all are taken and then others are looked for: of two that come at once, one at least sees the other. */
  private void take(List<Deed> does, List<Deed> bearsNot) {
    does.forEach(deed -> lock(DOES, deed, ""));
    bearsNot.forEach(deed -> lock(BEARS_NOT, deed, "shared "));
    does.forEach(deed -> refuseOther(BEARS_NOT, deed, ""));
    bearsNot.forEach(deed -> refuseOther(DOES, deed, "shared "));
  }

  /** Gives the locks back. */
  void release() {
    bytes.forEach(file::unlock);
    bytes.clear();
  }

  private static boolean cannotLock(Errno why) {
    return why.equals(Errno.EINVAL) || why.equals(Errno.ENOSYS) || why.equals(Errno.EOPNOTSUPP)
        || why.equals(Errno.ENOLCK);
  }

  private void lock(long base, Deed deed, String what) {
    if (!file.lockShared(base + deed.number)) {
      throw taken(deed, what);
    }
    bytes.add(base + deed.number);
  }

  private void refuseOther(long base, Deed deed, String what) {
    if (file.isLockedByOther(base + deed.number)) {
      throw taken(deed, what);
    }
  }

  private UserError taken(Deed deed, String what) {
    return new UserError("Failed to get " + what + "\"" + deed.word + "\" lock; is another process using the image ["
        + file.what() + "]?");
  }
}
