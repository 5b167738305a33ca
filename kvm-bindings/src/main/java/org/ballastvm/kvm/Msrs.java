package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.kvm_device_attr;
import org.ballastvm.kvm.generated.Offsets.kvm_msr_entry;
import org.ballastvm.kvm.generated.Offsets.kvm_msrs;

/**
 * The model-specific registers of a vCPU, and what makes its time-stamp counter, which is one of them. Each method throws
 * {@link HostError} for what the host refuses.
 */
public final class Msrs {
  /** KVM takes fewer than 256 at once: MAX_IO_MSRS, arch/x86/kvm/x86.c. */
  private static final int MOST_AT_ONCE = 128;

  private final KvmFile file;
  private final String vcpu;

  Msrs(KvmFile file, int id) {
    this.file = file;
    this.vcpu = " vCPU " + id;
  }

  /**
   * KVM_GET_MSRS, one of them.
   *
   * @param index the MSR's number
   * @return its value
   * @throws HostError EINVAL for one the host does not know
   */
  public long get(int index) {
    Long value = getKnown(List.of(index)).get(index);
    if (value == null) {
      throw new HostError("KVM_GET_MSRS" + vcpu + ", MSR 0x" + Integer.toHexString(index), Errno.EINVAL);
    }
    return value;
  }

  /**
   * KVM_GET_MSRS.
   *
   * @param indices the MSRs' numbers
   * @return their values; those that this vCPU does not have are left out
   */
  public Map<Integer, Long> getKnown(List<Integer> indices) {
    Map<Integer, Long> values = new HashMap<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = arena.allocate(kvm_msrs.SIZE + MOST_AT_ONCE * kvm_msr_entry.SIZE, 8);
      for (int from = 0; from < indices.size();) {
        int count = Math.min(MOST_AT_ONCE, indices.size() - from);
        set32(table, kvm_msrs.nmsrs, count);
        for (int i = 0; i < count; i++) {
          set32(entry(table, i), kvm_msr_entry.index, indices.get(from + i));
        }
        int done = (int) file.ioctl(Host.KVM_GET_MSRS(), table, "KVM_GET_MSRS" + vcpu);
        for (int i = 0; i < done; i++) {
          values.put(indices.get(from + i), get64(entry(table, i), kvm_msr_entry.data));
        }
        from += done < count ? done + 1 : done; // KVM stops at one that it does not know.
      }
    }
    return Map.copyOf(values);
  }

  /**
   * KVM_SET_MSRS.
   *
   * @param values by MSR number
   * @throws HostError EINVAL naming the first MSR that the host does not take
   */
  public void set(Map<Integer, Long> values) {
    List<Map.Entry<Integer, Long>> entries = List.copyOf(values.entrySet());
    int done = 0;
    while (done < entries.size()) {
      int end = Math.min(entries.size(), done + MOST_AT_ONCE);
      int taken = set(entries.subList(done, end));
      done += taken;
      if (done < end) {
        refuse(entries.get(done));
      }
    }
  }

  /**
   * KVM_SET_MSRS, of values that {@link #getKnown} returned. Some that can be read cannot be written: those must have their
   * value already.
   *
   * @param entries numbers with values, in the order in which they are set
   * @throws HostError EINVAL naming the first MSR that the host does not take
   */
  void restore(List<Map.Entry<Integer, Long>> entries) {
    for (int done = 0; done < entries.size();) {
      int end = Math.min(entries.size(), done + MOST_AT_ONCE);
      done += set(entries.subList(done, end));
      if (done < end) {
        Map.Entry<Integer, Long> refused = entries.get(done++);
        if (!refused.getValue().equals(getKnown(List.of(refused.getKey())).get(refused.getKey()))) {
          refuse(refused);
        }
      }
    }
  }

  /** Answers how many were set, from the first on. */
  private int set(List<Map.Entry<Integer, Long>> entries) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = arena.allocate(kvm_msrs.SIZE + entries.size() * kvm_msr_entry.SIZE, 8);
      set32(table, kvm_msrs.nmsrs, entries.size());
      for (int i = 0; i < entries.size(); i++) {
        set32(entry(table, i), kvm_msr_entry.index, entries.get(i).getKey());
        set64(entry(table, i), kvm_msr_entry.data, entries.get(i).getValue());
      }
      return (int) file.ioctl(Host.KVM_SET_MSRS(), table, "KVM_SET_MSRS" + vcpu);
    }
  }

  private void refuse(Map.Entry<Integer, Long> entry) {
    throw new HostError("KVM_SET_MSRS" + vcpu + ", MSR 0x" + Integer.toHexString(entry.getKey()), Errno.EINVAL);
  }

  private static MemorySegment entry(MemorySegment table, int i) {
    return table.asSlice(kvm_msrs.SIZE + i * kvm_msr_entry.SIZE, kvm_msr_entry.SIZE);
  }

  /** {@return the frequency of the guest's TSC in kHz, KVM_GET_TSC_KHZ} */
  public int getTscKhz() {
    return (int) file.ioctl(Host.KVM_GET_TSC_KHZ(), 0, "KVM_GET_TSC_KHZ" + vcpu);
  }

  /**
   * KVM_SET_TSC_KHZ. The counter's value is set after it.
   *
   * @param khz the frequency of the guest's TSC in kHz
   * @throws HostError EINVAL where the processor cannot scale its counter
   */
  public void setTscKhz(int khz) { file.ioctl(Host.KVM_SET_TSC_KHZ(), khz, "KVM_SET_TSC_KHZ to " + khz + vcpu); }

  /**
   * By how much the guest's TSC is ahead of the host's, KVM_GET_DEVICE_ATTR of KVM_VCPU_TSC_OFFSET. With it two vCPUs are
   * set alike to the cycle, and a counter goes on counting while nobody runs; the value in the MSR stands still.
   *
   * @return the offset in cycles of the guest's counter
   * @throws HostError ENXIO or ENOTTY on a host before Linux 5.16
   */
  public long getTscOffset() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(Long.BYTES, 8);
      tscOffset(arena, Host.KVM_GET_DEVICE_ATTR(), value, "KVM_GET_DEVICE_ATTR KVM_VCPU_TSC_OFFSET");
      return get64(value, 0);
    }
  }

  /**
   * KVM_SET_DEVICE_ATTR of KVM_VCPU_TSC_OFFSET.
   *
   * @param cycles by how much the guest's TSC is ahead of the host's
   * @throws HostError ENXIO or ENOTTY on a host before Linux 5.16
   */
  public void setTscOffset(long cycles) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(Long.BYTES, 8);
      set64(value, 0, cycles);
      tscOffset(arena, Host.KVM_SET_DEVICE_ATTR(), value, "KVM_SET_DEVICE_ATTR KVM_VCPU_TSC_OFFSET");
    }
  }

  private void tscOffset(Arena arena, long request, MemorySegment value, String name) {
    MemorySegment attribute = arena.allocate(kvm_device_attr.SIZE, 8);
    set32(attribute, kvm_device_attr.group, Host.KVM_VCPU_TSC_CTRL());
    set64(attribute, kvm_device_attr.attr, Host.KVM_VCPU_TSC_OFFSET());
    set64(attribute, kvm_device_attr.addr, value.address());
    file.ioctl(request, attribute, name + vcpu);
  }
}
