package org.ballastvm.vmm.config;

/**
 * {@code -smp}: vCPUs and their grouping; {@code sockets * cores * threads == count}.
 *
 * @param count vCPUs that exist, 1 to 254
 * @param sockets packages
 * @param cores cores in each package
 * @param threads threads in each core
 * @param model {@code -cpu}
 */
public record CpuConfig(int count, int sockets, int cores, int threads, CpuModel model) {
  /** What an 8-bit APIC id and the in-kernel interrupt controller leave room for. */
  public static final int MOST = 254;

  /** Checks the ranges. */
  public CpuConfig {
    if (count < 1 || count > MOST) {
      throw new UserError("-smp cpus=" + count + ": the number of CPUs must be 1 to " + MOST);
    }
    if (sockets < 1 || cores < 1 || threads < 1 || (long) sockets * cores * threads != count) {
      throw new UserError("-smp sockets=" + sockets + ",cores=" + cores + ",threads=" + threads
          + ": their product must be the number of CPUs, " + count);
    }
  }

  /**
   * Processors as the host's are.
   *
   * @param count vCPUs that exist, 1 to 254
   * @param sockets packages
   * @param cores cores in each package
   * @param threads threads in each core
   */
  public CpuConfig(int count, int sockets, int cores, int threads) {
    this(count, sockets, cores, threads, CpuModel.HOST);
  }

  /**
   * The same of another kind.
   *
   * @param other {@code -cpu}
   * @return as many, in the same groups
   */
  public CpuConfig with(CpuModel other) { return new CpuConfig(count, sockets, cores, threads, other); }

  /**
   * A bare {@code -smp N}: one package of N cores, as QEMU groups it since 6.2.
   *
   * @param count vCPUs, 1 to 254
   * @return one package of that many cores
   */
  public static CpuConfig of(int count) { return new CpuConfig(count, 1, Math.max(count, 1), 1); }
}
