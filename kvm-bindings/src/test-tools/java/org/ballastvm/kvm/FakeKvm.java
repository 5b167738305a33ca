package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.get8;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.kvm_cpuid2;
import org.ballastvm.kvm.generated.Offsets.kvm_cpuid_entry2;
import org.ballastvm.kvm.generated.Offsets.kvm_msr_entry;
import org.ballastvm.kvm.generated.Offsets.kvm_msrs;

/**
 * A host's KVM as a test wants it, for hosts that a test does not have: it answers as it was set up, remembers what was
 * asked in which order, and enters no guest. While it is there, this process sees no other {@code /dev/kvm}; every other
 * system call goes to the host, but those that are to fail.
 *
 * <p>
 * The JVM must have been started with {@code -Dballast.native.front=org.ballastvm.kvm.FakeKvmFront}.
 */
public final class FakeKvm implements AutoCloseable {
  /** The run page, the one for port data, and the ring of coalesced writes. */
  private static final int RUN_BYTES = 3 * 4096;
  private static final int COALESCED_PAGE = 2;
  private static final int TSC_KHZ = 2_000_000;
  private static final int NO_LIMIT = 1 << 10;

  private final Map<Integer, KvmObject> objects = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final Map<String, Refusal> refusals = new HashMap<>();
  private final Map<KvmCap, Integer> capabilities = new EnumMap<>(KvmCap.class);
  private final Map<Integer, Long> firstMsrs = new HashMap<>();
  private List<CpuidEntry> cpuid;
  private List<CpuidEntry> cpuidOnceAllowed = List.of();
  private long componentsOnRequest;
  private boolean reinjectsPit = true;

  /** A file of KVM: the device, a VM (of id 0) or a vCPU, and what it was given. */
  private static final class KvmObject {
    final String kind;
    final int id;
    final Map<String, byte[]> state = new HashMap<>();
    final Map<Integer, Long> msrs = new HashMap<>();
    final List<CpuidEntry> cpuid = new ArrayList<>();
    MemorySegment runPage;

    KvmObject(String kind, int id) {
      this.kind = kind;
      this.id = id;
    }
  }

  private record Refusal(Errno errno, boolean once) {}

  /**
   * Takes the place of the host's KVM until it is closed.
   *
   * @param supportedCpuid what a guest can read by CPUID
   * @return a KVM that has everything
   */
  public static FakeKvm begin(List<CpuidEntry> supportedCpuid) {
    if (!(NativeProvider.CALLS instanceof FakeKvmFront)) {
      throw new IllegalStateException("this JVM was started without -Dballast.native.front=" + FakeKvmFront.class);
    }
    FakeKvm fake = new FakeKvm(supportedCpuid);
    FakeKvmFront.present = fake;
    return fake;
  }

  private FakeKvm(List<CpuidEntry> cpuid) {
    this.cpuid = List.copyOf(cpuid);
    for (KvmCap cap : KvmCap.values()) {
      capabilities.put(cap, 1);
    }
    capabilities.put(KvmCap.NR_VCPUS, NO_LIMIT);
    capabilities.put(KvmCap.MAX_VCPUS, NO_LIMIT);
    capabilities.put(KvmCap.NR_MEMSLOTS, NO_LIMIT);
    capabilities.put(KvmCap.COALESCED_MMIO, COALESCED_PAGE);
  }

  /** What KVM_CHECK_EXTENSION answers. */
  public synchronized FakeKvm has(KvmCap cap, int answer) {
    capabilities.put(cap, answer);
    return this;
  }

  /** What a vCPU's MSR holds before anybody writes to it; 0 otherwise. */
  public synchronized FakeKvm startsWithMsr(int index, long value) {
    firstMsrs.put(index, value);
    return this;
  }

  /** Has the host hold back state components of XSAVE, and what belongs to them in CPUID, until they are asked for. */
  public synchronized FakeKvm allowsOnRequest(long components, List<CpuidEntry> cpuidThen) {
    componentsOnRequest = components;
    cpuidOnceAllowed = List.copyOf(cpuidThen);
    return this;
  }

  /** Refuses from now on: an ioctl by its name, or a system call by the name that it has in {@code SYS_*}. */
  public synchronized FakeKvm refuses(String name, Errno errno) {
    refusals.put(name, new Refusal(errno, false));
    return this;
  }

  /** Refuses the next time alone. */
  public synchronized FakeKvm refusesOnce(String name, Errno errno) {
    refusals.put(name, new Refusal(errno, true));
    return this;
  }

  /** {@return what was asked of KVM, in order: ioctls by name, those of vCPUs with its number, and arch_prctl} */
  public synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  /** {@return what CPUID returns on a vCPU} */
  public synchronized List<CpuidEntry> cpuid(int vcpu) {
    return List.copyOf(vcpu(vcpu).cpuid);
  }

  /** {@return what a vCPU's MSR holds} */
  public synchronized long msr(int vcpu, int index) {
    return msr(vcpu(vcpu), index);
  }

