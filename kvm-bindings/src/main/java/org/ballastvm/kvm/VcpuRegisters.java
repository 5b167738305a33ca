package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.set16;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.kvm_debugregs;
import org.ballastvm.kvm.generated.Offsets.kvm_fpu;
import org.ballastvm.kvm.generated.Offsets.kvm_guest_debug;
import org.ballastvm.kvm.generated.Offsets.kvm_lapic_state;
import org.ballastvm.kvm.generated.Offsets.kvm_mp_state;
import org.ballastvm.kvm.generated.Offsets.kvm_regs;
import org.ballastvm.kvm.generated.Offsets.kvm_sregs;
import org.ballastvm.kvm.generated.Offsets.kvm_sregs2;
import org.ballastvm.kvm.generated.Offsets.kvm_vcpu_events;
import org.ballastvm.kvm.generated.Offsets.kvm_xcr;
import org.ballastvm.kvm.generated.Offsets.kvm_xcrs;
import org.ballastvm.kvm.generated.Offsets.kvm_xsave;

/**
 * What a vCPU holds besides its {@link Msrs}, part by part; {@link VcpuState} has all of it at once. For any thread, while
 * the vCPU is not in the guest: KVM lets a caller wait for that. Each method throws {@link HostError} for what the host
 * refuses.
 */
public final class VcpuRegisters {
  private static final int POINTERS = 4;

  private final KvmFile file;
  private final String vcpu;
  private final int xsaveBytes;

  VcpuRegisters(KvmFile file, int id, int xsaveBytes) {
    this.file = file;
    this.vcpu = " vCPU " + id;
    this.xsaveBytes = xsaveBytes;
  }

  /** {@return the general registers, KVM_GET_REGS} */
  public Registers getGeneral() {
    try (Arena arena = Arena.ofConfined()) {
      return Registers.read(get(arena, Host.KVM_GET_REGS(), kvm_regs.SIZE, "KVM_GET_REGS"));
    }
  }

