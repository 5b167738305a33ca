package org.ballastvm.vmm.memory;

import org.ballastvm.kvm.DirtyLog;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.kvm.KvmCap;
import org.ballastvm.kvm.KvmVm;

/** Makes ranges of this process's memory a guest's, as KVM does with memory slots. */
interface SlotHost {
  /** A slot of it: a range of guest memory, below 8 TiB, and where in this process it is. */
  record Slot(long gpa, HostMapping mapping, long offsetBytes, long sizeBytes) {
    long end() { return gpa + sizeBytes; }
  }

  /** How many slots there can be. */
  int most();

  /** Makes a range memory. */
  void set(int number, Slot slot) throws HostError;

  /** Makes it nothing. */
  void remove(int number);

  /** From now on, what was noted of writes stays until the noting ends. */
  void keepDirtyLogs() throws HostError;

  /** Notes writes to a slot, or no more. */
  void logDirtyPages(int number, Slot slot, boolean on) throws HostError;

  /** Fills a log with what was noted. */
  void getDirtyLog(int number, DirtyLog log) throws HostError;

  /** A VM of KVM. */
  final class OfVm implements SlotHost {
    private final KvmVm vm;

    OfVm(KvmVm vm) { this.vm = vm; }

    @Override
    public int most() { return vm.checkExtension(KvmCap.NR_MEMSLOTS); }

    @Override
    public void set(int number, Slot slot) {
      vm.setUserMemoryRegion(number, slot.gpa, slot.mapping, slot.offsetBytes, slot.sizeBytes);
    }

    @Override
    public void remove(int number) { vm.removeUserMemoryRegion(number); }

    @Override
    public void keepDirtyLogs() { vm.keepDirtyLogs(); }

    @Override
    public void logDirtyPages(int number, Slot slot, boolean on) {
      vm.logDirtyPages(number, slot.gpa, slot.mapping, slot.offsetBytes, slot.sizeBytes, on);
    }

    @Override
    public void getDirtyLog(int number, DirtyLog log) { vm.getDirtyLog(number, log); }
  }
}
