package org.ballastvm.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.ballastvm.images.DebianFlavour;

/** How the {@link Guest} of a parameter is started. See {@link GuestTest}. */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Boot {
  /** {@return Ballast's options (QEMU's), but for kernel, initrd, command line, console and monitor} */
  String[] value() default {};

  /** {@return what stands on the kernel's command line behind {@code console=ttyS0 panic=-1 quiet}} */
  String append() default "";

  /** {@return which of Debian's kernels: the small one for virtual machines, or the one that has more built in} */
  DebianFlavour debian() default DebianFlavour.CLOUD;

  /** {@return a kernel to boot instead of Debian's: a bzImage or an ELF vmlinux with the drivers built in} */
  String kernel() default "";

  /** {@return options for the JVM that runs Ballast, as {@code -Dballast.native=jna}} */
  String[] jvmOptions() default {};

  /** {@return whether the agent runs in it, for {@link Guest#exec}; the host that builds it needs gcc} */
  boolean agent() default false;

  /** {@return whether a reset of the guest is its end} */
  boolean noReboot() default true;

  /** {@return whether to wait until the guest takes commands} */
  boolean awaitUp() default true;
}
