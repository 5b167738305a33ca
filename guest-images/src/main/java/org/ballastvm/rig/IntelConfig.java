package org.ballastvm.rig;

import java.nio.file.Path;
import java.util.List;

/**
 * What an Intel rig is, and what it finds of this host.
 *
 * @param memoryMiB       its memory
 * @param kernelArguments words behind its kernel's command line; {@code kvm_intel.ept=0} goes to the module, too
 * @param files           files and directories of this host, which stand at the same place in the rig, to be read
 */
public record IntelConfig(int memoryMiB, List<String> kernelArguments, List<Path> files) {
  /** The least memory of an Intel rig, in MiB. */
  public static final int LEAST_MIB = 1024;
  /** The most memory of an Intel rig, in MiB: what its BIOS has below the window of PCI. */
  public static final int MOST_MIB = 3072;

  public IntelConfig {
    kernelArguments = KernelArguments.checked(kernelArguments);
    files = List.copyOf(files);
    if (memoryMiB < LEAST_MIB || memoryMiB > MOST_MIB) {
      throw new IllegalArgumentException(
          "an Intel rig has " + LEAST_MIB + " to " + MOST_MIB + " MiB, not " + memoryMiB);
    }
  }

  /** {@return one of 2 GiB, with no argument and no file} */
  public static IntelConfig ofTests() {
    return new IntelConfig(2048, List.of(), List.of());
  }

  /** {@return the same with another size of memory} */
  public IntelConfig ofMemory(int otherMiB) {
    return new IntelConfig(otherMiB, kernelArguments, files);
  }

  /** {@return the same with these arguments of its kernel} */
  public IntelConfig arguing(List<String> arguments) {
    return new IntelConfig(memoryMiB, arguments, files);
  }

  /** {@return the same with these files and directories} */
  public IntelConfig taking(List<Path> filesAndDirectories) {
    return new IntelConfig(memoryMiB, kernelArguments, filesAndDirectories);
  }
}
