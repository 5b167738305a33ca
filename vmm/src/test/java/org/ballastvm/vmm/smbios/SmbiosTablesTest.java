package org.ballastvm.vmm.smbios;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.SmbiosConfig;
import org.ballastvm.vmm.config.SmbiosText;
import org.junit.jupiter.api.Test;

/** The tables, read as drivers/firmware/dmi_scan.c reads them. */
class SmbiosTablesTest {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final SmbiosTables.Memory LOW = new SmbiosTables.Memory(0, 3L << 30);

  private record Structure(int type, ByteBuffer bytes, List<String> texts) {
    String text(int at) {
      int number = bytes.get(at);
      return number == 0 ? "" : texts.get(number - 1);
    }
  }

  private static List<Structure> read(byte[] tables) {
    List<Structure> all = new ArrayList<>();
    for (int at = 0; at < tables.length;) {
      int length = tables[at + 1];
      ByteBuffer body = ByteBuffer.wrap(tables, at, length).slice().order(ByteOrder.LITTLE_ENDIAN);
      int end = at + length;
      while (tables[end] != 0 || tables[end + 1] != 0) {
        end++;
      }
      String texts = new String(tables, at + length, end - at - length, StandardCharsets.UTF_8);
      all.add(new Structure(tables[at], body, List.of(texts.split("\0"))));
      at = end + 2;
    }
    return all;
  }

  private static List<Structure> of(SmbiosConfig config, CpuConfig cpus, SmbiosTables.Memory... memory) {
    return read(SmbiosTables.of(config, ID, cpus, "Some CPU", List.of(memory)));
  }

  private static Structure only(int type, List<Structure> all) {
    List<Structure> found = all.stream().filter(each -> each.type == type).toList();
    assertEquals(1, found.size(), "of type " + type);
    return found.getFirst();
  }

  @Test
  void withoutAWordItIsAVirtualMachineOfOurs() {
    List<Structure> all = of(SmbiosConfig.DEFAULT, CpuConfig.of(4), LOW);
    assertEquals(List.of(0, 1, 3, 4, 16, 17, 19, 32, 127), all.stream().map(Structure::type).toList());
    assertEquals("Ballast", only(0, all).text(4));
    assertEquals(1 << 4, only(0, all).bytes.get(19) & 1 << 4); // a virtual machine
    assertEquals("Ballast virtual machine", only(1, all).text(5));
    assertEquals("", only(1, all).text(7));
    assertEquals("Some CPU", only(4, all).text(16));
    assertEquals(4, only(4, all).bytes.get(35));
  }

  @Test
  void theUuidsFirstThreeFieldsAreLittleEndian() {
    byte[] uuid = new byte[16];
    only(1, of(SmbiosConfig.DEFAULT, CpuConfig.of(1), LOW)).bytes.get(8, uuid);
    int[] expected = {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    assertEquals(IntStream.of(expected).boxed().toList(),
        IntStream.range(0, 16).mapToObj(i -> uuid[i] & 0xff).toList());
  }

  @Test
  void aUsersTextsStandInPlaceOfOurs() {
    List<Structure> all = of(
        new SmbiosConfig(Map.of(SmbiosText.SYSTEM_SERIAL, "ds=nocloud;h=web1", SmbiosText.SYSTEM_MANUFACTURER, "",
            SmbiosText.BOARD_ASSET, "kühl", SmbiosText.CHASSIS_SKU, "sku"), Set.of(1, 2, 3),
            Optional.of(new SmbiosConfig.Release(1, 16))),
        CpuConfig.of(1), LOW);
    assertEquals("ds=nocloud;h=web1", only(1, all).text(7));
    assertEquals("", only(1, all).text(4));
    assertEquals("kühl", only(2, all).text(8));
    assertEquals("sku", only(3, all).text(21));
    assertEquals(List.of(1, 16), List.of((int) only(0, all).bytes.get(20), (int) only(0, all).bytes.get(21)));
  }

  @Test
  void eachSocketIsAProcessor() {
    List<Structure> sockets = of(SmbiosConfig.DEFAULT, new CpuConfig(12, 2, 3, 2), LOW).stream()
        .filter(each -> each.type == 4).toList();
    assertEquals(List.of("CPU 0", "CPU 1"), sockets.stream().map(each -> each.text(4)).toList());
    assertEquals(List.of(3, 3, 6),
        IntStream.of(35, 36, 37).mapToObj(at -> (int) sockets.get(1).bytes.get(at)).toList());
  }

  @Test
  void memoryAboveWhatAFieldHoldsStandsInTheWiderOne() {
    List<Structure> all = of(SmbiosConfig.DEFAULT, CpuConfig.of(1), LOW, new SmbiosTables.Memory(4L << 30, 8L << 40));
    Structure device = only(17, all);
    assertEquals(0x7fff, device.bytes.getShort(12));
    assertEquals((3 << 10) + (8 << 20), device.bytes.getInt(28));
    assertEquals(0x8000_0000, only(16, all).bytes.getInt(7));
    assertEquals((3L << 30) + (8L << 40), only(16, all).bytes.getLong(15));
    List<Structure> mapped = all.stream().filter(each -> each.type == 19).toList();
    assertEquals((3 << 20) - 1, mapped.getFirst().bytes.getInt(8));
    assertEquals(-1, mapped.getLast().bytes.getInt(4));
    assertEquals(4L << 30, mapped.getLast().bytes.getLong(15));
    assertEquals((4L << 30) + (8L << 40) - 1, mapped.getLast().bytes.getLong(23));
  }

  @Test
  void theEntryPointIsWhatLinuxLooksFor() {
    ByteBuffer entry = ByteBuffer.wrap(SmbiosTables.entryPoint(0xe1230, 789)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(24, entry.limit());
    assertEquals(24, entry.get(6));
    assertEquals(0, IntStream.range(0, 24).map(entry::get).sum() & 0xff);
    assertEquals(List.of(789L, 0xe1230L), List.of((long) entry.getInt(12), entry.getLong(16)));
    assertTrue(SmbiosTables.ENTRY_POINT % 16 == 0 && SmbiosTables.ENTRY_POINT >= 0xf0000);
  }

  @Test
  void theMostThatTheyCanBeFitsBesideTheLargestAcpiTables() {
    String longest = "x".repeat(SmbiosConfig.LONGEST_TEXT);
    Map<SmbiosText, String> texts = new EnumMap<>(SmbiosText.class);
    for (SmbiosText text : SmbiosText.values()) {
      texts.put(text, longest);
    }
    byte[] tables = SmbiosTables.of(new SmbiosConfig(texts, Set.of(0, 1, 2, 3), Optional.empty()), ID,
        new CpuConfig(254, 254, 1, 1), "x".repeat(48), List.of(LOW));
    assertTrue(tables.length < 56 << 10, "they are " + tables.length);
  }
}
