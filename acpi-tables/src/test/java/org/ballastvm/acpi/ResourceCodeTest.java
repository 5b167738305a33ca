package org.ballastvm.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.List;
import org.ballastvm.acpi.Resource.AddressRange;
import org.ballastvm.acpi.Resource.Interrupt;
import org.ballastvm.acpi.Resource.Irq;
import org.ballastvm.acpi.Resource.Memory32Fixed;
import org.ballastvm.acpi.Resource.Polarity;
import org.ballastvm.acpi.Resource.Role;
import org.ballastvm.acpi.Resource.Sharing;
import org.ballastvm.acpi.Resource.Space;
import org.ballastvm.acpi.Resource.Trigger;
import org.ballastvm.acpi.Resource.Width;
import org.junit.jupiter.api.Test;

class ResourceCodeTest {
  private static final String END = "7900";

  @Test
  void aTemplateIsABufferWithAnEndTag() {
    assertEquals("11050a02" + END, HexFormat.of().formatHex(AmlCode.of(Aml.template())));
  }

  @Test
  void smallDescriptors() {
    assertEquals("4701f803f8030108" + END, hex(Resource.ports(0x3f8, 8)));
    assertEquals("23100001" + END, hex(new Irq(Trigger.EDGE, Polarity.ACTIVE_HIGH, Sharing.EXCLUSIVE, 4)));
    assertEquals("23000818" + END, hex(new Irq(Trigger.LEVEL, Polarity.ACTIVE_LOW, Sharing.SHARED, 11)));
    assertThrows(IllegalArgumentException.class,
        () -> new Irq(Trigger.EDGE, Polarity.ACTIVE_HIGH, Sharing.EXCLUSIVE, 16));
  }

  @Test
  void interruptsByGlobalNumber() {
    assertEquals("890600030109000000" + END,
        hex(new Interrupt(Role.CONSUMER, Trigger.EDGE, Polarity.ACTIVE_HIGH, Sharing.EXCLUSIVE, List.of(9))));
    assertEquals("890a000d021000000017000000" + END,
        hex(new Interrupt(Role.CONSUMER, Trigger.LEVEL, Polarity.ACTIVE_LOW, Sharing.SHARED, List.of(16, 23))));
  }

  @Test
  void fixedMemory() {
    assertEquals("86090001" + "0000c0fe" + "00100000" + END, hex(new Memory32Fixed(true, 0xfec00000L, 0x1000)));
  }

  @Test
  void rangesOfEveryWidth() {
    assertEquals("880d00" + "020c00" + "0000" + "0000" + "0000" + "0000" + "0100" + END, hex(Resource.buses(0, 0)));
    assertEquals("871700" + "010c03" + "00000000" + "00100000" + "ffff0000" + "00000000" + "00f00000" + END,
        hex(Resource.portWindow(0x1000, 0xffff)));
    assertEquals("871700" + "000c01" + "00000000" + "000000c0" + "ffffbffe" + "00000000" + "0000c03e" + END,
        hex(Resource.memoryWindow32(0xc0000000L, 0x3ec00000L)));
    assertEquals(
        "8a2b00" + "000c01" + "0000000000000000" + "0000000008000000" + "ffffffff0f000000" + "0000000000000000"
            + "0000000008000000" + END,
        hex(Resource.memoryWindow64(0x800000000L, 0x800000000L)));
  }

  @Test
  void aRangeThatDoesNotFitItsWidthIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Resource.memoryWindow32(0xc0000000L, 0x40000001L));
    assertThrows(IllegalArgumentException.class,
        () -> new AddressRange(Space.IO, Width.WORD, Role.PRODUCER, 0x2000, 0x1000));
    assertThrows(IllegalArgumentException.class,
        () -> new AddressRange(Space.MEMORY, Width.QWORD, Role.PRODUCER, 0, -1));
  }

  private static String hex(Resource resource) { return HexFormat.of().formatHex(ResourceCode.of(List.of(resource))); }
}
