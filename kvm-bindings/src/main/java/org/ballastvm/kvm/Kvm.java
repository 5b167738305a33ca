package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.kvm_cpuid2;
import org.ballastvm.kvm.generated.Offsets.kvm_cpuid_entry2;
import org.ballastvm.kvm.generated.Offsets.kvm_msr_list;

/** The host's KVM, {@code /dev/kvm}. */
public final class Kvm implements AutoCloseable {
  /** Where it is. */
  public static final Path DEVICE = Path.of("/dev/kvm");

  /** The number of XTILEDATA among XSAVE's components, and the bits of it and XTILECFG: Intel SDM volume 1, 13.1. */
  private static final int TILE_DATA = 18;
  private static final long TILES = 3L << 17;
  /** Intel SDM volume 4, table 2-2: the default type, eight variable ranges of two MSRs each, and the fixed ones. */
  private static final int[] MTRRS = {0x2ff, 0x200, 0x201, 0x202, 0x203, 0x204, 0x205, 0x206, 0x207, 0x208, 0x209,
      0x20a, 0x20b, 0x20c, 0x20d, 0x20e, 0x20f, 0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e,
      0x26f};
  /** IA32_MC0_CTL; KVM has at most 32 banks of four (KVM_MAX_MCE_BANKS, arch/x86/include/asm/kvm_host.h). */
  private static final int MACHINE_CHECKS = 0x400;
  private static final int MACHINE_CHECKS_END = MACHINE_CHECKS + 32 * 4;
  private static final int MOST_CPUID_ENTRIES = 256;
  private static final long CPUID_ENTRIES_OFFSET = kvm_cpuid2.SIZE;

  private final KvmFile file;

  private Kvm(KvmFile file) { this.file = file; }

  /**
   * Opens it.
   *
   * @return the host's KVM
   * @throws HostError ENOENT where there is none, EACCES where the user may not; EINVAL for an API other than version 12
   */
  public static Kvm open() {
    long fd;
    try (Arena arena = Arena.ofConfined()) {
      fd = HostError.check(CALLS.syscall(Host.SYS_openat(), Host.AT_FDCWD(),
          arena.allocateFrom(DEVICE.toString()).address(), Host.O_RDWR() | Host.O_CLOEXEC()), "open " + DEVICE);
    }
    Kvm kvm = new Kvm(new KvmFile(fd, DEVICE.toString()));
    try {
      int version = kvm.apiVersion();
      if (version != Host.KVM_API_VERSION()) {
        throw new HostError("KVM_GET_API_VERSION of " + DEVICE + " is " + version + ", not 12", Errno.EINVAL);
      }
      return kvm;
    } catch (HostError e) {
      kvm.close();
      throw e;
    }
  }

  /** {@return the version of the API, KVM_GET_API_VERSION; 12 since 2007} */
  public int apiVersion() {
    return (int) file.ioctl(Host.KVM_GET_API_VERSION(), 0, "KVM_GET_API_VERSION of " + DEVICE);
  }

  /**
   * KVM_CHECK_EXTENSION.
   *
   * @param cap what is asked for
   * @return 0 where it is missing, above zero where it is there; a number for those that count
   */
  public int checkExtension(KvmCap cap) {
    return (int) file.ioctl(Host.KVM_CHECK_EXTENSION(), cap.code, "KVM_CHECK_EXTENSION " + cap);
  }

  /**
   * Asks for state of a processor that Linux gives a guest on request alone, ARCH_REQ_XCOMP_GUEST_PERM: the tiles of AMX.
   * It is asked before the process has a vCPU, and holds for the process. A host that has no tiles, or does not know the
   * request (before Linux 5.17), goes on without, and its {@link #supportedCpuid} says so.
   */
  public void requestTiles() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment components = arena.allocate(Long.BYTES, 8);
      long known = CALLS.syscall(Host.SYS_arch_prctl(), Host.ARCH_GET_XCOMP_SUPP(), components.address());
      if (known == 0 && (get64(components, 0) & TILES) == TILES) {
        CALLS.syscall(Host.SYS_arch_prctl(), Host.ARCH_REQ_XCOMP_GUEST_PERM(), TILE_DATA);
      }
    }
  }

  /** {@return what a guest can read by CPUID on this host, KVM_GET_SUPPORTED_CPUID} */
  public List<CpuidEntry> supportedCpuid() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = arena.allocate(CPUID_ENTRIES_OFFSET + MOST_CPUID_ENTRIES * kvm_cpuid_entry2.SIZE, 8);
      set32(table, kvm_cpuid2.nent, MOST_CPUID_ENTRIES);
      file.ioctl(Host.KVM_GET_SUPPORTED_CPUID(), table, "KVM_GET_SUPPORTED_CPUID");
      List<CpuidEntry> entries = new ArrayList<>();
      for (int i = 0; i < get32(table, kvm_cpuid2.nent); i++) {
        entries.add(CpuidEntry.read(table.asSlice(CPUID_ENTRIES_OFFSET + i * kvm_cpuid_entry2.SIZE,
            kvm_cpuid_entry2.SIZE)));
      }
      return entries;
    }
  }

  /**
   * Which MSRs have state of a guest: those of KVM_GET_MSR_INDEX_LIST, and those that KVM leaves out of it, the MTRRs and the
   * banks of machine checks.
   *
   * @return their numbers; a vCPU need not have all of them
   */
  public List<Integer> savedMsrs() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(kvm_msr_list.SIZE, 8);
      long answer = CALLS.syscall(Host.SYS_ioctl(), file.fd(), Host.KVM_GET_MSR_INDEX_LIST(), count.address());
      if (answer != -Host.E2BIG()) { // It is what KVM says when it has put the number there.
        HostError.check(answer, "KVM_GET_MSR_INDEX_LIST");
      }
      int known = get32(count, kvm_msr_list.nmsrs);
      MemorySegment list = arena.allocate(kvm_msr_list.SIZE + (long) known * Integer.BYTES, 8);
      set32(list, kvm_msr_list.nmsrs, known);
      file.ioctl(Host.KVM_GET_MSR_INDEX_LIST(), list, "KVM_GET_MSR_INDEX_LIST");
      return IntStream.concat(IntStream.range(0, known).map(i -> get32(list, kvm_msr_list.indices + i * 4L)),
          IntStream.concat(Arrays.stream(MTRRS), IntStream.range(MACHINE_CHECKS, MACHINE_CHECKS_END))).distinct()
          .boxed()
          .toList();
    }
  }

  /**
   * Creates a VM with no memory and no vCPU, KVM_CREATE_VM.
   *
   * @return the VM
   * @throws HostError ENOMEM, EBUSY, ...
   */
  public KvmVm createVm() {
    int runBytes = (int) file.ioctl(Host.KVM_GET_VCPU_MMAP_SIZE(), 0, "KVM_GET_VCPU_MMAP_SIZE");
    while (true) {
      // KVM_CREATE_VM allocates in many steps and gives up when a signal comes between them.
      long fd = CALLS.syscall(Host.SYS_ioctl(), file.fd(), Host.KVM_CREATE_VM(), 0);
      if (fd != -Host.EINTR()) {
        return new KvmVm(new KvmFile(HostError.check(fd, "KVM_CREATE_VM"), "VM"), runBytes);
      }
    }
  }

  @Override
  public void close() { file.close(); }
}
