package org.ballastvm.vmm.smbios;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.SmbiosConfig;
import org.ballastvm.vmm.config.SmbiosText;
import org.ballastvm.vmm.state.Version;

/**
 * A machine's SMBIOS tables (DMTF DSP0134, SMBIOS 3.0): firmware, system, board, chassis, processors and memory, with
 * QEMU's handles. Memory that comes later is not in them, as in QEMU.
 */
public final class SmbiosTables {
  /** Where the entry point stands: a guest without EFI looks for it at each paragraph of the segment F000. */
  public static final long ENTRY_POINT = 0xf_ffc0;

  private static final int ENTRY_POINT_BYTES = 24;
  private static final int CHECKSUM_AT = 5;
  private static final String MAKER = "Ballast";
  private static final String PRODUCT = "Ballast virtual machine";
  private static final int BOARD_TYPE = 2;
  private static final int CHASSIS_HANDLE = 0x300;
  private static final int MEMORY_ARRAY_HANDLE = 0x1000;
  private static final int NO_HANDLE = 0xffff;
  private static final int NO_ERRORS_KEPT = 0xfffe;
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;
  private static final long NOT_IN_THIS_FIELD = 0x8000_0000L;
  private static final int SIZE_IS_EXTENDED = 0x7fff;
  private static final int MOST_IN_A_BYTE = 0xff;

  private final SmbiosConfig config;
  private final Structures out = new Structures();

  private SmbiosTables(SmbiosConfig config) { this.config = config; }

  /**
   * A piece of base memory.
   *
   * @param base guest physical address
   * @param sizeBytes above zero
   */
  public record Memory(long base, long sizeBytes) {}

  /**
   * The tables.
   *
   * @param config what a user wants them to say
   * @param uuid the machine's
   * @param cpus its processors
   * @param cpuName what those are called, perhaps nothing
   * @param memory base memory, by address
   * @return the structures, the last of which says that it is
   */
  public static byte[] of(SmbiosConfig config, UUID uuid, CpuConfig cpus, String cpuName, List<Memory> memory) {
    SmbiosTables tables = new SmbiosTables(config);
    tables.firmware();
    tables.system(uuid);
    if (config.types().contains(BOARD_TYPE)) {
      tables.board();
    }
    tables.chassis();
    for (int socket = 0; socket < cpus.sockets(); socket++) {
      tables.processor(socket, cpus, cpuName.strip());
    }
    tables.memory(memory);
    tables.out.zeros(6).byteOf(0).end(32, 0x2000); // System boot information: no error was found.
    tables.out.end(127, 0x7f00);
    return tables.out.toBytes();
  }

