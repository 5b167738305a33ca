package org.ballastvm.vmm.cpu;

import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.UserError;

/**
 * How vCPUs are grouped, and the APIC ids that say so: thread, core and package each have a field of as many bits as
 * their number needs (Intel SDM volume 3, 9.9.3; AMD APM volume 3, Fn8000_0008).
 *
 * @param sockets packages
 * @param cores in each package
 * @param threads in each core
 */
public record CpuTopology(int sockets, int cores, int threads) {
  /** 255 means all of them. */
  private static final int LAST_APIC_ID = 254;

  /**
   * The grouping that was asked for.
   *
   * @param config {@code -smp}
   * @return its topology
   * @throws UserError if its APIC ids, which have gaps, do not fit into 8 bits
   */
  public static CpuTopology of(CpuConfig config) {
    CpuTopology topology = new CpuTopology(config.sockets(), config.cores(), config.threads());
    int last = topology.apicId(config.count() - 1);
    if (last > LAST_APIC_ID) {
      throw new UserError("-smp " + config.count() + ",sockets=" + config.sockets() + ",cores=" + config.cores()
          + ",threads=" + config.threads() + ": cores and threads are numbered in powers of two, so the last CPU would "
          + "have APIC id " + last + ", and " + LAST_APIC_ID + " is the last there is; give fewer, or powers of two");
    }
    return topology;
  }

  /**
   * Checks against the host.
   *
   * @param mostVcpus how many vCPUs KVM gives a VM
   * @throws UserError if these are more
   */
  public void requireAtMost(int mostVcpus) {
    int count = sockets * cores * threads;
    if (count > mostVcpus) {
      throw new UserError("-smp " + count + ": this host's KVM gives a machine at most " + mostVcpus + " CPUs");
    }
  }

  /** {@return the bits of an APIC id that distinguish threads of a core} */
  public int threadBits() {
    return bits(threads);
  }

  /** {@return the bits that distinguish logical processors of a package} */
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
