package org.ballastvm.vmm.look;

import java.util.ArrayList;
import java.util.List;

/** The modules that are loaded: the kernel's list of them. */
final class Modules {
  private static final int MOST = 2048;
  private static final int MOST_TEXT = 64 << 20;
  private static final int NAME_BYTES = 56;

  private Modules() {}

  /**
   * Reads them. One that does not hold together is left out, and a list that does not ends there.
   *
   * @param list the address of the list
   */
  static List<Module> read(KernelMemory memory, Btf types, long list) {
    List<Module> modules = new ArrayList<>();
    try {
      int link = types.offset("module", "list");
      long next = memory.u64(list);
      for (int i = 0; i < MOST && next != list; i++) {
        module(memory, types, next - link, modules);
        next = memory.u64(next);
      }
    } catch (Unreadable e) {
      return List.copyOf(modules);
    }
    return List.copyOf(modules);
  }

  private static void module(KernelMemory memory, Btf types, long at, List<Module> into) {
    try {
      // Until Linux 6.4 a module has a layout, later kinds of memory: code is the first.
      long textStart = memory.u64(at + types.offset("module", "mem", "core_layout")
          + innerOffset(types, "base"));
      int textBytes = memory.s32(at + types.offset("module", "mem", "core_layout") + innerOffset(types, "size"));
      long kallsyms = memory.u64(at + types.offset("module", "kallsyms"));
      int count = memory.s32(kallsyms + types.offset("mod_kallsyms", "num_symtab"));
      if (textBytes <= 0 || textBytes > MOST_TEXT || count < 0 || count > Module.MOST_SYMBOLS) {
        return;
      }
      into.add(new Module(memory.text(at + types.offset("module", "name"), NAME_BYTES), textStart, textBytes,
          orc(memory, types, at), memory.u64(kallsyms + types.offset("mod_kallsyms", "symtab")), count,
          memory.u64(kallsyms + types.offset("mod_kallsyms", "strtab"))));
    } catch (Unreadable e) {
      // It is about to come, or to go.
    }
  }

  private static int innerOffset(Btf types, String member) {
    return types.bits("module_memory", member).isPresent()
        ? types.offset("module_memory", member)
        : types.offset("module_layout", member);
  }

  private static OrcTable orc(KernelMemory memory, Btf types, long at) {
    if (types.bits("module", "arch.num_orcs").isEmpty()) {
      return OrcTable.NONE;
    }
    return new OrcTable(memory.u64(at + types.offset("module", "arch.orc_unwind_ip")),
        memory.u64(at + types.offset("module", "arch.orc_unwind")),
        memory.s32(at + types.offset("module", "arch.num_orcs")));
  }
}
