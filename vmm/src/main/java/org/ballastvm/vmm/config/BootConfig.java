package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.Optional;

/** What the first vCPU runs. */
public sealed interface BootConfig {
  /**
   * Whether a kernel's command line has a parameter.
   *
   * @param parameter a parameter, with its value if it has one
   * @return whether the command line has it, as a word
   */
  default boolean has(String parameter) { return false; }

  /**
   * Does what its kind asks for. A virtual call: every start comes here, and a switch over types spins a class, for some
   * milliseconds.
   *
   * @param <T> what comes of it
   * @param cases one for each kind
   * @return what comes of it
   */
  <T> T accept(Cases<T> cases);

  /**
   * What is done with each kind.
   *
   * @param <T> what comes of it
   */
  interface Cases<T> {
    /** {@return what comes of nothing} */
    T nothing();

    /**
     * A Linux kernel.
     *
     * @param linux which
     * @return what comes of it
     */
    T linux(Linux linux);

    /**
     * A program.
     *
     * @param payload which
     * @return what comes of it
     */
    T payload(Payload payload);
  }

  /**
   * Nothing. There is no firmware behind the reset vector, so a machine that is let run all the same stops at its first
   * instruction, with an internal error of KVM.
   */
  record Nothing() implements BootConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return cases.nothing(); }
  }

  /**
   * A Linux kernel.
   *
   * @param kernel a bzImage, or an ELF vmlinux with a PVH note
   * @param initrd its initial RAM disk
   * @param commandLine {@code -append}
   * @param randomAddress {@code -machine kaslr=on}: whether a bzImage is to choose where it runs, which takes longer
   */
  record Linux(Path kernel, Optional<Path> initrd, String commandLine, boolean randomAddress) implements BootConfig {
    /**
     * A kernel that runs where it was linked to, if it can be entered there.
     *
     * @param kernel a bzImage, or an ELF vmlinux with a PVH note
     * @param initrd its initial RAM disk
     * @param commandLine {@code -append}
     */
    public Linux(Path kernel, Optional<Path> initrd, String commandLine) {
      this(kernel, initrd, commandLine, false);
    }

    @Override
    public <T> T accept(Cases<T> cases) { return cases.linux(this); }

    @Override
    public boolean has(String parameter) {
      return (" " + commandLine.replace('\t', ' ') + " ").contains(" " + parameter + " ");
    }
  }

  /** A flat 64-bit program, entered in long mode with memory below 4 GiB mapped one to one. */
  final class Payload implements BootConfig {
    private final byte[] code;
    private final long loadAddress;

    /**
     * Describes a program.
     *
     * @param code the program, copied
     * @param loadAddress where it is put and entered, a guest physical address in RAM, a multiple of 4 KiB, at least 1
     *     MiB
     */
    public Payload(byte[] code, long loadAddress) {
      this.code = code.clone();
      this.loadAddress = loadAddress;
    }

    @Override
    public <T> T accept(Cases<T> cases) { return cases.payload(this); }

    /** {@return a copy of the program} */
    public byte[] code() { return code.clone(); }

    /** {@return the guest physical address it is put at and entered} */
    public long loadAddress() {
      return loadAddress;
    }
  }
}
