package org.ballastvm.vmm.look;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;

/**
 * The Linux that runs in a guest, as it shows from outside. Holds for a moment: whoever looks keeps the vCPUs out of the guest
 * for as long.
 */
public final class GuestKernel {
  private static final Set<String> SYMBOLS = Set.of("__start_orc_unwind_ip", "__stop_orc_unwind_ip",
      "__start_orc_unwind", "__start_BTF", "__stop_BTF", "modules", "prb", "vmcoreinfo_data", "vmcoreinfo_size",
      "init_task", "current_task", "pcpu_hot", "__per_cpu_offset", "linux_banner");
  private static final Set<String> TYPES = Set.of("orc_entry", "module", "module_memory", "module_layout",
      "mod_kallsyms", "task_struct", "signal_struct", "inactive_task_frame");
  private static final int MSR_LSTAR = 0xc000_0082;
  private static final int MOST_VMCOREINFO = 1 << 16;
  private static final String KERNEL_OFFSET = "KERNELOFFSET:";
  private static final int BANNER_BYTES = 512;

  private final List<CpuState> cpus;
  private final KernelMemory memory;
  private final Symbols symbols;
  private final Map<String, Long> addresses;
  private Btf types;
  private List<Module> modules;
  private Unwinder unwinder;

  private GuestKernel(List<CpuState> cpus, KernelMemory memory, KernelImage image) {
    this.cpus = cpus;
    this.memory = memory;
    this.symbols = Kallsyms.find(memory, image);
    this.addresses = symbols.find(SYMBOLS);
  }

  /**
   * Looks at a machine's guest.
   *
   * @param vm the machine; its vCPUs are out of the guest meanwhile
   * @param what is to be seen; returns it
   * @param <T> what
   * @return that
   * @throws UserError if no Linux runs that can be read, with the reason
   */
  public static <T> T look(Machine vm, Function<GuestKernel, T> what) {
    List<T> seen = new ArrayList<>();
    vm.whileVcpusAreOut(() -> {
      List<CpuState> cpus = vm.vcpus().stream().map(each -> CpuState.read(each.vcpu())).toList();
      long lstar = vm.vcpus().getFirst().vcpu().msrs().get(MSR_LSTAR);
      seen.add(readable(() -> what.apply(of(vm.ram(), cpus, lstar))));
    });
    return seen.getFirst();
  }

  private static <T> T readable(Supplier<T> what) {
    try {
      return what.get();
    } catch (Unreadable e) {
      throw new UserError("the guest's kernel cannot be looked at: " + e.getMessage(), e);
    }
  }

  /** By the first CPU whose registers lead to a kernel: another may not have been started. */
  static GuestKernel of(GuestMemory ram, List<CpuState> cpus, long lstar) {
    Unreadable first = null;
    for (CpuState cpu : cpus) {
      KernelMemory memory = new KernelMemory(new LinearMemory(ram, PageTables.ofKernel(ram, cpu))::read);
      try {
        return new GuestKernel(cpus, memory, KernelImage.find(memory, cpu.special().idt().base(), lstar));
      } catch (Unreadable e) {
        first = first == null ? e : first;
      }
    }
    throw first == null ? new Unreadable("it has no processor") : first;
  }

  /** {@return what {@code /proc/version} says} */
  public String banner() {
    return memory.text(require("linux_banner"), BANNER_BYTES).replaceAll("\\?$", "");
  }

  /** {@return how many symbols the kernel has, without those of modules} */
  public int symbolCount() {
    return symbols.count();
  }

  private long require(String symbol) {
    Long address = addresses.get(symbol);
    if (address == null) {
      throw new Unreadable("it has no symbol " + symbol);
    }
    return address;
  }

  private Btf types() {
    if (types == null) {
      types = Btf.read(memory, require("__start_BTF"), require("__stop_BTF"), TYPES);
    }
    return types;
  }

  private List<Module> modules() {
    if (modules == null) {
      modules = addresses.containsKey("modules") ? Modules.read(memory, types(), require("modules")) : List.of();
    }
    return modules;
  }

