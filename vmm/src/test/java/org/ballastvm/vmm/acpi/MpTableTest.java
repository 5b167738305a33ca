package org.ballastvm.vmm.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a kernel without ACPI reads, read as arch/x86/kernel/mpparse.c does. */
class MpTableTest {
  private static final int PROCESSOR = 0;
  private static final int INTERRUPT = 3;

  /** As much as there can be, beside SMBIOS tables as large as they get. */
  private final AcpiImage image = MachineTables.of(new MachineFacts(
      IntStream.range(0, 254).mapToObj(i -> new MachineFacts.Cpu(i, true)).toList(),
      new MachineFacts.Window(0xc0000000L, 0x3ec00000L), Optional.empty(), PciInterruptRouting.swizzled(), 4,
      OptionalInt.empty(), 256, true, false, true, OptionalLong.of(0xfe000)), List.of(), new byte[56 << 10]);

  private ByteBuffer table() {
    ByteBuffer pointer = ByteBuffer.wrap(image.mpPointer()).order(ByteOrder.LITTLE_ENDIAN);
    assertSignatureAndSum("_MP_", image.mpPointer());
    int at = (int) (pointer.getInt(4) - image.address());
    ByteBuffer memory = ByteBuffer.wrap(image.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    byte[] table = new byte[memory.getShort(at + 4)];
    memory.get(at, table);
    assertSignatureAndSum("PCMP", table);
    return ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void assertSignatureAndSum(String signature, byte[] bytes) {
    assertEquals(signature, new String(bytes, 0, 4, StandardCharsets.US_ASCII));
    assertEquals(0, IntStream.range(0, bytes.length).map(i -> bytes[i]).sum() & 0xff);
  }

  /** Entries from the header to the end: 20 bytes for a processor, 8 for all else. */
  private static List<byte[]> entries(ByteBuffer table) {
    List<byte[]> entries = new ArrayList<>();
    for (int at = 44; at < table.limit();) {
      byte[] entry = new byte[table.get(at) == PROCESSOR ? 20 : 8];
      table.get(at, entry);
      entries.add(entry);
      at += entry.length;
    }
    return entries;
  }

  @Test
  void itNamesAllProcessorsAndTheFirstAsTheOneThatBoots() {
    List<byte[]> entries = entries(table());
    assertEquals(table().getShort(34), entries.size());
    List<byte[]> processors = entries.stream().filter(entry -> entry[0] == PROCESSOR).toList();
    assertEquals(254, processors.size());
    assertEquals(List.of(0, 3), List.of((int) processors.getFirst()[1], (int) processors.getFirst()[3]));
    assertEquals(List.of((byte) 253, (byte) 1), List.of(processors.getLast()[1], processors.getLast()[3]));
  }

  @Test
  void aLineOfIsaIsItsPinAndAPinOfPciWhereAcpiHasIt() {
    List<byte[]> interrupts = entries(table()).stream().filter(entry -> entry[0] == INTERRUPT).toList();
    assertEquals(15 + 31 * 4, interrupts.size());
    for (byte[] interrupt : interrupts) {
      int source = interrupt[5] & 0xff;
      boolean isIsa = interrupt[4] == 1;
      int gsi = isIsa ? source : PciInterruptRouting.swizzled().gsi(source >> 2, source & 3);
      assertEquals(List.of(0, gsi), List.of((int) interrupt[6], (int) interrupt[7]), "source " + source);
    }
  }
}
