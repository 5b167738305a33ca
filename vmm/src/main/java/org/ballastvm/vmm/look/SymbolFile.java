package org.ballastvm.vmm.look;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A guest's symbols as an ELF file that debuggers read in place of a {@code vmlinux}: at the addresses that they have in the guest,
 * wherever KASLR has put them. Functions of the kernel, and of each module, lie in a section without contents; all else is
 * absolute. There are neither types nor lines. System V ABI, chapters 4 and 5; its AMD64 supplement.
 */
public final class SymbolFile implements KernelSymbol.Taker {
  /** Symbols that are taken: a kernel with all of its modules has a tenth. */
  static final int MOST = 2_000_000;

  private static final int HEADER_BYTES = 64;
  private static final int SECTION_BYTES = 64;
  private static final int SYMBOL_BYTES = 24;
  private static final short EXECUTABLE = 2;
  private static final short X86_64 = 62;
  private static final int SYMTAB = 2;
  private static final int STRTAB = 3;
  private static final int NOBITS = 8;
  private static final int ALLOCATED_CODE = 2 | 4;
  private static final short ABSOLUTE = (short) 0xfff1;
  private static final int MOST_SECTIONS = 4096;
  private static final byte GLOBAL_OBJECT = 1 << 4 | 1;
  private static final byte GLOBAL_FUNCTION = 1 << 4 | 2;

  private final ByteArrayOutputStream symbols = new ByteArrayOutputStream();
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
  private final Map<String, Code> codes = new LinkedHashMap<>();
  private final ByteBuffer entry = ByteBuffer.allocate(SYMBOL_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final boolean modulesOnly;
  private int count;

  /** Where the functions of the kernel lie, or of a module. */
  private static final class Code {
    private final int index;
    private long start;
    private long end;

    Code(int index, KernelSymbol first) {
      this.index = index;
      this.start = first.address();
      this.end = first.address() + 1;
    }

    void take(KernelSymbol symbol) {
      start = Long.compareUnsigned(symbol.address(), start) < 0 ? symbol.address() : start;
      long last = symbol.address() + Math.max(1, symbol.sizeBytes());
      end = Long.compareUnsigned(last, end) > 0 ? last : end;
    }
  }

  private SymbolFile(boolean modulesOnly) {
    this.modulesOnly = modulesOnly;
    strings.write(0);
    symbols.writeBytes(new byte[SYMBOL_BYTES]);
  }

  /**
   * The symbols of a guest.
   *
   * @param kernel of it
   * @param modulesOnly whether the kernel's own are left out
   * @return the file
   */
  public static byte[] of(GuestKernel kernel, boolean modulesOnly) {
    SymbolFile file = new SymbolFile(modulesOnly);
    kernel.forEachSymbol(Optional.empty(), file);
    return file.bytes();
  }

  /** The same, of what is passed on by somebody. */
  static byte[] of(Iterable<KernelSymbol> symbols, boolean modulesOnly) {
    SymbolFile file = new SymbolFile(modulesOnly);
    symbols.forEach(file::symbol);
    return file.bytes();
  }

  @Override
  public void symbol(KernelSymbol symbol) {
    if (modulesOnly && symbol.module().isEmpty()) {
      return;
    }
    if (++count > MOST) {
      throw new Unreadable("it has more than " + MOST + " symbols");
    }
    entry.clear();
    entry.putInt(string(strings, symbol.name())).put(symbol.code() ? GLOBAL_FUNCTION : GLOBAL_OBJECT).put((byte) 0)
        .putShort(section(symbol)).putLong(symbol.address()).putLong(symbol.sizeBytes());
    symbols.writeBytes(entry.array());
  }

  private short section(KernelSymbol symbol) {
    if (!symbol.code() || codes.size() == MOST_SECTIONS && !codes.containsKey(symbol.module())) {
      return ABSOLUTE;
    }
    Code code = codes.computeIfAbsent(symbol.module(), module -> new Code(codes.size() + 1, symbol));
    code.take(symbol);
    return (short) code.index;
  }

  private static int string(ByteArrayOutputStream table, String text) {
    int at = table.size();
    table.writeBytes(text.replace('\0', '?').getBytes(StandardCharsets.UTF_8));
    table.write(0);
    return at;
  }

  private byte[] bytes() {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    names.write(0);
    int sections = codes.size() + 4; // none, those of code, symbols, their names, names of sections
    ByteBuffer table = ByteBuffer.allocate(sections * SECTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    table.position(SECTION_BYTES);
    codes
        .forEach((module, code) -> section(table, string(names, module.isEmpty() ? ".text" : ".text." + module), NOBITS,
            ALLOCATED_CODE, code.start, HEADER_BYTES, code.end - code.start, 0, 1));
    int symtabName = string(names, ".symtab");
    int strtabName = string(names, ".strtab");
    int namesName = string(names, ".shstrtab");
    long at = HEADER_BYTES;
    section(table, symtabName, SYMTAB, 0, 0, at, symbols.size(), sections - 2, SYMBOL_BYTES);
    at += symbols.size();
    section(table, strtabName, STRTAB, 0, 0, at, strings.size(), 0, 0);
    at += strings.size();
    section(table, namesName, STRTAB, 0, 0, at, names.size(), 0, 0);
    at += names.size();
    ByteBuffer file = ByteBuffer.allocate(Math.toIntExact(at) + table.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[]{0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    file.putShort(EXECUTABLE).putShort(X86_64).putInt(1).putLong(0).putLong(0).putLong(at).putInt(0)
        .putShort((short) HEADER_BYTES).putShort((short) 0).putShort((short) 0).putShort((short) SECTION_BYTES)
        .putShort((short) sections).putShort((short) (sections - 1));
    return file.put(symbols.toByteArray()).put(strings.toByteArray()).put(names.toByteArray()).put(table.array())
        .array();
  }

  /** All symbols are global: the first that is, is the one behind none. */
  private static void section(ByteBuffer into, int name, int type, long flags, long address, long offset,
      long sizeBytes,
      int link, long entryBytes) {
    into.putInt(name).putInt(type).putLong(flags).putLong(address).putLong(offset).putLong(sizeBytes).putInt(link)
        .putInt(type == SYMTAB ? 1 : 0).putLong(1).putLong(type == SYMTAB ? entryBytes : 0);
  }
}
