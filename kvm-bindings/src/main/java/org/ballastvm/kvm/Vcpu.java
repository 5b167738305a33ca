package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.kvm_cpuid2;
import org.ballastvm.kvm.generated.Offsets.kvm_cpuid_entry2;

/**
 * A virtual processor. It belongs to one thread, the one that runs it; {@link #kick()} alone may be called by any.
 *
 * <p>
 * {@link #run()} allocates nothing for port, memory and interrupted exits.
 */
public final class Vcpu implements Processor {
  /**
   * SIGURG: nobody's but those of sockets that ask for it, and ignored where nobody handles it. A real-time signal will
   * not do: the kernel queues those, and refuses when its user has too many waiting, in whichever process (signal(7),
   * RLIMIT_SIGPENDING); the kick would be lost.
   */
  private static final int KICK_SIGNAL = 23;

  private static final int MOST_INTERNAL_DATA = 16;

  private final KvmFile file;
  private final int id;
  private final int runBytes;
  private final VcpuRegisters registers;
  private final Msrs msrs;
  private final Arena lifetime = Arena.ofShared();
  private final MemorySegment mapping;
  private final ByteBuffer page;
  private final CoalescedRing coalesced;
  private final Exit.Pio pio;
  private final Exit.Mmio mmio;
  private volatile int threadId;
  private volatile boolean kicked;
  private volatile boolean closed;

  private static final class KickSignal {
    static {
      HostError.check(CALLS.installHarmlessHandler(KICK_SIGNAL), "sigaction " + KICK_SIGNAL);
    }

    private KickSignal() {}

    static void install() {
      // The initializer does it, once.
    }
  }

  /** A vCPU; {@code xsaveBytes} is the size of its XSAVE area, 0 on a host before Linux 5.17, where it is 4 KiB. */
  Vcpu(KvmFile file, int id, int runBytes, int xsaveBytes, CoalescedRing coalesced) {
    KickSignal.install();
    this.file = file;
    this.id = id;
    this.runBytes = runBytes;
    this.registers = new VcpuRegisters(file, id, xsaveBytes);
    this.msrs = new Msrs(file, id);
    this.coalesced = coalesced;
    long address = CALLS.syscall(Host.SYS_mmap(), 0, runBytes, Host.PROT_READ() | Host.PROT_WRITE(), Host.MAP_SHARED(),
        file.fd(), 0);
    if (address < 0 && address >= -4095) {
      file.close();
      HostError.check(address, "mmap of the run page of vCPU " + id);
    }
    this.mapping = CALLS.view(address, runBytes, lifetime);
    this.page = mapping.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    this.pio = new Exit.Pio(page);
    this.mmio = new Exit.Mmio(page);
  }

  /** {@return its number} */
  public int id() { return id; }

  /** {@return its registers, LAPIC and pending events} */
  public VcpuRegisters registers() { return registers; }

  /** {@return its model-specific registers and its time-stamp counter} */
  public Msrs msrs() { return msrs; }

  @Override
  public int threadId() { return threadId; }

  @Override
  public void bindToCurrentThread() {
    // Whoever started the JVM may have left the signal blocked, and threads inherit that.
    MemorySegment set = Buffers.eightBytes();
    set.set(JAVA_LONG_UNALIGNED, 0, 1L << KICK_SIGNAL - 1);
    HostError.check(CALLS.syscall(Host.SYS_rt_sigprocmask(), Host.SIG_UNBLOCK(), set.address(), 0, Long.BYTES),
        "rt_sigprocmask");
    threadId = HostProcess.threadId();
  }

  /**
   * Runs the guest until something happens, KVM_RUN.
   *
   * @return what happened; a {@link Exit.Pio} or {@link Exit.Mmio} is answered before the next call
   * @throws HostError for what KVM_RUN refuses besides EINTR, EAGAIN and EFAULT
   */
  @Override
  public Exit run() {
    long result = CALLS.syscall(Host.SYS_ioctl(), file.fd(), Host.KVM_RUN(), 0);
    if (result < 0) {
      if (result == -Host.EINTR() || result == -Host.EAGAIN()) {
        return Exit.Simple.INTERRUPTED;
      }
      if (result == -Host.EFAULT()) {
        return Exit.Simple.BAD_ADDRESS; // The run page is stale here before Linux 6.7.
      }
      HostError.check(result, "KVM_RUN vCPU " + id);
    }
    int reason = page.getInt(RunPage.EXIT_REASON);
    if (reason == Host.KVM_EXIT_IO()) {
      pio.read();
      return pio;
    }
    if (reason == Host.KVM_EXIT_MMIO()) {
      mmio.read();
      return mmio;
    }
    return otherExit(reason);
  }

