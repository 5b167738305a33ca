package org.ballastvm.kvm;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.ballastvm.kvm.generated.Host;

/** What numbers are called in the kernel's headers. */
final class KernelNames {
  private static final int KVMIO = 0xae;
  private static final Map<Long, String> SYSCALLS = new HashMap<>();
  private static final Map<Long, String> IOCTLS = new HashMap<>();

  static {
    for (Method constant : Host.class.getMethods()) {
      String name = constant.getName();
      if (name.startsWith("SYS_")) {
        SYSCALLS.put(value(constant), name.substring("SYS_".length()));
      } else if (name.startsWith("KVM_") && (value(constant) >> 8 & 0xff) == KVMIO) {
        IOCTLS.put(value(constant), name);
      }
    }
  }

  private KernelNames() {}

  static String syscall(long number) { return SYSCALLS.getOrDefault(number, "system call " + number); }

  static String ioctl(long request) { return IOCTLS.getOrDefault(request, "ioctl 0x" + Long.toHexString(request)); }

  private static long value(Method constant) {
    try {
      return ((Number) constant.invoke(null)).longValue();
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new LinkageError(constant.getName(), e);
    }
  }
}