  /** {@return whether the PIT of the last VM makes up for ticks that a guest has missed} */
  public synchronized boolean reinjectsPit() {
    return reinjectsPit;
  }

  private KvmObject vcpu(int id) {
    return objects.values().stream().filter(o -> o.kind.equals("vCPU") && o.id == id).findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no vCPU " + id));
  }

  /** Ends a KVM that nobody has open any more. */
  @Override
  public void close() { FakeKvmFront.present = null; }

  long syscall(NativeCalls host, long number, long a, long b, long c, long d, long e, long f) {
    if (number == Host.SYS_tgkill()) {
      synchronized (this) {
        notifyAll(); // A kick: the vCPU's thread looks at its page.
      }
    }
    String name = KernelNames.syscall(number);
    KvmObject object = number == Host.SYS_ioctl() || number == Host.SYS_mmap() ? objectOf(number, a, e) : null;
    if (object != null && number == Host.SYS_ioctl()) {
      return ioctl(host, object, b, c);
    }
    long refused = refusal(name);
    if (refused != 0) {
      return refused;
    }
    if (object != null) {
      return runPage(host, object);
    }
    if (number == Host.SYS_openat() && isDevice(host, b)) {
      return open(host, new KvmObject("KVM", 0));
    }
    if (number == Host.SYS_arch_prctl()) {
      return permission(host, a, b);
    }
    if (number == Host.SYS_close()) {
      forget(a);
    }
    return host.syscall(number, a, b, c, d, e, f);
  }

  private synchronized KvmObject objectOf(long number, long firstArgument, long fifthArgument) {
    return objects.get((int) (number == Host.SYS_ioctl() ? firstArgument : fifthArgument));
  }

  private synchronized void forget(long fd) { objects.remove((int) fd); }

  private static boolean isDevice(NativeCalls host, long path) {
    byte[] device = (Kvm.DEVICE + "\0").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    MemorySegment text = host.view(path, device.length, Arena.global());
    for (int i = 0; i < device.length; i++) {
      if (get8(text, i) != device[i]) {
        return false;
      }
    }
    return true;
  }

  /** A descriptor of the host stands for the object, so that numbers are as they would be. */
  private synchronized long open(NativeCalls host, KvmObject object) {
    long fd = host.syscall(Host.SYS_eventfd2(), 0, Host.EFD_CLOEXEC());
    objects.put((int) fd, object);
    return fd;
  }

  private synchronized long refusal(String name) {
    Refusal refusal = refusals.get(name);
    if (refusal == null) {
      return 0;
    }
    if (refusal.once) {
      refusals.remove(name);
    }
    return -refusal.errno.code();
  }

  /** ARCH_GET_XCOMP_SUPP and ARCH_REQ_XCOMP_GUEST_PERM, arch/x86/kernel/fpu/xstate.c. */
  private synchronized long permission(NativeCalls host, long option, long argument) {
    asked.add("arch_prctl 0x" + Long.toHexString(option));
    if (componentsOnRequest == 0) {
      return -Host.EINVAL();
    }
    if (option == Host.ARCH_GET_XCOMP_SUPP()) {
      set64(host.view(argument, Long.BYTES, Arena.global()), 0, componentsOnRequest);
    } else if (objects.values().stream().anyMatch(object -> object.kind.equals("vCPU"))) {
      return -Host.EBUSY();
    } else {
      cpuid = cpuidOnceAllowed;
    }
    return 0;
  }

  private long ioctl(NativeCalls host, KvmObject object, long request, long argument) {
    String name = KernelNames.ioctl(request);
    synchronized (this) {
      asked.add(name + (object.kind.equals("vCPU") ? " vCPU " + object.id : ""));
    }
    long refused = refusal(name);
    if (refused != 0) {
      return refused;
    }
    return name.equals("KVM_RUN") ? run(object) : answer(host, object, name, request, argument);
  }

  private synchronized long answer(NativeCalls host, KvmObject object, String name, long request, long argument) {
    return switch (name) {
      case "KVM_GET_API_VERSION" -> Host.KVM_API_VERSION();
      case "KVM_GET_VCPU_MMAP_SIZE" -> RUN_BYTES;
      case "KVM_GET_TSC_KHZ" -> TSC_KHZ;
      case "KVM_CHECK_EXTENSION" -> capability((int) argument);
      case "KVM_CREATE_VM" -> open(host, new KvmObject("VM", 0));
      case "KVM_CREATE_VCPU" -> open(host, new KvmObject("vCPU", (int) argument));
      case "KVM_GET_SUPPORTED_CPUID" -> supportedCpuid(host, argument);
      case "KVM_SET_CPUID2" -> setCpuid(host, object, argument);
      case "KVM_SET_MSRS" -> msrs(host, object, argument, true);
      case "KVM_GET_MSRS" -> msrs(host, object, argument, false);
      case "KVM_CREATE_PIT2" -> {
        reinjectsPit = true;
        yield 0;
      }
      case "KVM_REINJECT_CONTROL" -> {
        reinjectsPit = get8(host.view(argument, 1, Arena.global()), 0) != 0;
        yield 0;
      }
      default -> state(host, object, name, request, argument);
    };
  }