  /**
   * What stands at {@link #ENTRY_POINT} (5.2.2).
   *
   * @param address where the structures are
   * @param lengthBytes of all of them
   * @return the entry point
   */
  public static byte[] entryPoint(long address, int lengthBytes) {
    ByteBuffer entry = ByteBuffer.allocate(ENTRY_POINT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    entry.put("_SM3_".getBytes(StandardCharsets.US_ASCII)).put((byte) 0).put((byte) ENTRY_POINT_BYTES);
    entry.put((byte) 3).put((byte) 0).put((byte) 0); // SMBIOS 3.0, docrev 0
    entry.put((byte) 1).put((byte) 0); // entry point revision 1
    entry.putInt(lengthBytes).putLong(address);
    byte sum = 0;
    for (byte one : entry.array()) {
      sum += one;
    }
    return entry.put(CHECKSUM_AT, (byte) -sum).array();
  }

  private String text(SmbiosText text, String fallback) { return config.text(text, fallback); }

  private void firmware() {
    out.text(text(SmbiosText.FIRMWARE_VENDOR, MAKER)).text(text(SmbiosText.FIRMWARE_VERSION, Version.TEXT));
    out.word(0).text(text(SmbiosText.FIRMWARE_DATE, "")).byteOf(0); // neither segment nor ROM
    out.qword(1 << 3); // BIOS characteristics are not supported
    out.byteOf(0).byteOf(1 << 2 | 1 << 4); // targeted content distribution; a virtual machine
    SmbiosConfig.Release release = config.release().orElse(new SmbiosConfig.Release(0, 0));
    out.byteOf(release.major()).byteOf(release.minor()).byteOf(0xff).byteOf(0xff); // no embedded controller
    out.end(0, 0);
  }

  private void system(UUID uuid) {
    out.text(text(SmbiosText.SYSTEM_MANUFACTURER, MAKER)).text(text(SmbiosText.SYSTEM_PRODUCT, PRODUCT));
    out.text(text(SmbiosText.SYSTEM_VERSION, Version.TEXT)).text(text(SmbiosText.SYSTEM_SERIAL, ""));
    uuid(uuid);
    out.byteOf(6); // woken by the power switch
    out.text(text(SmbiosText.SYSTEM_SKU, "")).text(text(SmbiosText.SYSTEM_FAMILY, ""));
    out.end(1, 0x100);
  }

  /** The first three fields are little-endian since SMBIOS 2.6 (7.2.1). */
  private void uuid(UUID uuid) {
    long high = uuid.getMostSignificantBits();
    out.dword(high >>> 32).word((int) (high >>> 16)).word((int) high);
    out.qword(Long.reverseBytes(uuid.getLeastSignificantBits()));
  }

  private void board() {
    out.text(text(SmbiosText.BOARD_MANUFACTURER, MAKER)).text(text(SmbiosText.BOARD_PRODUCT, PRODUCT));
    out.text(text(SmbiosText.BOARD_VERSION, Version.TEXT)).text(text(SmbiosText.BOARD_SERIAL, ""));
    out.text(text(SmbiosText.BOARD_ASSET, "")).byteOf(1); // a hosting board
    out.text(text(SmbiosText.BOARD_LOCATION, "")).word(CHASSIS_HANDLE).byteOf(0x0a).byteOf(0); // a motherboard
    out.end(BOARD_TYPE, 0x200);
  }

  private void chassis() {
    out.text(text(SmbiosText.CHASSIS_MANUFACTURER, MAKER)).byteOf(1); // of an other kind
    out.text(text(SmbiosText.CHASSIS_VERSION, Version.TEXT)).text(text(SmbiosText.CHASSIS_SERIAL, ""));
    out.text(text(SmbiosText.CHASSIS_ASSET, "")).byteOf(3).byteOf(3).byteOf(3).byteOf(2); // safe; security unknown
    out.dword(0).byteOf(0).byteOf(0).byteOf(0).byteOf(0).text(text(SmbiosText.CHASSIS_SKU, ""));
    out.end(3, CHASSIS_HANDLE);
  }

  private void processor(int socket, CpuConfig cpus, String name) {
    int cores = cpus.cores();
    int threads = cores * cpus.threads();
    out.text("CPU " + socket).byteOf(3).byteOf(0xfe); // a central processor, of the family below
    out.text(MAKER).qword(0).text(name).byteOf(0).word(0).word(0).word(0); // no voltage, no clocks
    out.byteOf(0x41).byteOf(1).word(NO_HANDLE).word(NO_HANDLE).word(NO_HANDLE); // populated, enabled; no caches
    out.text("").text("").text("");
    out.byteOf(atMostAByte(cores)).byteOf(atMostAByte(cores)).byteOf(atMostAByte(threads)).word(2).word(1);
    out.word(cores).word(cores).word(threads);
    out.end(4, 0x400 + socket);
  }

  /** A larger number stands in the wider field behind. */
  private static int atMostAByte(int count) {
    return Math.min(count, MOST_IN_A_BYTE);
  }

  private void memory(List<Memory> pieces) {
    long bytes = pieces.stream().mapToLong(Memory::sizeBytes).sum();
    long kib = bytes / KIB;
    out.byteOf(1).byteOf(3).byteOf(6); // system memory, elsewhere than on a board, corrected
    out.dword(Math.min(kib, NOT_IN_THIS_FIELD)).word(NO_ERRORS_KEPT).word(1);
    out.qword(kib < NOT_IN_THIS_FIELD ? 0 : bytes);
    out.end(16, MEMORY_ARRAY_HANDLE);
    long mib = Math.ceilDiv(bytes, MIB);
    out.word(MEMORY_ARRAY_HANDLE).word(NO_ERRORS_KEPT).word(0xffff).word(0xffff); // widths unknown
    out.word((int) Math.min(mib, SIZE_IS_EXTENDED)).byteOf(9).byteOf(0).text("DIMM 0").text(""); // a DIMM, of no set
    out.byteOf(7).word(2).word(0).text(MAKER).text("").text("").text("").byteOf(0); // RAM, of an other kind
    out.dword(mib < SIZE_IS_EXTENDED ? 0 : mib).word(0).word(0).word(0).word(0);
    out.end(17, 0x1100);
    for (int i = 0; i < pieces.size(); i++) {
      mapped(i, pieces.get(i));
    }
  }

  private void mapped(int index, Memory piece) {
    long last = piece.base() + piece.sizeBytes() - 1;
    boolean isLow = last / KIB < 0xffff_ffffL;
    out.dword(isLow ? piece.base() / KIB : -1).dword(isLow ? last / KIB : -1);
    out.word(MEMORY_ARRAY_HANDLE).byteOf(1);
    out.qword(isLow ? 0 : piece.base()).qword(isLow ? 0 : last);
    out.end(19, 0x1300 + index);
  }
}
