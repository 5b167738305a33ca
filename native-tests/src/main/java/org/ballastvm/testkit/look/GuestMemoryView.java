package org.ballastvm.testkit.look;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.rig.RigError;

/**
 * A guest's memory as its machine's monitor shows it: by physical addresses, by those of its kernel, and by names. Nothing runs in the
 * guest for it, so it works as well with one that hangs. Numbers are little-endian.
 */
public final class GuestMemoryView {
  /** Waits until something holds. */
  @FunctionalInterface
  public interface Waiter {
    /**
     * Waits.
     *
     * @param what for people, if it never does
     * @param condition what should hold
     */
    void await(String what, BooleanSupplier condition);
  }

  private static final int MOST_AT_ONCE = 4096;
  private static final Pattern NUMBER = Pattern.compile(" 0x(\\p{XDigit}+)");
  private static final Pattern SYMBOL = Pattern.compile("(?m)^(\\p{XDigit}{16}): \\S+\\+0x0/");
  private static final Pattern ENTRY = Pattern
      .compile("(?m)^  (\\w+) +(\\p{XDigit}{16}): (\\p{XDigit}{16}) ([A-Z-]{9})$");
  private static final Pattern MAPPED = Pattern.compile("(?m)^mapped: (\\p{XDigit}{16}), page of ([^,]+), (.*)$");
  private static final Pattern NOT_MAPPED = Pattern.compile("(?m)^not mapped: (.*)$");
  private static final Pattern HELD = Pattern
      .compile("held: +(\\d+) bytes\\s+resident: +(\\d+) bytes\\s+written: +(\\d+) bytes");
  private static final Pattern RANGE = Pattern.compile("(?m)^ +(\\p{XDigit}{16}-\\p{XDigit}{16})$");

  private final MonitorLine monitor;
  private final Waiter waiter;

  /**
   * That of a guest.
   *
   * @param monitor gives its human monitor a line, and returns the answer
   * @param waiter waits
   */
  public GuestMemoryView(UnaryOperator<String> monitor, Waiter waiter) {
    this.monitor = new MonitorLine(monitor);
    this.waiter = waiter;
  }

  /**
   * Bytes by a physical address.
   *
   * @param address physical
   * @param length how many
   * @return them
   * @throws RigError if not all of it is memory
   */
  public byte[] bytes(long address, int length) { return read("xp", address, length); }

  /** {@return four bytes by a physical address} */
  public int getInt(long address) {
    return little(bytes(address, Integer.BYTES)).getInt();
  }

  /** {@return eight bytes by a physical address} */
  public long getLong(long address) {
    return little(bytes(address, Long.BYTES)).getLong();
  }

  /**
   * Bytes by an address of the kernel, through its page tables.
   *
   * @param address virtual, as {@link #symbol} returns them
   * @param length how many
   * @return them
   * @throws RigError if not all of it is mapped memory
   */
  public byte[] kernelBytes(long address, int length) { return read("x -k", address, length); }

  /** {@return four bytes by an address of the kernel} */
  public int kernelInt(long address) {
    return little(kernelBytes(address, Integer.BYTES)).getInt();
  }

  /** {@return eight bytes by an address of the kernel} */
  public long kernelLong(long address) {
    return little(kernelBytes(address, Long.BYTES)).getLong();
  }