  private Unwinder unwinder() {
    if (unwinder == null) {
      OrcTable own = addresses.containsKey("__start_orc_unwind")
          ? new OrcTable(require("__start_orc_unwind_ip"), require("__start_orc_unwind"),
              (int) ((require("__stop_orc_unwind_ip") - require("__start_orc_unwind_ip")) / 4))
          : OrcTable.NONE;
      unwinder = new Unwinder(memory, OrcLayout.of(types()),
          code -> moduleAt(code).map(Module::orc).orElse(own));
    }
    return unwinder;
  }

  private Optional<Module> moduleAt(long address) {
    return modules().stream().filter(module -> module.contains(address)).findFirst();
  }

  /**
   * The symbol of an address.
   *
   * @param address of the kernel's code or data, or a module's code
   * @return {@code name+0xoffset/0xsize [module]}; the address where there is none
   */
  public String symbol(long address) {
    Optional<Module> module = moduleAt(address);
    Optional<Place> place = module.isPresent() ? module.get().at(memory, address) : symbols.at(address);
    return place.map(Place::words).orElse("0x" + Long.toHexString(address));
  }

  /**
   * Passes on symbols: the kernel's in the order of their addresses, then those of each module.
   *
   * @param name of those that are wanted, which may be several; empty for all
   * @param taker is given each
   */
  public void forEachSymbol(Optional<String> name, KernelSymbol.Taker taker) {
    symbols.forEach(name, taker);
    modules().forEach(module -> module.forEach(memory, name, taker));
  }

  /**
   * How far KASLR has moved the kernel from where it was linked.
   *
   * @return bytes; 0 if it has not
   */
  public long kaslrOffset() {
    return vmcoreinfo().lines().filter(line -> line.startsWith(KERNEL_OFFSET)).findFirst()
        .map(line -> line.substring(KERNEL_OFFSET.length())).filter(hex -> hex.matches("\\p{XDigit}{1,16}"))
        .map(hex -> Long.parseUnsignedLong(hex, 16)).orElse(0L);
  }

  /** {@return what each CPU does, with its stack} */
  public List<Stack> stacks() {
    List<Stack> stacks = new ArrayList<>();
    for (int i = 0; i < cpus.size(); i++) {
      CpuState cpu = cpus.get(i);
      boolean user = (cpu.special().cs().selector() & 3) != 0;
      String mode = cpu.halted() ? "halted" : user ? "user" : "kernel";
      stacks.add(new Stack(i, currentTask(i), mode, user ? List.of() : frames(StackRegisters.of(cpu.general()))));
    }
    return List.copyOf(stacks);
  }

  private List<Frame> frames(StackRegisters from) {
    return unwinder().walk(from).stream().map(at -> new Frame(at.ip(), at.interrupted()
        ? symbol(at.ip())
        : symbolOfReturn(at.ip()))).toList();
  }

  /** A function that does not return may end with a call: its last return address is the next function's. */
  private String symbolOfReturn(long address) {
    Optional<Module> module = moduleAt(address - 1);
    return (module.isPresent() ? module.get().at(memory, address - 1) : symbols.at(address - 1))
        .map(place -> new Place(place.symbol(), place.offset() + 1, place.sizeBytes(), place.module()).words())
        .orElse("0x" + Long.toHexString(address));
  }

  /** Linux 6.2 to 6.14 have it in pcpu_hot, others in a variable of its own. */
  private String currentTask(int cpu) {
    try {
      long variable = addresses.containsKey("pcpu_hot") ? require("pcpu_hot") : require("current_task");
      long area = memory.u64(require("__per_cpu_offset") + 8L * cpu);
      return new Tasks(memory, types(), this::frames).words(memory.u64(area + variable));
    } catch (Unreadable e) {
      return "?";
    }
  }

  /**
   * The tasks.
   *
   * @param stacks whether to unwind those that wait
   * @return in the order of the kernel's list
   */
  public List<Task> tasks(boolean stacks) {
    return new Tasks(memory, types(), this::frames).all(require("init_task"), stacks);
  }

  /** {@return the kernel's log, lines with their ends: also what never came to a console} */
  public String log() {
    return KernelLog.read(memory, vmcoreinfo(), memory.u64(require("prb")));
  }

  /** Where the kernel's tables are, line by line. */
  private String vmcoreinfo() {
    int length = Math.clamp(memory.u64(require("vmcoreinfo_size")), 0, MOST_VMCOREINFO);
    return new String(memory.bytes(memory.u64(require("vmcoreinfo_data")), length), StandardCharsets.ISO_8859_1);
  }
}