  private int capability(int code) {
    for (KvmCap cap : KvmCap.values()) {
      if (cap.code == code) {
        return capabilities.get(cap);
      }
    }
    throw new IllegalStateException("KVM_CHECK_EXTENSION " + code + " is none of KvmCap");
  }

  /** KVM_SET_X is kept, and KVM_GET_X gives it back; before that, zeros. */
  private static long state(NativeCalls host, KvmObject object, String name, long request, long argument) {
    int sizeBytes = (int) (request >> 16 & 0x3fff);
    if (sizeBytes > 0) {
      MemorySegment memory = host.view(argument, sizeBytes, Arena.global());
      String what = name.substring("KVM_GET_".length());
      if (name.startsWith("KVM_SET_")) {
        object.state.put(what, memory.toArray(ValueLayout.JAVA_BYTE));
      } else if (name.startsWith("KVM_GET_") && object.state.containsKey(what)) {
        MemorySegment.copy(object.state.get(what), 0, memory, ValueLayout.JAVA_BYTE, 0, sizeBytes);
      }
    }
    return 0;
  }

  private long supportedCpuid(NativeCalls host, long argument) {
    MemorySegment table = host.view(argument, kvm_cpuid2.SIZE + cpuid.size() * kvm_cpuid_entry2.SIZE, Arena.global());
    if (get32(table, kvm_cpuid2.nent) < cpuid.size()) {
      return -Host.E2BIG();
    }
    set32(table, kvm_cpuid2.nent, cpuid.size());
    for (int i = 0; i < cpuid.size(); i++) {
      CpuidEntry leaf = cpuid.get(i);
      int[] words = {leaf.function(), leaf.index(), leaf.flags(), leaf.eax(), leaf.ebx(), leaf.ecx(), leaf.edx()};
      for (int word = 0; word < words.length; word++) {
        set32(table, kvm_cpuid2.SIZE + i * kvm_cpuid_entry2.SIZE + word * 4L, words[word]);
      }
    }
    return 0;
  }

  private static long setCpuid(NativeCalls host, KvmObject vcpu, long argument) {
    int count = get32(host.view(argument, kvm_cpuid2.SIZE, Arena.global()), kvm_cpuid2.nent);
    MemorySegment table = host.view(argument, kvm_cpuid2.SIZE + count * kvm_cpuid_entry2.SIZE, Arena.global());
    vcpu.cpuid.clear();
    for (int i = 0; i < count; i++) {
      long at = kvm_cpuid2.SIZE + i * kvm_cpuid_entry2.SIZE;
      vcpu.cpuid.add(new CpuidEntry(get32(table, at), get32(table, at + 4), get32(table, at + 8),
          get32(table, at + 12), get32(table, at + 16), get32(table, at + 20), get32(table, at + 24)));
    }
    return 0;
  }

  /** As KVM does, comes as far as the first that it refuses, and answers how many were done. */
  private long msrs(NativeCalls host, KvmObject vcpu, long argument, boolean set) {
    int count = get32(host.view(argument, kvm_msrs.SIZE, Arena.global()), kvm_msrs.nmsrs);
    MemorySegment table = host.view(argument, kvm_msrs.SIZE + count * kvm_msr_entry.SIZE, Arena.global());
    for (int i = 0; i < count; i++) {
      MemorySegment entry = table.asSlice(kvm_msrs.SIZE + i * kvm_msr_entry.SIZE, kvm_msr_entry.SIZE);
      int index = get32(entry, kvm_msr_entry.index);
      if (refusal("MSR 0x" + Integer.toHexString(index)) != 0) {
        return i;
      }
      if (set) {
        vcpu.msrs.put(index, get64(entry, kvm_msr_entry.data));
      } else {
        set64(entry, kvm_msr_entry.data, msr(vcpu, index));
      }
    }
    return count;
  }

  private long msr(KvmObject vcpu, int index) {
    return vcpu.msrs.getOrDefault(index, firstMsrs.getOrDefault(index, 0L));
  }

  private synchronized long runPage(NativeCalls host, KvmObject vcpu) {
    long address = host.syscall(Host.SYS_mmap(), 0, RUN_BYTES, Host.PROT_READ() | Host.PROT_WRITE(),
        Host.MAP_PRIVATE() | Host.MAP_ANONYMOUS(), -1, 0);
    vcpu.runPage = host.view(address, RUN_BYTES, Arena.global());
    return address;
  }

  /** A guest that does nothing: it stays inside until somebody wants the vCPU out. */
  private synchronized long run(KvmObject vcpu) {
    while (get8(vcpu.runPage, RunPage.IMMEDIATE_EXIT) == 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return -Host.EINTR();
      }
    }
    return -Host.EINTR();
  }
}
