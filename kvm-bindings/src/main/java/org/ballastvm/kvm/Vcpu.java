package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.set16;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.kvm_cpuid2;
import org.ballastvm.kvm.generated.Offsets.kvm_cpuid_entry2;
import org.ballastvm.kvm.generated.Offsets.kvm_debugregs;
import org.ballastvm.kvm.generated.Offsets.kvm_fpu;
import org.ballastvm.kvm.generated.Offsets.kvm_lapic_state;
import org.ballastvm.kvm.generated.Offsets.kvm_mp_state;
import org.ballastvm.kvm.generated.Offsets.kvm_msr_entry;
import org.ballastvm.kvm.generated.Offsets.kvm_msrs;
import org.ballastvm.kvm.generated.Offsets.kvm_regs;
import org.ballastvm.kvm.generated.Offsets.kvm_sregs;
import org.ballastvm.kvm.generated.Offsets.kvm_xsave;

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
  private final int xsaveBytes;
  private final Arena lifetime = Arena.ofShared();
  private final MemorySegment mapping;
  private final ByteBuffer page;
  private final CoalescedRing coalesced;
  private final Exit.Pio pio;
  private final Exit.Mmio mmio;
  private volatile int threadId;
  private volatile boolean kicked;
  private volatile boolean closed;

  /** Takes what a guest wrote without leaving. */
  @FunctionalInterface
  public interface WriteTaker {
    /**
     * Writes to one address, after all that were made before them.
     *
     * @param port whether to an I/O port; otherwise to guest physical memory
     * @param address where
     * @param lengthBytes of each, 1 to 8
     * @param values little-endian, zero-extended, the oldest first; the taker's until it returns
     * @param count how many of them
     */
    void write(boolean port, long address, int lengthBytes, long[] values, int count);
  }

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
    this.xsaveBytes = xsaveBytes;
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
        return Exit.Simple.BAD_ADDRESS; // What the run page says is of before, up to Linux 6.7.
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
      long entryBytes = kvm_cpuid_entry2.SIZE;
      MemorySegment table = arena.allocate(kvm_cpuid2.SIZE + entries.size() * entryBytes, 8);
      set32(table, kvm_cpuid2.nent, entries.size());
      for (int i = 0; i < entries.size(); i++) {
        MemorySegment e = table.asSlice(kvm_cpuid2.SIZE + i * entryBytes, entryBytes);
        CpuidEntry entry = entries.get(i);
        set32(e, kvm_cpuid_entry2.function, entry.function());
        set32(e, kvm_cpuid_entry2.index, entry.index());
        set32(e, kvm_cpuid_entry2.flags, entry.flags());
        set32(e, kvm_cpuid_entry2.eax, entry.eax());
        set32(e, kvm_cpuid_entry2.ebx, entry.ebx());
        set32(e, kvm_cpuid_entry2.ecx, entry.ecx());
        set32(e, kvm_cpuid_entry2.edx, entry.edx());
      }
      file.ioctl(Host.KVM_SET_CPUID2(), table, "KVM_SET_CPUID2 vCPU " + id);
    }
  }

  /** {@return the general registers, KVM_GET_REGS} */
  public Registers getRegisters() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment r = arena.allocate(kvm_regs.SIZE, 8);
      file.ioctl(Host.KVM_GET_REGS(), r, "KVM_GET_REGS vCPU " + id);
      return new Registers(get64(r, kvm_regs.rax), get64(r, kvm_regs.rbx), get64(r, kvm_regs.rcx),
          get64(r, kvm_regs.rdx), get64(r, kvm_regs.rsi),
          get64(r, kvm_regs.rdi), get64(r, kvm_regs.rsp), get64(r, kvm_regs.rbp), get64(r, kvm_regs.r8),
          get64(r, kvm_regs.r9), get64(r, kvm_regs.r10),
          get64(r, kvm_regs.r11), get64(r, kvm_regs.r12), get64(r, kvm_regs.r13), get64(r, kvm_regs.r14),
          get64(r, kvm_regs.r15), get64(r, kvm_regs.rip),
          get64(r, kvm_regs.rflags));
    }
  }

  /**
   * KVM_SET_REGS.
   *
   * @param value all of the general registers
   */
  public void setRegisters(Registers value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment r = arena.allocate(kvm_regs.SIZE, 8);
      set64(r, kvm_regs.rax, value.rax());
      set64(r, kvm_regs.rbx, value.rbx());
      set64(r, kvm_regs.rcx, value.rcx());
      set64(r, kvm_regs.rdx, value.rdx());
      set64(r, kvm_regs.rsi, value.rsi());
      set64(r, kvm_regs.rdi, value.rdi());
      set64(r, kvm_regs.rsp, value.rsp());
      set64(r, kvm_regs.rbp, value.rbp());
      set64(r, kvm_regs.r8, value.r8());
      set64(r, kvm_regs.r9, value.r9());
      set64(r, kvm_regs.r10, value.r10());
      set64(r, kvm_regs.r11, value.r11());
      set64(r, kvm_regs.r12, value.r12());
      set64(r, kvm_regs.r13, value.r13());
      set64(r, kvm_regs.r14, value.r14());
      set64(r, kvm_regs.r15, value.r15());
      set64(r, kvm_regs.rip, value.rip());
      set64(r, kvm_regs.rflags, value.rflags());
      file.ioctl(Host.KVM_SET_REGS(), r, "KVM_SET_REGS vCPU " + id);
    }
  }

  /** {@return the segment and control registers, KVM_GET_SREGS} */
  public SpecialRegisters getSpecialRegisters() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment s = arena.allocate(kvm_sregs.SIZE, 8);
      file.ioctl(Host.KVM_GET_SREGS(), s, "KVM_GET_SREGS vCPU " + id);
      return SpecialRegisterCodec.read(s);
    }
  }

  /**
   * KVM_SET_SREGS. Pending interrupts stay as they are.
   *
   * @param value all of the segment and control registers
   */
  public void setSpecialRegisters(SpecialRegisters value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment s = arena.allocate(kvm_sregs.SIZE, 8);
      file.ioctl(Host.KVM_GET_SREGS(), s, "KVM_GET_SREGS vCPU " + id);
      SpecialRegisterCodec.write(s, value);
      file.ioctl(Host.KVM_SET_SREGS(), s, "KVM_SET_SREGS vCPU " + id);
    }
  }

  /**
   * KVM_SET_MSRS.
   *
   * @param values by MSR number
   * @throws HostError EINVAL naming the first MSR that the host does not take
   */
  public void setMsrs(Map<Integer, Long> values) {
    try (Arena arena = Arena.ofConfined()) {
      List<Map.Entry<Integer, Long>> entries = List.copyOf(values.entrySet());
      MemorySegment table = msrTable(arena, entries.size());
      for (int i = 0; i < entries.size(); i++) {
        set32(msr(table, i), kvm_msr_entry.index, entries.get(i).getKey());
        set64(msr(table, i), kvm_msr_entry.data, entries.get(i).getValue());
      }
      long done = file.ioctl(Host.KVM_SET_MSRS(), table, "KVM_SET_MSRS vCPU " + id);
      if (done < entries.size()) {
        throw new HostError(
            "KVM_SET_MSRS vCPU " + id + ", MSR 0x" + Integer.toHexString(entries.get((int) done).getKey()),
            Errno.EINVAL);
      }
    }
  }

  /**
   * KVM_GET_MSRS, one of them.
   *
   * @param index the MSR's number
   * @return its value
   * @throws HostError EINVAL for one the host does not know
   */
  public long getMsr(int index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = msrTable(arena, 1);
      set32(msr(table, 0), kvm_msr_entry.index, index);
      if (file.ioctl(Host.KVM_GET_MSRS(), table, "KVM_GET_MSRS vCPU " + id) < 1) {
        throw new HostError("KVM_GET_MSRS vCPU " + id + ", MSR 0x" + Integer.toHexString(index), Errno.EINVAL);
      }
      return get64(msr(table, 0), kvm_msr_entry.data);
    }
  }

  private static MemorySegment msrTable(Arena arena, int count) {
    MemorySegment table = arena.allocate(kvm_msrs.SIZE + count * kvm_msr_entry.SIZE, 8);
    set32(table, kvm_msrs.nmsrs, count);
    return table;
  }

  private static MemorySegment msr(MemorySegment table, int i) {
    return table.asSlice(kvm_msrs.SIZE + i * kvm_msr_entry.SIZE, kvm_msr_entry.SIZE);
  }

  /**
   * KVM_SET_FPU: an empty x87 stack and zero vector registers.
   *
   * @param controlWord of the x87
   * @param mxcsr of SSE
   */
  public void setFpu(int controlWord, int mxcsr) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment fpu = arena.allocate(kvm_fpu.SIZE, 8);
      set16(fpu, kvm_fpu.fcw, (short) controlWord);
      set32(fpu, kvm_fpu.mxcsr, mxcsr);
      file.ioctl(Host.KVM_SET_FPU(), fpu, "KVM_SET_FPU vCPU " + id);
    }
  }

  /**
   * {@return the x87 and SSE registers, KVM_GET_XSAVE2: KVM_GET_FPU leaves MXCSR out, and KVM_GET_XSAVE is refused where
   * a guest may use AMX, whose tiles do not fit in 4 KiB}
   */
  public FloatingPoint getFpu() {
    boolean sized = xsaveBytes > 0;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment area = arena.allocate(Math.max(kvm_xsave.SIZE, xsaveBytes), 8);
      file.ioctl(sized ? Host.KVM_GET_XSAVE2() : Host.KVM_GET_XSAVE(), area, "KVM_GET_XSAVE vCPU " + id);
      return FloatingPoint.read(area);
    }
  }

  /** {@return the debug registers, KVM_GET_DEBUGREGS} */
  public DebugRegisters getDebugRegisters() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment d = arena.allocate(kvm_debugregs.SIZE, 8);
      file.ioctl(Host.KVM_GET_DEBUGREGS(), d, "KVM_GET_DEBUGREGS vCPU " + id);
      long db = kvm_debugregs.db;
      return new DebugRegisters(get64(d, db), get64(d, db + 8), get64(d, db + 16), get64(d, db + 24),
          get64(d, kvm_debugregs.dr6), get64(d, kvm_debugregs.dr7));
    }
  }

  /** Gives it an NMI, which it takes when it runs, KVM_NMI. */
  public void injectNmi() {
    file.ioctl(Host.KVM_NMI(), 0, "KVM_NMI vCPU " + id);
  }

  /**
   * A register of the in-kernel LAPIC, KVM_GET_LAPIC.
   *
   * @param offset of the register in bytes, Intel SDM volume 3, table 11-1
   * @return its value
   */
  public int getLapicRegister(int offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment lapic = arena.allocate(kvm_lapic_state.SIZE, 8);
      file.ioctl(Host.KVM_GET_LAPIC(), lapic, "KVM_GET_LAPIC vCPU " + id);
      return lapic.get(JAVA_INT_UNALIGNED, offset);
    }
  }

  /**
   * Changes registers of the in-kernel LAPIC, KVM_SET_LAPIC.
   *
   * @param values by the registers' offsets in bytes
   */
  public void setLapicRegisters(Map<Integer, Integer> values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment lapic = arena.allocate(kvm_lapic_state.SIZE, 8);
      file.ioctl(Host.KVM_GET_LAPIC(), lapic, "KVM_GET_LAPIC vCPU " + id);
      values.forEach((offset, value) -> lapic.set(JAVA_INT_UNALIGNED, offset, value));
      file.ioctl(Host.KVM_SET_LAPIC(), lapic, "KVM_SET_LAPIC vCPU " + id);
    }
  }

  /** KVM_KVMCLOCK_CTRL. EINVAL is the answer for a guest that has not set up the paravirtual clock. */
  @Override
  public void noteStopped() {
    long result = CALLS.syscall(Host.SYS_ioctl(), file.fd(), Host.KVM_KVMCLOCK_CTRL(), 0);
    if (result != -Host.EINVAL()) {
      HostError.check(result, "KVM_KVMCLOCK_CTRL vCPU " + id);
    }
  }

  /** {@return whether it waits to be started by another vCPU, KVM_GET_MP_STATE} */
  public boolean isUninitialized() {
    return mpState() == Host.KVM_MP_STATE_UNINITIALIZED();
  }

  /** {@return whether it has halted and waits for an interrupt, KVM_GET_MP_STATE} */
  public boolean isHalted() {
    return mpState() == Host.KVM_MP_STATE_HALTED();
  }

  private int mpState() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(kvm_mp_state.SIZE, 8);
      file.ioctl(Host.KVM_GET_MP_STATE(), state, "KVM_GET_MP_STATE vCPU " + id);
      return get32(state, kvm_mp_state.mp_state);
    }
  }

  /** {@return the frequency of the guest's TSC in kHz, KVM_GET_TSC_KHZ} */
  public int tscKhz() {
    return (int) file.ioctl(Host.KVM_GET_TSC_KHZ(), 0, "KVM_GET_TSC_KHZ vCPU " + id);
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
