package org.ballastvm.testkit;

import java.util.Optional;
import org.ballastvm.images.Kernel;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The kernel that a test of {@link Kernels} runs on this time. */
final class InvocationKernel {
  private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(InvocationKernel.class);

  private InvocationKernel() {}

  static void set(ExtensionContext context, Kernel kernel) { context.getStore(OURS).put(Kernel.class, kernel); }

  /** Closes something when the test has ended. */
  static void keep(ExtensionContext context, AutoCloseable until) {
    context.getStore(OURS).put(AutoCloseable.class, until);
  }

  /** {@return the kernel; nothing for a test of no particular kernel} */
  static Optional<Kernel> of(ExtensionContext context) {
    return Optional.ofNullable(context.getStore(OURS).get(Kernel.class, Kernel.class));
  }
}
