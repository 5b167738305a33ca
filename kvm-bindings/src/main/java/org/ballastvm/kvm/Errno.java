package org.ballastvm.kvm;

import org.ballastvm.kvm.generated.Host;

/**
 * An error number of the kernel.
 *
 * @param code its number, above zero
 * @param name its name in errno.h, {@code errno N} for one not listed here
 * @param text what it means, for people
 */
public record Errno(int code, String name, String text) {
  /** Not permitted. */
  public static final Errno EPERM = new Errno(Host.EPERM(), "EPERM", "not permitted");
  /** No such file or directory. */
  public static final Errno ENOENT = new Errno(Host.ENOENT(), "ENOENT", "no such file or directory");
  /** No such process. */
  public static final Errno ESRCH = new Errno(Host.ESRCH(), "ESRCH", "no such process");
  /** Interrupted. */
  public static final Errno EINTR = new Errno(Host.EINTR(), "EINTR", "interrupted");
  /** Input/output error. */
  public static final Errno EIO = new Errno(Host.EIO(), "EIO", "input/output error");
  /** No such device or address. */
  public static final Errno ENXIO = new Errno(Host.ENXIO(), "ENXIO", "no such device or address");
  /** Too big a list. */
  public static final Errno E2BIG = new Errno(Host.E2BIG(), "E2BIG", "too big a list");
  /** Bad file descriptor. */
  public static final Errno EBADF = new Errno(Host.EBADF(), "EBADF", "bad file descriptor");
  /** Try again. */
  public static final Errno EAGAIN = new Errno(Host.EAGAIN(), "EAGAIN", "try again");
  /** Out of memory. */
  public static final Errno ENOMEM = new Errno(Host.ENOMEM(), "ENOMEM", "out of memory");
  /** Permission denied. */
  public static final Errno EACCES = new Errno(Host.EACCES(), "EACCES", "permission denied");
  /** Bad address. */
  public static final Errno EFAULT = new Errno(Host.EFAULT(), "EFAULT", "bad address");
  /** Neither a file nor a block device. */
  public static final Errno ENOTBLK = new Errno(Host.ENOTBLK(), "ENOTBLK", "neither a file nor a block device");
  /** Busy. */
  public static final Errno EBUSY = new Errno(Host.EBUSY(), "EBUSY", "busy");
  /** Exists already. */
  public static final Errno EEXIST = new Errno(Host.EEXIST(), "EEXIST", "exists already");
  /** No such device. */
  public static final Errno ENODEV = new Errno(Host.ENODEV(), "ENODEV", "no such device");
  /** Not a directory. */
  public static final Errno ENOTDIR = new Errno(Host.ENOTDIR(), "ENOTDIR", "not a directory");
  /** A directory. */
  public static final Errno EISDIR = new Errno(Host.EISDIR(), "EISDIR", "a directory");
  /** Invalid argument. */
  public static final Errno EINVAL = new Errno(Host.EINVAL(), "EINVAL", "invalid argument");
  /** Too many open files in the system. */
  public static final Errno ENFILE = new Errno(Host.ENFILE(), "ENFILE", "too many open files in the system");
  /** Too many open files in this process. */
  public static final Errno EMFILE = new Errno(Host.EMFILE(), "EMFILE", "too many open files in this process");
  /** Not a terminal, or not a device that knows this request. */
  public static final Errno ENOTTY = new Errno(Host.ENOTTY(), "ENOTTY",
      "not a terminal, or not a device that knows this request");
  /** File too large. */
  public static final Errno EFBIG = new Errno(Host.EFBIG(), "EFBIG", "file too large");
  /** No space left on the device. */
  public static final Errno ENOSPC = new Errno(Host.ENOSPC(), "ENOSPC", "no space left on the device");
  /** Read-only file system. */
  public static final Errno EROFS = new Errno(Host.EROFS(), "EROFS", "read-only file system");
  /** Nobody reads at the other end. */
  public static final Errno EPIPE = new Errno(Host.EPIPE(), "EPIPE", "nobody reads at the other end");
  /** Outside the domain. */
  public static final Errno EDOM = new Errno(Host.EDOM(), "EDOM", "outside the domain");
  /** Outside the range. */
  public static final Errno ERANGE = new Errno(Host.ERANGE(), "ERANGE", "outside the range");
  /** Name too long. */
  public static final Errno ENAMETOOLONG = new Errno(Host.ENAMETOOLONG(), "ENAMETOOLONG", "name too long");
  /** No locks to be had. */
  public static final Errno ENOLCK = new Errno(Host.ENOLCK(), "ENOLCK", "no locks to be had");
  /** Not in this kernel. */
  public static final Errno ENOSYS = new Errno(Host.ENOSYS(), "ENOSYS", "not in this kernel");
  /** Directory not empty. */
  public static final Errno ENOTEMPTY = new Errno(Host.ENOTEMPTY(), "ENOTEMPTY", "directory not empty");
  /** Too many symbolic links. */
  public static final Errno ELOOP = new Errno(Host.ELOOP(), "ELOOP", "too many symbolic links");
  /** Value too large. */
  public static final Errno EOVERFLOW = new Errno(Host.EOVERFLOW(), "EOVERFLOW", "value too large");
  /** Not a socket. */
  public static final Errno ENOTSOCK = new Errno(Host.ENOTSOCK(), "ENOTSOCK", "not a socket");
  /** Not supported. */
  public static final Errno EOPNOTSUPP = new Errno(Host.EOPNOTSUPP(), "EOPNOTSUPP", "not supported");
  /** Address family not supported. */
  public static final Errno EAFNOSUPPORT = new Errno(Host.EAFNOSUPPORT(), "EAFNOSUPPORT",
      "address family not supported");
  /** Address in use. */
  public static final Errno EADDRINUSE = new Errno(Host.EADDRINUSE(), "EADDRINUSE", "address in use");
  /** Address not available. */
  public static final Errno EADDRNOTAVAIL = new Errno(Host.EADDRNOTAVAIL(), "EADDRNOTAVAIL", "address not available");
  /** Network unreachable. */
  public static final Errno ENETUNREACH = new Errno(Host.ENETUNREACH(), "ENETUNREACH", "network unreachable");
  /** Connection reset. */
  public static final Errno ECONNRESET = new Errno(Host.ECONNRESET(), "ECONNRESET", "connection reset");
  /** Not connected. */
  public static final Errno ENOTCONN = new Errno(Host.ENOTCONN(), "ENOTCONN", "not connected");
  /** Timed out. */
  public static final Errno ETIMEDOUT = new Errno(Host.ETIMEDOUT(), "ETIMEDOUT", "timed out");
  /** Connection refused. */
  public static final Errno ECONNREFUSED = new Errno(Host.ECONNREFUSED(), "ECONNREFUSED", "connection refused");
  /** Host unreachable. */
  public static final Errno EHOSTUNREACH = new Errno(Host.EHOSTUNREACH(), "EHOSTUNREACH", "host unreachable");
  /** Already under way. */
  public static final Errno EALREADY = new Errno(Host.EALREADY(), "EALREADY", "already under way");
  /** Under way. */
  public static final Errno EINPROGRESS = new Errno(Host.EINPROGRESS(), "EINPROGRESS", "under way");
  /** A page of memory is broken. */
  public static final Errno EHWPOISON = new Errno(Host.EHWPOISON(), "EHWPOISON", "a page of memory is broken");
  /** No such attribute. */
  public static final Errno ENODATA = new Errno(Host.ENODATA(), "ENODATA", "no such attribute");
  /** On another file system, or outside of what is allowed. */
  public static final Errno EXDEV = new Errno(Host.EXDEV(), "EXDEV",
      "on another file system, or outside of what is allowed");
  /** Too many links. */
  public static final Errno EMLINK = new Errno(Host.EMLINK(), "EMLINK", "too many links");
  /** A node that is there no more. */
  public static final Errno ESTALE = new Errno(Host.ESTALE(), "ESTALE", "a node that is there no more");
  /** Message too long. */
  public static final Errno EMSGSIZE = new Errno(Host.EMSGSIZE(), "EMSGSIZE", "message too long");
  /** Quota exceeded. */
  public static final Errno EDQUOT = new Errno(Host.EDQUOT(), "EDQUOT", "quota exceeded");

