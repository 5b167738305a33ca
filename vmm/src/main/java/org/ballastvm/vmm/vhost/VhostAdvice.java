package org.ballastvm.vmm.vhost;

import java.nio.file.Path;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;

/** What to do about a device of the kernel's vhost that cannot be had. */
public final class VhostAdvice {
  private VhostAdvice() {}

  /**
   * The end of the sentence.
   *
   * @param error what the host said
   * @param device which device
   * @param module that has it
   * @param instead what serves without
   * @return empty where there is nothing to advise
   */
  public static String of(HostError error, Path device, String module, String instead) {
    Errno errno = error.errno();
    if (errno.equals(Errno.EACCES) || errno.equals(Errno.EPERM)) {
      return ": this user needs read and write access to " + device + "; or " + instead;
    }
    if (errno.equals(Errno.ENOENT) || errno.equals(Errno.ENODEV) || errno.equals(Errno.ENXIO)) {
      return ": this host has no such device: modprobe " + module + "; or " + instead;
    }
    return "";
  }
}
