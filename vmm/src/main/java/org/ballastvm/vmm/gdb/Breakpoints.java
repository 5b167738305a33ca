package org.ballastvm.vmm.gdb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.ballastvm.kvm.GuestDebug;
import org.ballastvm.kvm.GuestDebug.Access;
import org.ballastvm.kvm.GuestDebug.Watch;
import org.ballastvm.vmm.memory.GuestRam;

/** Where a client has the guest stop. The guest stands still while they come and go. */
final class Breakpoints {
  /** Bound of what a client may set, each a byte of the guest. */
  static final int MOST = 4096;
  private static final int INT3 = 0xcc;

  /** Where the int3 is, and what was there: the page tables may be others when it is taken out. */
  private record Patch(long physical, int original) {}

  private final GuestRam ram;
  private final GuestView view;
  private final Map<Long, Patch> patches = new HashMap<>();
  private final List<Watch> watches = new ArrayList<>();

  Breakpoints(GuestRam ram, GuestView view) {
    this.ram = ram;
    this.view = view;
  }

  /** Linear addresses of those that replace an instruction. */
  Set<Long> addresses() { return patches.keySet(); }

  /** What debug registers hold. */
  List<Watch> watches() { return watches; }

  /** Setting one twice is harmless. */
  void insert(long address) {
    OptionalLong physical = view.physical(address);
    if (physical.isEmpty()) {
      throw new Refusal(Refusal.NO_MEMORY);
    }
    long at = physical.getAsLong();
    Patch before = patches.get(address);
    if (before != null && before.physical == at && ram.getByte(at) == INT3) {
      return;
    }
    if (patches.size() == MOST) {
      throw new Refusal(Refusal.NO_ROOM);
    }
    patches.put(address, new Patch(at, ram.getByte(at)));
    ram.putByte(at, INT3);
  }

  void remove(long address) {
    Patch patch = patches.remove(address);
    if (patch != null) {
      restore(patch);
    }
  }

  /** The guest may have unplugged the page meanwhile, loaded something else there, or been reset. */
  private void restore(Patch patch) {
    if (ram.contains(patch.physical, 1) && ram.getByte(patch.physical) == INT3) {
      ram.putByte(patch.physical, patch.original);
    }
  }

  /** Watches a range, by as many debug registers as it takes. Setting it twice is harmless. */
  void watch(Access access, long address, long lengthBytes) {
    List<Watch> wanted = new ArrayList<>(parts(access, address, lengthBytes));
    wanted.removeAll(watches);
    if (watches.size() + wanted.size() > GuestDebug.MOST_WATCHES) {
      throw new Refusal(Refusal.NO_ROOM);
    }
    watches.addAll(wanted);
  }

  void unwatch(Access access, long address, long lengthBytes) {
    watches.removeAll(parts(access, address, lengthBytes));
  }

  private static List<Watch> parts(Access access, long address, long lengthBytes) {
    if (access == Access.EXECUTE) {
      return List.of(new Watch(access, address, 1));
    }
    if (lengthBytes <= 0 || lengthBytes > GuestDebug.MOST_WATCHES * (long) Long.BYTES) {
      throw new Refusal(lengthBytes <= 0 ? Refusal.INVALID : Refusal.NO_ROOM);
    }
    return Watch.covering(access, address, lengthBytes);
  }

  void removeAll() {
    patches.values().forEach(this::restore);
    patches.clear();
    watches.clear();
  }
}
