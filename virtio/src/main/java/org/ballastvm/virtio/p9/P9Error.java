package org.ballastvm.virtio.p9;

/** Why a request is answered by an error, {@code Rlerror}: a number of Linux's errno.h, which 9P2000.L has on every host. */
public final class P9Error extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Not permitted. */
  public static final int EPERM = 1;
  /** No such file or directory. */
  public static final int ENOENT = 2;
  /** Input/output error: a bug of ours. */
  public static final int EIO = 5;
  /** No such fid, or one that is not open for this. */
  public static final int EBADF = 9;
  /** Exists already. */
  public static final int EEXIST = 17;
  /** No such device. */
  public static final int ENODEV = 19;
  /** Not a directory. */
  public static final int ENOTDIR = 20;
  /** A directory. */
  public static final int EISDIR = 21;
  /** Invalid argument. */
  public static final int EINVAL = 22;
  /** Too many fids. */
  public static final int EMFILE = 24;
  /** No space left. */
  public static final int ENOSPC = 28;
  /** Read-only file system. */
  public static final int EROFS = 30;
  /** Name too long. */
  public static final int ENAMETOOLONG = 36;
  /** Not in this server. */
  public static final int ENOSYS = 38;
  /** A symbolic link where none may be. */
  public static final int ELOOP = 40;
  /** No such attribute. */
  public static final int ENODATA = 61;
  /** Not what the protocol allows here. */
  public static final int EPROTO = 71;
  /** Message too long, or too short to be one. */
  public static final int EMSGSIZE = 90;
  /** Not supported. */
  public static final int EOPNOTSUPP = 95;

  private final int errno;

  /**
   * Creates it. It has no stack trace: guests cause errors all the time, looking for names that there are not.
   *
   * @param errno a number of Linux's, above zero
   */
  public P9Error(int errno) {
    super("errno " + errno, null, false, false);
    this.errno = errno;
  }

  /** {@return the number} */
  public int errno() { return errno; }
}
