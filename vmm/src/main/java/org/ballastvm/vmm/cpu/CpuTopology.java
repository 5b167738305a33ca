package org.ballastvm.vmm.cpu;

import org.ballastvm.vmm.config.CpuConfig;

/**
 * How vCPUs are grouped, and the APIC ids that say so: thread, core and package each have a field of as many bits as
 * their number needs (Intel SDM volume 3, 9.9.3; AMD APM volume 3, Fn8000_0008).
 *
 * @param sockets packages
 * @param cores in each package
 * @param threads in each core
 */
public record CpuTopology(int sockets, int cores, int threads) {
  /**
   * The grouping that was asked for.
   *
   * @param config {@code -smp}
   * @return its topology
   */
  public static CpuTopology of(CpuConfig config) {
    return new CpuTopology(config.sockets(), config.cores(), config.threads());
  }

  /** {@return the bits of an APIC id that tell threads of a core apart} */
  public int threadBits() {
    return bits(threads);
  }

  /** {@return the bits that tell logical processors of a package apart} */
  public int packageBits() {
    return bits(cores) + bits(threads);
  }

  /** {@return logical processors in each package} */
  public int threadsPerPackage() { return cores * threads; }

  /**
   * The APIC id of a vCPU.
   *
   * @param index from 0, threads first, then cores, then packages
   * @return its id, with gaps where a number is no power of two
   */
  public int apicId(int index) {
    int thread = index % threads;
    int core = index / threads % cores;
    int socket = index / threads / cores;
    return socket << packageBits() | core << threadBits() | thread;
  }

  private static int bits(int count) { return 32 - Integer.numberOfLeadingZeros(count - 1); }
}