  /**
   * Hands on what the VM's guest has written where {@link KvmVm#coalesceWrites writes are collected}, by whichever vCPU.
   * After each {@link #run()}, before its exit is dealt with: so devices see all in the order of the guest. Allocates
   * nothing.
   *
   * @param taker takes each write; none comes to two takers
   */
  @Override
  public void takeCoalesced(WriteTaker taker) {
    if (!coalesced.isEmpty(page)) {
      coalesced.empty(page, taker);
    }
  }

  private Exit otherExit(int reason) {
    if (reason == Host.KVM_EXIT_DEBUG()) {
      return new Exit.Debug(page.getInt(RunPage.DEBUG_EXCEPTION), page.getLong(RunPage.DEBUG_PC),
          page.getLong(RunPage.DEBUG_DR6));
    }
    if (reason == Host.KVM_EXIT_HLT()) {
      return Exit.Simple.HALT;
    }
    if (reason == Host.KVM_EXIT_INTR()) {
      return Exit.Simple.INTERRUPTED;
    }
    if (reason == Host.KVM_EXIT_IRQ_WINDOW_OPEN()) {
      return Exit.Simple.IRQ_WINDOW_OPEN;
    }
    if (reason == Host.KVM_EXIT_SHUTDOWN()) {
      return Exit.Simple.SHUTDOWN;
    }
    if (reason == Host.KVM_EXIT_SYSTEM_EVENT()) {
      return new Exit.SystemEvent(page.getInt(RunPage.SYSTEM_EVENT_TYPE));
    }
    if (reason == Host.KVM_EXIT_FAIL_ENTRY()) {
      return new Exit.FailEntry(page.getLong(RunPage.FAIL_ENTRY_REASON));
    }
    if (reason == Host.KVM_EXIT_INTERNAL_ERROR()) {
      int count = Math.clamp(page.getInt(RunPage.INTERNAL_COUNT), 0, MOST_INTERNAL_DATA);
      List<Long> data = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        data.add(page.getLong(RunPage.INTERNAL_DATA + i * Long.BYTES));
      }
      return new Exit.GaveUp(page.getInt(RunPage.INTERNAL_SUBERROR), List.copyOf(data));
    }
    return new Exit.Unhandled(reason);
  }

  /**
   * Takes the vCPU out of the guest, soon: the present or the next {@link #run()} returns {@link
   * Exit.Simple#INTERRUPTED}, until {@link #clearKick()}. Any thread may call it, at any time.
   */
  @Override
  public synchronized void kick() {
    if (closed) {
      return;
    }
    kicked = true; // First: whoever sees the other also sees this.
    page.put(RunPage.IMMEDIATE_EXIT, (byte) 1);
    VarHandle.fullFence();
    int thread = threadId;
    if (thread != 0) {
      CALLS.syscall(Host.SYS_tgkill(), ProcessHandle.current().pid(), thread, KICK_SIGNAL);
    }
  }

  @Override
  public void clearKick() {
    if (kicked) {
      forgetKick();
    }
  }

  private synchronized void forgetKick() {
    if (closed) {
      return;
    }
    kicked = false;
    page.put(RunPage.IMMEDIATE_EXIT, (byte) 0);
    VarHandle.fullFence();
  }

  /**
   * KVM_SET_CPUID2.
   *
   * @param entries what CPUID answers on this vCPU
   */
  public void setCpuid(List<CpuidEntry> entries) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = arena.allocate(kvm_cpuid2.SIZE + entries.size() * kvm_cpuid_entry2.SIZE, 8);
      set32(table, kvm_cpuid2.nent, entries.size());
      for (int i = 0; i < entries.size(); i++) {
        entries.get(i).write(table.asSlice(kvm_cpuid2.SIZE + i * kvm_cpuid_entry2.SIZE, kvm_cpuid_entry2.SIZE));
      }
      file.ioctl(Host.KVM_SET_CPUID2(), table, "KVM_SET_CPUID2 vCPU " + id);
    }
  }

  /** Gives it an NMI, which it takes when it runs, KVM_NMI. */
  public void injectNmi() {
    file.ioctl(Host.KVM_NMI(), 0, "KVM_NMI vCPU " + id);
  }

  /** KVM_KVMCLOCK_CTRL. EINVAL is the answer for a guest that has not set up the paravirtual clock. */
  @Override
  public void noteStopped() {
    long result = CALLS.syscall(Host.SYS_ioctl(), file.fd(), Host.KVM_KVMCLOCK_CTRL(), 0);
    if (result != -Host.EINVAL()) {
      HostError.check(result, "KVM_KVMCLOCK_CTRL vCPU " + id);
    }
  }

  /** Gives it back; by its own thread, or after that has ended. Closing twice is harmless. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      long address = mapping.address();
      lifetime.close();
      CALLS.syscall(Host.SYS_munmap(), address, runBytes);
      file.close();
    }
  }
}
