package org.ballastvm.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AcpiTableTest {
  private static final TableIdentity IDENTITY = new TableIdentity("OEM", "TABLE", 3, "MAKE", 4);

  @Test
  void aHeaderNamesTheTableAndItsMakerAndAddsUpToZero() {
    byte[] table = new Xsdt(List.of(0x1122334455667788L)).toBytes(IDENTITY);
    assertEquals("58534454" + "2c000000" + "01", HexFormat.of().formatHex(table, 0, 9));
    assertEquals("OEM   TABLE   ", new String(table, 10, 14, StandardCharsets.US_ASCII));
    assertEquals("03000000" + "4d414b45" + "04000000" + "8877665544332211", HexFormat.of().formatHex(table, 24, 44));
    assertEquals(0, sum(table, table.length));
  }

  @Test
  void bothChecksumsOfTheRootPointerHold() {
    byte[] rsdp = new Rsdp("OEM", 0xe0040).toBytes();
    assertEquals(Rsdp.LENGTH_BYTES, rsdp.length);
    assertEquals(0, sum(rsdp, 20));
    assertEquals(0, sum(rsdp, 36));
  }

  @Test
  void theFixedTableHasItsFieldsWhereTheSpecificationPutsThem() {
    Fadt fadt = new Fadt(0xe0080, Set.of(Fadt.Flag.HW_REDUCED_ACPI, Fadt.Flag.RESET_REG_SUP),
        Set.of(Fadt.BootFlag.VGA_NOT_PRESENT), 0x32, new PortRegister(0x604), new PortRegister(0x605),
        new PortRegister(0xcf9), 6, 0x608, "BALLAST");
    ByteBuffer table = ByteBuffer.wrap(fadt.toBytes(IDENTITY)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(276, table.limit());
    assertEquals(0x608, table.getInt(76), "PM_TMR_BLK");
    assertEquals(4, table.get(91), "PM_TMR_LEN");
    assertEquals("01200003" + "0806000000000000", HexFormat.of().formatHex(table.array(), 208, 220), "X_PM_TMR_BLK");
    assertEquals(1 << 20 | 1 << 10, table.getInt(112));
    assertEquals(0x32, table.get(108));
    assertEquals(1 << 2, table.getShort(109));
    assertEquals("01080001" + "f90c000000000000" + "06", HexFormat.of().formatHex(table.array(), 116, 129));
    assertEquals(3, table.get(131));
    assertEquals(0xe0080, table.getLong(140));
    assertEquals(0x604, table.getLong(248));
    assertEquals(0x605, table.getLong(260));
    assertEquals("BALLAST\0", new String(table.array(), 268, 8, StandardCharsets.US_ASCII));
  }

  @Test
  void aProcessorThatMayComeIsMarkedSo() {
    byte[] body = new Madt(0xfee00000L, false, List.of(new Madt.Processor(3, 3, Madt.Presence.ONLINE_CAPABLE))).body();
    assertEquals("0000e0fe" + "00000000" + "0008" + "0303" + "02000000", HexFormat.of().formatHex(body));
  }

  @Test
  void anApicIdAboveTheOldRangeTakesTheLongEntry() {
    byte[] body = new Madt(0xfee00000L, false, List.of(new Madt.Processor(255, 255, Madt.Presence.ENABLED))).body();
    assertEquals("0910" + "0000" + "ff000000" + "01000000" + "ff000000", HexFormat.of().formatHex(body, 8, 24));
  }

  @Test
  void distancesMustBeASquareThatBeginsAtTen() {
    assertThrows(IllegalArgumentException.class, () -> new Slit(List.of(List.of(10, 20))));
    assertThrows(IllegalArgumentException.class, () -> new Slit(List.of(List.of(11))));
    assertThrows(IllegalArgumentException.class, () -> new Slit(List.of(List.of(10, 10), List.of(20, 10))));
    assertThrows(IllegalArgumentException.class, () -> new Slit(List.of(List.of(10, 256), List.of(20, 10))));
  }

  @Test
  void aNameLongerThanItsFieldIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new TableIdentity("TOOLONG", "T", 1, "T", 1));
    assertThrows(IllegalArgumentException.class, () -> new Rsdp("TOOLONG", 0).toBytes());
  }

  private static int sum(byte[] bytes, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += bytes[i];
    }
    return sum & 0xff;
  }
}
