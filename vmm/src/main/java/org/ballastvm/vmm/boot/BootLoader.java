package org.ballastvm.vmm.boot;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.ballastvm.kvm.Registers;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.PageSize;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.state.Log;

/** Places what the first vCPU runs in guest memory, and says in which state it is entered. */
public final class BootLoader {
  /** The command line, in conventional memory. */
  static final long COMMAND_LINE = 0x2_0000;
  /** What an x86 kernel takes when it does not say: COMMAND_LINE_SIZE less the terminating zero. */
  static final int LONGEST_COMMAND_LINE = 2047;
  private static final int READ_AT_ONCE = 64 << 20;
  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[PageSize.BYTES]).asReadOnly();

  private final GuestLayout layout;
  private final GuestRam ram;
  private final long rsdp;
  private final Optional<KernelCache> cache;

  /**
   * A loader for one machine.
   *
   * @param layout where memory lies
   * @param ram memory
   * @param rsdp where the ACPI tables begin
   * @param kernelCache directory of kernels that were unpacked on the host; without one the guest unpacks its kernel
   */
  public BootLoader(GuestLayout layout, GuestRam ram, long rsdp, Optional<Path> kernelCache) {
    this.layout = layout;
    this.ram = ram;
    this.rsdp = rsdp;
    this.cache = kernelCache.map(KernelCache::new);
  }

  /**
   * Loads.
   *
   * @param boot what to run
   * @return how to enter it; empty when there is nothing to enter
   * @throws UserError if a file is missing, is not what it should be, or does not fit
   */
  public Optional<CpuStart> load(BootConfig boot) {
    return boot.accept(new BootConfig.Cases<>() {
      @Override
      public Optional<CpuStart> nothing() { return Optional.empty(); }

      @Override
      public Optional<CpuStart> linux(BootConfig.Linux linux) { return Optional.of(loadLinux(linux)); }

      @Override
      public Optional<CpuStart> payload(BootConfig.Payload payload) { return Optional.of(loadPayload(payload)); }
    });
  }

  private CpuStart loadLinux(BootConfig.Linux linux) {
    ResetVector.write(ram);
    try (KernelFile file = KernelFile.open("-kernel", linux.kernel())) {
      ByteBuffer head = file.readOrNull(0, (int) Math.min(file.sizeBytes(), 1024));
      if (ElfKernel.isElf(head)) {
        return loadVmlinux(file, ElfKernel.parse(file), linux);
      }
      if (!BzImage.isBzImage(head)) {
        throw file.error(file.sizeBytes() < 1024
            ? "is cut short or no kernel: it has " + file.sizeBytes() + " bytes"
            : "is neither a bzImage nor an ELF vmlinux");
      }
      BzImage image = BzImage.parse(file);
      Optional<Path> unpacked = isEnteredUnpacked(file, image, linux)
          ? cache.flatMap(kernels -> kernels.unpacked(file, image))
          : Optional.empty();
      if (unpacked.isPresent()) {
        try (KernelFile inner = KernelFile.open("-kernel", unpacked.get())) {
          Optional<ElfKernel> kernel = parseUnpacked(inner);
          if (kernel.isPresent()) {
            return loadPvh(inner, kernel.get(), linux, image.longestCommandLine());
          }
        }
      }
      return loadBzImage(file, image, linux);
    }
  }

  /** A kernel that chooses its address has to unpack itself: the code that does the one does the other. */
  private static boolean isEnteredUnpacked(KernelFile file, BzImage image, BootConfig.Linux linux) {
    return !linux.randomAddress() && image.version(file).map(KernelVersion::hasGenericPvh).orElse(true);
  }

  private CpuStart loadVmlinux(KernelFile file, ElfKernel kernel, BootConfig.Linux linux) {
    if (linux.randomAddress()) {
      throw file.error("is a vmlinux, which runs where it was linked to; with -machine kaslr=on it must be a bzImage");
    }
    boolean isForXen = !kernel.version(file).map(KernelVersion::hasGenericPvh).orElse(true);
    if (isForXen && kernel.hasEntry64()) {
      return loadElf64(file, kernel, linux);
    }
    return loadPvh(file, kernel, linux, LONGEST_COMMAND_LINE);
  }

  /** Empty for a kernel built without CONFIG_PVH, or if the cached file is corrupt: the guest then unpacks its own kernel. */
  private static Optional<ElfKernel> parseUnpacked(KernelFile inner) {
    try {
      return ElfKernel.parseIfEnterable(inner);
    } catch (UserError e) {
      Log.of(BootLoader.class).warn("the unpacked kernel in the cache is not used: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private CpuStart loadPvh(KernelFile file, ElfKernel kernel, BootConfig.Linux linux, long longestCommandLine) {
    Initrd initrd = loadElf(file, kernel, linux, longestCommandLine);
    long startInfo = PvhStartInfo.write(ram, layout, COMMAND_LINE, initrd, rsdp);
    return new CpuStart(Registers.start(kernel.entry(), 0, startInfo, 0), CpuStart.Mode.PROTECTED, 0, 0);
  }

  private CpuStart loadElf64(KernelFile file, ElfKernel kernel, BootConfig.Linux linux) {
    Initrd initrd = loadElf(file, kernel, linux, LONGEST_COMMAND_LINE);
    long zeroPage = BootParams.write(ram, layout, BootParams.Header.ofVmlinux(), COMMAND_LINE, initrd, rsdp);
    return enter64(kernel.entry64(), zeroPage);
  }

  private Initrd loadElf(KernelFile file, ElfKernel kernel, BootConfig.Linux linux, long longestCommandLine) {
    requireLowMemory(file, kernel.end());
    for (ElfKernel.Load load : kernel.segments()) {
      loadFile(file, load.fileOffset(), load.gpa(), load.fileBytes());
      zero(load.gpa() + load.fileBytes(), load.memoryBytes() - load.fileBytes());
    }
    writeCommandLine(linux.commandLine(), longestCommandLine);
    return loadInitrd(linux.initrd(), kernel.end(), layout.lowBytes());
  }

  private CpuStart enter64(long entry, long zeroPage) {
    FlatTables tables = FlatTables.write(ram);
    return new CpuStart(Registers.start(entry, FlatTables.STACK, 0, zeroPage), CpuStart.Mode.LONG, tables.pageTables(),
        tables.gdt());
  }

  private CpuStart loadBzImage(KernelFile file, BzImage image, BootConfig.Linux linux) {
    long base = image.preferredAddress();
    requireLowMemory(file, base + image.initBytes());
    loadFile(file, image.codeOffset(), base, image.codeBytes());
    writeCommandLine(linux.commandLine(), image.longestCommandLine());
    Initrd initrd = loadInitrd(linux.initrd(), base + image.initBytes(),
        Math.min(layout.lowBytes(), image.initrdAddressMax() + 1));
    long zeroPage = BootParams.write(ram, layout, BootParams.Header.of(image), COMMAND_LINE, initrd, rsdp);
    return enter64(base + BzImage.ENTRY_64, zeroPage);
  }

  private CpuStart loadPayload(BootConfig.Payload payload) {
    byte[] code = payload.code();
    long base = payload.loadAddress();
    if (base < GuestLayout.BIOS_END || base % PageSize.BYTES != 0 || base > layout.lowBytes() - code.length) {
      throw new UserError("payload of " + code.length + " bytes at 0x" + Long.toHexString(base)
          + ": it must lie in memory between 1 MiB and " + ByteSize.describe(layout.lowBytes())
          + ", on a page boundary");
    }
    ram.write(base, MemorySegment.ofArray(code), 0, code.length);
    return enter64(base, 0);
  }

  private Initrd loadInitrd(Optional<Path> path, long after, long limit) {
    if (path.isEmpty()) {
      return Initrd.NONE;
    }
    try (KernelFile file = KernelFile.open("-initrd", path.get())) {
      long size = file.sizeBytes();
      if (size == 0) {
        return Initrd.NONE;
      }
      long base = (limit - size) & -PageSize.BYTES;
      if (size > limit || base < after) {
        throw file.error("has " + size + " bytes, and there is room for " + Math.max(0, limit - after)
            + " behind the kernel; give the guest more memory with -m");
      }
      loadFile(file, 0, base, size);
      return new Initrd(base, size);
    }
  }

  private void writeCommandLine(String commandLine, long kernelTakes) {
    byte[] bytes = commandLine.getBytes(StandardCharsets.UTF_8);
    long longest = Math.min(kernelTakes, GuestLayout.CONVENTIONAL_END - COMMAND_LINE - 1);
    if (bytes.length > longest) {
      throw new UserError(
          "-append: the command line has " + bytes.length + " bytes; this kernel takes at most " + longest);
    }
    ram.write(COMMAND_LINE, MemorySegment.ofArray(bytes), 0, bytes.length);
    ram.putByte(COMMAND_LINE + bytes.length, 0);
  }

  private void requireLowMemory(KernelFile file, long end) {
    if (end > layout.lowBytes()) {
      throw file.error("needs memory up to " + (end + (1 << 20) - 1) / (1 << 20) + " MiB, and the guest has "
          + ByteSize.describe(layout.lowBytes()) + " there; give it more with -m");
    }
  }

  private void loadFile(KernelFile file, long offset, long gpa, long lengthBytes) {
    for (long done = 0; done < lengthBytes;) {
      long step = ram.viewable(gpa + done, Math.min(lengthBytes - done, READ_AT_ONCE));
      file.readInto(offset + done, ram.view(gpa + done, step).asByteBuffer());
      done += step;
    }
  }

  private void zero(long gpa, long lengthBytes) {
    for (long done = 0; done < lengthBytes;) {
      long step = ram.viewable(gpa + done, lengthBytes - done);
      zeroWhereSet(ram.view(gpa + done, step));
      done += step;
    }
  }

  /** Fresh memory is zeros already; writing zeros to it would only make it resident. */
  private static void zeroWhereSet(MemorySegment range) {
    for (long at = 0; at < range.byteSize(); at += PageSize.BYTES) {
      MemorySegment page = range.asSlice(at, Math.min(PageSize.BYTES, range.byteSize() - at));
      if (page.mismatch(ZEROS.asSlice(0, page.byteSize())) >= 0) {
        page.fill((byte) 0);
      }
    }
  }
}