  private static final Errno[] ALL = {EPERM, ENOENT, ESRCH, EINTR, EIO, ENXIO, E2BIG, EBADF, EAGAIN, ENOMEM, EACCES,
      EFAULT, ENOTBLK, EBUSY, EEXIST, ENODEV, ENOTDIR, EISDIR, EINVAL, ENFILE, EMFILE, ENOTTY, EFBIG, ENOSPC, EROFS,
      EPIPE, EDOM,
      ERANGE, ENAMETOOLONG, ENOLCK, ENOSYS, ENOTEMPTY, ELOOP, EOVERFLOW, ENOTSOCK, EOPNOTSUPP, EAFNOSUPPORT, EADDRINUSE,
      EADDRNOTAVAIL, ENETUNREACH, ECONNRESET, ENOTCONN, ETIMEDOUT, ECONNREFUSED, EHOSTUNREACH, EALREADY, EINPROGRESS,
      EHWPOISON, ENODATA, EXDEV, EMLINK, ESTALE, EMSGSIZE, EDQUOT};

  /**
   * The error with a number.
   *
   * @param code as the kernel gave it, above zero
   * @return the error
   */
  public static Errno of(int code) {
    for (Errno errno : ALL) {
      if (errno.code == code) {
        return errno;
      }
    }
    return new Errno(code, "errno " + code, "unknown to Ballast");
  }
}
