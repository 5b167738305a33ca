package org.ballastvm.kvm;

import java.util.Objects;

/**
 * Which native provider this process uses: FFM, or JNA where the FFM linker is missing or denied to this module, or where
 * {@code -Dballast.native=jna} asks for it.
 */
public final class NativeProvider {
  static final NativeCalls CALLS = behindFront(choose(System.getProperty("ballast.native", "auto")));

  private NativeProvider() {}

  /** {@return {@code ffm} or {@code jna}} */
  public static String name() { return CALLS.name(); }

  /** {@return what it is and how its system calls go, in words for a user} */
  public static String description() {
    return CALLS.description();
  }

  private static NativeCalls choose(String wanted) {
    return switch (wanted) {
      case "jna" -> jna();
      case "ffm" -> new FfmCalls();
      case "auto" -> {
        try {
          yield new FfmCalls();
        } catch (ExceptionInInitializerError e) {
          if (e.getCause() instanceof IllegalCallerException || e.getCause() instanceof UnsupportedOperationException) {
            yield jna();
          }
          throw e;
        }
      }
      default -> throw new IllegalArgumentException(
          "-Dballast.native=" + Objects.toString(wanted) + ": the native provider must be auto, ffm or jna");
    };
  }

  /** Tests name a class that stands before the provider, and makes system calls fail that this host would not refuse. */
  private static NativeCalls behindFront(NativeCalls provider) {
    String front = System.getProperty("ballast.native.front");
    if (front == null) {
      return provider;
    }
    try {
      return Class.forName(front).asSubclass(NativeCalls.class).getDeclaredConstructor(NativeCalls.class)
          .newInstance(provider);
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IllegalArgumentException("-Dballast.native.front=" + front + ": must be a class of this module's tests",
          e);
    }
  }

  private static NativeCalls jna() {
    try {
      return new JnaCalls();
    } catch (LinkageError e) { // JNA's own initializer fails where it is denied native access too
      throw new IllegalStateException("native access is denied to Ballast: start java with"
          + " --enable-native-access=org.ballastvm.kvm,com.sun.jna", e);
    }
  }
}
