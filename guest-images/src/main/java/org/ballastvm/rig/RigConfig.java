package org.ballastvm.rig;

import java.nio.file.Path;
import java.util.List;
import org.ballastvm.images.DebianFlavour;

/**
 * What a rig is.
 *
 * @param cpuCount  processors that it emulates, each a thread of this host
 * @param cpu       their model and features, as QEMU's {@code -cpu} takes them; without svm it has no {@code /dev/kvm}
 * @param memoryMiB its memory, which this host gives as it is touched
 * @param kernel    what it runs
 * @param kernelArguments words behind its kernel's command line; {@code kvm_amd.npt=0} goes to the module, too
 * @param writable  directories that are shared read-write; all else that is written in the rig is forgotten
 * @param channels  how many programs can run in it at once
 * @param forwarded TCP ports of this host's 127.0.0.1 that lead to the same ports of the rig's network card
 */
public record RigConfig(int cpuCount, String cpu, int memoryMiB, DebianFlavour kernel, List<String> kernelArguments,
    List<Path> writable, int channels, List<Integer> forwarded) {
  /** The processor of a rig if nothing else is asked for: all that QEMU can emulate, and AMD-V. */
  public static final String CPU = "max,+svm";
  /** The least memory of a rig, in MiB. */
  public static final int LEAST_MIB = 1024;
  /** The most memory of a rig, in MiB. */
  public static final int MOST_MIB = 1 << 20;

  private static final int MAX_CHANNELS = 9;

  public RigConfig {
    writable = List.copyOf(writable);
    forwarded = List.copyOf(forwarded);
    kernelArguments = KernelArguments.checked(kernelArguments);
    if (cpuCount < 1 || memoryMiB < LEAST_MIB || memoryMiB > MOST_MIB || channels < 1 || channels > MAX_CHANNELS) {
      throw new IllegalArgumentException("a rig has at least one CPU, 1 GiB to 1 TiB, and 1 to " + MAX_CHANNELS
          + " channels, not " + cpuCount + ", " + memoryMiB + " and " + channels);
    }
  }

  /**
   * {@return what a test run needs: 7 GiB, eight programs at once, nothing to write on; and one CPU, as two make the
   * kernel of the rig crash when guests of its own run on both}
   */
  public static RigConfig ofTests() {
    return new RigConfig(1, CPU, 7168, DebianFlavour.STOCK, List.of(), List.of(), 8, List.of());
  }

  /** {@return the same with directories that are shared read-write} */
  public RigConfig writing(List<Path> directories) {
    return new RigConfig(cpuCount, cpu, memoryMiB, kernel, kernelArguments, directories, channels, forwarded);
  }

  /** {@return the same with another size of memory} */
  public RigConfig ofMemory(int otherMiB) {
    return new RigConfig(cpuCount, cpu, otherMiB, kernel, kernelArguments, writable, channels, forwarded);
  }

  /** {@return the same with another processor} */
  public RigConfig ofCpu(String model) {
    return new RigConfig(cpuCount, model, memoryMiB, kernel, kernelArguments, writable, channels, forwarded);
  }

  /** {@return the same with another kernel} */
  public RigConfig running(DebianFlavour flavour) {
    return new RigConfig(cpuCount, cpu, memoryMiB, flavour, kernelArguments, writable, channels, forwarded);
  }

  /** {@return the same with these arguments of its kernel} */
  public RigConfig arguing(List<String> arguments) {
    return new RigConfig(cpuCount, cpu, memoryMiB, kernel, arguments, writable, channels, forwarded);
  }

  /** {@return the same, where these TCP ports of this host's 127.0.0.1 lead} */
  public RigConfig forwarding(List<Integer> ports) {
    return new RigConfig(cpuCount, cpu, memoryMiB, kernel, kernelArguments, writable, channels, ports);
  }
}