  private static ByteBuffer little(byte[] bytes) { return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN); }

  private byte[] read(String command, long address, int length) {
    ByteBuffer into = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (into.remaining() >= Long.BYTES) {
      int count = Math.min(into.remaining(), MOST_AT_ONCE) / Long.BYTES;
      numbers(command, address + into.position(), count, 'g').forEach(into::putLong);
    }
    if (into.hasRemaining()) {
      numbers(command, address + into.position(), into.remaining(), 'b').forEach(each -> into.put((byte) (long) each));
    }
    return into.array();
  }

  private List<Long> numbers(String command, long address, int count, char size) {
    String said = monitor.ask("%s /%dx%c 0x%x".formatted(command, count, size, address));
    List<Long> numbers = NUMBER.matcher(said).results()
        .map((MatchResult number) -> Long.parseUnsignedLong(number.group(1), 16)).toList();
    if (numbers.size() != count) {
      throw new RigError("%d bytes at 0x%x are not all memory: %s".formatted(size == 'g' ? 8 * count : count, address,
          said.lines().reduce("", (first, last) -> last)));
    }
    return numbers;
  }

  /**
   * The address of a function or a variable of the kernel, or of a module that is loaded.
   *
   * @param name as {@code jiffies_64}
   * @return its virtual address, wherever KASLR has put it
   * @throws RigError if there is none of that name, or there are several
   */
  public long symbol(String name) {
    List<Long> found = symbols(name);
    if (found.size() != 1) {
      throw new RigError("the guest's kernel has " + found.size() + " symbols '" + name + "'");
    }
    return found.getFirst();
  }

  /**
   * The addresses of all functions and variables of a name: static ones of several files may share it.
   *
   * @param name as {@code probe}
   * @return their virtual addresses, the kernel's before those of modules
   * @throws RigError if there is none of that name
   */
  public List<Long> symbols(String name) {
    return SYMBOL.matcher(monitor.ask("info symbol " + name)).results()
        .map((MatchResult symbol) -> Long.parseUnsignedLong(symbol.group(1), 16)).toList();
  }

  /**
   * Where the kernel's page tables lead from an address.
   *
   * @param address virtual; any number
   * @return the way, entry by entry
   */
  public PageWalk pageTable(long address) {
    String said = monitor.ask("info page-table -k 0x%x".formatted(address));
    List<PageWalk.Entry> entries = new ArrayList<>();
    ENTRY.matcher(said).results().forEach((MatchResult entry) -> entries.add(new PageWalk.Entry(entry.group(1),
        Long.parseUnsignedLong(entry.group(2), 16), Long.parseUnsignedLong(entry.group(3), 16), entry.group(4))));
    Matcher mapped = MAPPED.matcher(said);
    if (mapped.find()) {
      return new PageWalk.Mapped(entries, Long.parseUnsignedLong(mapped.group(1), 16), mapped.group(2),
          mapped.group(3));
    }
    Matcher nowhere = NOT_MAPPED.matcher(said);
    if (nowhere.find()) {
      return new PageWalk.NotMapped(entries, nowhere.group(1));
    }
    throw new RigError("the monitor says of the page table: " + said);
  }

  /**
   * Notes which pages of memory are written to, from now on. The guest runs on, slower.
   *
   * @return what was; closing it ends that
   * @throws RigError if it cannot be noted
   */
  public WriteNotes noteWrites() { return new WriteNotes(monitor); }

  /**
   * Waits until a processor writes to an address of the kernel, by its debug registers: the processor must have them, which one in the
   * rig has not. The guest runs on afterwards.
   *
   * @param address virtual
   * @param length 1 to 32 bytes
   * @return who did
   * @throws RigError if nobody does
   */
  public AddressWriter awaitWriter(long address, int length) {
    monitor.run("watch_address 0x%x %d".formatted(address, length));
    try {
      waiter.await("a write to 0x%x".formatted(address), () -> monitor.ask("info status").contains("(debug)"));
      List<String> lines = monitor.ask("info watch").lines().dropWhile(line -> !line.startsWith("met by "))
          .toList();
      return new AddressWriter(lines.isEmpty() ? "" : lines.getFirst(),
          lines.stream().skip(1).map(String::strip).toList());
    } finally {
      monitor.run("watch_address none");
      monitor.run("cont");
    }
  }

  /** {@return what is in the balloon, and which of it somebody has written to} */
  public BalloonedPages balloonedPages() {
    String said = monitor.ask("info balloon -r");
    Matcher sizes = HELD.matcher(said);
    if (!sizes.find()) {
      throw new RigError("the monitor says of the balloon: " + said);
    }
    return new BalloonedPages(Long.parseLong(sizes.group(1)), Long.parseLong(sizes.group(2)),
        Long.parseLong(sizes.group(3)),
        RANGE.matcher(said).results().map((MatchResult range) -> range.group(1)).toList());
  }

  /**
   * Asserts that nobody has written to a page that is in the balloon.
   *
   * @throws AssertionError if a page in it is not all zeros, with the addresses; or if none is in it
   */
  public void assertBalloonedPagesUntouched() {
    BalloonedPages pages = balloonedPages();
    if (pages.heldBytes() == 0) {
      throw new AssertionError("no page is in the balloon that a driver would have to deflate before it uses it");
    }
    if (pages.writtenBytes() != 0) {
      throw new AssertionError("of " + pages.heldBytes() + " bytes in the balloon, " + pages.writtenBytes()
          + " were written to: " + String.join(", ", pages.written()));
    }
  }
}