  /**
   * KVM_SET_REGS. An exception that waits is dropped.
   *
   * @param value all of the general registers
   */
  public void setGeneral(Registers value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment r = arena.allocate(kvm_regs.SIZE, 8);
      value.write(r);
      ask(Host.KVM_SET_REGS(), r, "KVM_SET_REGS");
    }
  }

  /** {@return the segment and control registers, KVM_GET_SREGS} */
  public SpecialRegisters getSpecial() {
    try (Arena arena = Arena.ofConfined()) {
      return SpecialRegisterCodec.read(get(arena, Host.KVM_GET_SREGS(), kvm_sregs.SIZE, "KVM_GET_SREGS"));
    }
  }

  /**
   * KVM_SET_SREGS. Pending interrupts stay as they are.
   *
   * @param value all of the segment and control registers
   */
  public void setSpecial(SpecialRegisters value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment s = get(arena, Host.KVM_GET_SREGS(), kvm_sregs.SIZE, "KVM_GET_SREGS");
      SpecialRegisterCodec.write(s, value);
      ask(Host.KVM_SET_SREGS(), s, "KVM_SET_SREGS");
    }
  }

  /**
   * The page-directory pointers of 32-bit paging with PAE, KVM_GET_SREGS2. The processor holds copies, which may differ
   * from what is in memory: Intel SDM volume 3, 4.4.1.
   *
   * @return four of them; none in another mode of paging, or on a host before Linux 5.14, which reads memory
   */
  public List<Long> getPagePointers() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment s = get(arena, Host.KVM_GET_SREGS2(), kvm_sregs2.SIZE, "KVM_GET_SREGS2");
      List<Long> pointers = new ArrayList<>();
      if ((get64(s, kvm_sregs2.flags) & Host.KVM_SREGS2_FLAGS_PDPTRS_VALID()) != 0) {
        for (int i = 0; i < POINTERS; i++) {
          pointers.add(get64(s, kvm_sregs2.pdptrs + i * 8L));
        }
      }
      return List.copyOf(pointers);
    } catch (HostError e) {
      if (e.errno().equals(Errno.EINVAL) || e.errno().equals(Errno.ENOTTY)) { // An ioctl that the host does not know.
        return List.of();
      }
      throw e;
    }
  }

  /**
   * KVM_SET_SREGS2: as {@link #setSpecial(SpecialRegisters)}, without a look at the tables in memory.
   *
   * @param value all of the segment and control registers
   * @param pagePointers four, for 32-bit paging with PAE
   */
  public void setSpecial(SpecialRegisters value, List<Long> pagePointers) {
    if (pagePointers.size() != POINTERS) {
      throw new IllegalArgumentException(pagePointers.size() + " page-directory pointers: there are 4");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment s = arena.allocate(kvm_sregs2.SIZE, 8);
      SpecialRegisterCodec.write(s, value);
      set64(s, kvm_sregs2.flags, Host.KVM_SREGS2_FLAGS_PDPTRS_VALID());
      for (int i = 0; i < POINTERS; i++) {
        set64(s, kvm_sregs2.pdptrs + i * 8L, pagePointers.get(i));
      }
      ask(Host.KVM_SET_SREGS2(), s, "KVM_SET_SREGS2");
    }
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
      ask(Host.KVM_SET_FPU(), fpu, "KVM_SET_FPU");
    }
  }

  /** {@return the x87 and SSE registers, from {@link #getXsave}: KVM_GET_FPU leaves MXCSR out} */
  public FloatingPoint getFpu() {
    try (Arena arena = Arena.ofConfined()) {
      return FloatingPoint.read(xsave(arena));
    }
  }

  /**
   * {@return all of the x87, vector and tile registers, KVM_GET_XSAVE2; KVM_GET_XSAVE is refused where a guest may use AMX,
   * whose tiles do not fit in 4 KiB. Where each component lies is the processor's affair: CPUID leaf 0xd}
   */
  public OpaqueState getXsave() {
    try (Arena arena = Arena.ofConfined()) {
      return OpaqueState.read(xsave(arena));
    }
  }

  private MemorySegment xsave(Arena arena) {
    long request = xsaveBytes > 0 ? Host.KVM_GET_XSAVE2() : Host.KVM_GET_XSAVE();
    return get(arena, request, areaBytes(), "KVM_GET_XSAVE");
  }

  private long areaBytes() { return Math.max(kvm_xsave.SIZE, xsaveBytes); }

  /**
   * KVM_SET_XSAVE.
   *
   * @param area what {@link #getXsave} returned, on this host or one whose processor has the same components
   * @throws HostError EINVAL for more bytes than the host has, or a component that the vCPU's CPUID lacks
   */
  public void setXsave(OpaqueState area) {
    if (area.sizeBytes() > areaBytes()) {
      throw new HostError("KVM_SET_XSAVE" + vcpu + " of " + area.sizeBytes() + " bytes, where the host has "
          + areaBytes(), Errno.EINVAL);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(areaBytes(), 8);
      area.write(memory);
      ask(Host.KVM_SET_XSAVE(), memory, "KVM_SET_XSAVE");
    }
  }

  /** {@return the extended control registers by number, KVM_GET_XCRS; none on a processor without XSAVE} */
  public Map<Integer, Long> getXcrs() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = get(arena, Host.KVM_GET_XCRS(), kvm_xcrs.SIZE, "KVM_GET_XCRS");
      Map<Integer, Long> values = new TreeMap<>();
      for (int i = 0; i < get32(table, kvm_xcrs.nr_xcrs); i++) {
        MemorySegment entry = xcr(table, i);
        values.put(get32(entry, kvm_xcr.xcr), get64(entry, kvm_xcr.value));
      }
      return Map.copyOf(values);
    }
  }

  /**
   * KVM_SET_XCRS.
   *
   * @param values by number, at most 16
   */
  public void setXcrs(Map<Integer, Long> values) {
    if (values.size() > Host.KVM_MAX_XCRS()) {
      throw new IllegalArgumentException(values.size() + " extended control registers: KVM takes at most 16");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = arena.allocate(kvm_xcrs.SIZE, 8);
      set32(table, kvm_xcrs.nr_xcrs, values.size());
      int i = 0;
      for (Map.Entry<Integer, Long> value : values.entrySet()) {
        MemorySegment entry = xcr(table, i++);
        set32(entry, kvm_xcr.xcr, value.getKey());
        set64(entry, kvm_xcr.value, value.getValue());
      }
      ask(Host.KVM_SET_XCRS(), table, "KVM_SET_XCRS");
    }
  }

  private static MemorySegment xcr(MemorySegment table, int i) {
    return table.asSlice(kvm_xcrs.xcrs + i * kvm_xcr.SIZE, kvm_xcr.SIZE);
  }

  /** {@return what it is about to take, KVM_GET_VCPU_EVENTS} */
  public VcpuEvents getEvents() {
    try (Arena arena = Arena.ofConfined()) {
      return VcpuEvents.read(get(arena, Host.KVM_GET_VCPU_EVENTS(), kvm_vcpu_events.SIZE, "KVM_GET_VCPU_EVENTS"));
    }
  }

  /**
   * KVM_SET_VCPU_EVENTS.
   *
   * @param value all of its events
   */
  public void setEvents(VcpuEvents value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment events = arena.allocate(kvm_vcpu_events.SIZE, 8);
      value.write(events);
      ask(Host.KVM_SET_VCPU_EVENTS(), events, "KVM_SET_VCPU_EVENTS");
    }
  }

  /** {@return the debug registers, KVM_GET_DEBUGREGS} */
  public DebugRegisters getDebug() {
    try (Arena arena = Arena.ofConfined()) {
      return DebugRegisters.read(get(arena, Host.KVM_GET_DEBUGREGS(), kvm_debugregs.SIZE, "KVM_GET_DEBUGREGS"));
    }
  }

  /**
   * KVM_SET_DEBUGREGS.
   *
   * @param value all of the debug registers
   */
  public void setDebug(DebugRegisters value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment d = arena.allocate(kvm_debugregs.SIZE, 8);
      value.write(d);
      ask(Host.KVM_SET_DEBUGREGS(), d, "KVM_SET_DEBUGREGS");
    }
  }

  /**
   * KVM_SET_GUEST_DEBUG.
   *
   * @param value how it is debugged from now on
   * @throws HostError EBUSY for an exception that is injected while another waits
   */
  public void setGuestDebug(GuestDebug value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(kvm_guest_debug.SIZE, 8);
      value.write(memory);
      ask(Host.KVM_SET_GUEST_DEBUG(), memory, "KVM_SET_GUEST_DEBUG");
    }
  }

  /** {@return what it does when it is run, KVM_GET_MP_STATE; an INIT or a SIPI that waits takes effect first} */
  public MpState getMpState() {
    try (Arena arena = Arena.ofConfined()) {
      return MpState.of(get32(get(arena, Host.KVM_GET_MP_STATE(), kvm_mp_state.SIZE, "KVM_GET_MP_STATE"),
          kvm_mp_state.mp_state));
    }
  }

  /**
   * KVM_SET_MP_STATE.
   *
   * @param value what it does when it is run
   */
  public void setMpState(MpState value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(kvm_mp_state.SIZE, 8);
      set32(state, kvm_mp_state.mp_state, value.code);
      ask(Host.KVM_SET_MP_STATE(), state, "KVM_SET_MP_STATE");
    }
  }

  /** {@return the page of registers of the in-kernel LAPIC, in its own layout, KVM_GET_LAPIC} */
  public OpaqueState getLapic() {
    try (Arena arena = Arena.ofConfined()) {
      return OpaqueState.read(lapic(arena));
    }
  }

  /**
   * KVM_SET_LAPIC. Its timer goes on from where it was.
   *
   * @param page what {@link #getLapic} returned
   */
  public void setLapic(OpaqueState page) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment lapic = arena.allocate(kvm_lapic_state.SIZE, 8);
      page.write(lapic);
      ask(Host.KVM_SET_LAPIC(), lapic, "KVM_SET_LAPIC");
    }
  }

  /**
   * A register of the in-kernel LAPIC, KVM_GET_LAPIC.
   *
   * @param offset of the register in bytes, Intel SDM volume 3, table 11-1
   * @return its value
   */
  public int getLapicRegister(int offset) {
    try (Arena arena = Arena.ofConfined()) {
      return lapic(arena).get(JAVA_INT_UNALIGNED, offset);
    }
  }

  /**
   * Changes registers of the in-kernel LAPIC, KVM_SET_LAPIC.
   *
   * @param values by the registers' offsets in bytes
   */
  public void setLapicRegisters(Map<Integer, Integer> values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment lapic = lapic(arena);
      values.forEach((offset, value) -> lapic.set(JAVA_INT_UNALIGNED, offset, value));
      ask(Host.KVM_SET_LAPIC(), lapic, "KVM_SET_LAPIC");
    }
  }

  private MemorySegment lapic(Arena arena) {
    return get(arena, Host.KVM_GET_LAPIC(), kvm_lapic_state.SIZE, "KVM_GET_LAPIC");
  }

  private MemorySegment get(Arena arena, long request, long sizeBytes, String name) {
    MemorySegment answer = arena.allocate(sizeBytes, 8);
    ask(request, answer, name);
    return answer;
  }

  private void ask(long request, MemorySegment argument, String name) { file.ioctl(request, argument, name + vcpu); }
}
