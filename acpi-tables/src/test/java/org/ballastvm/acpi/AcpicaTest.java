package org.ballastvm.acpi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.ballastvm.acpi.AmlValue.BinaryOperator;
import org.ballastvm.acpi.AmlValue.LogicalOperator;
import org.ballastvm.acpi.AmlValue.UnaryOperator;
import org.ballastvm.acpi.Resource.Polarity;
import org.ballastvm.acpi.Resource.Role;
import org.ballastvm.acpi.Resource.Sharing;
import org.ballastvm.acpi.Resource.Trigger;
import org.ballastvm.acpica.Acpica;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ACPICA, which Linux has inside it, reads what this module writes, and writes the same bytes again. */
class AcpicaTest {
  private static final TableIdentity IDENTITY = new TableIdentity("TESTER", "TESTTABL", 1, "TEST", 1);

  @TempDir
  private Path directory;

  @Test
  void everyStatementSurvivesDisassemblyAndCompilation() { survives("dsdt", new Dsdt(List.of(language()))); }

  @Test
  void theInterpreterComputesWhatTheTermsSay() {
    byte[] dsdt = new Dsdt(List.of(language())).toBytes(IDENTITY);
    String output = Acpica.in(directory).execute(dsdt, "evaluate \\SUM 0x100", "evaluate \\PICK 7", "evaluate \\LIST");
    // 0 + 1 + ... + 0x100; the branch for 7; the third element of the package.
    assertTrue(output.contains("0000000000008080"), output);
    assertTrue(output.contains("0000000077777777"), output);
    assertTrue(output.contains("0000000000000042"), output);
  }

  @Test
  void aBodyOfEveryEncodingOfItsLengthSurvives() {
    for (int elements : new int[]{1, 5, 100, 255, 256, 2_000}) {
      AmlValue large = new AmlValue.Elements(IntStream.range(0, elements).mapToObj(i -> Aml.integer(1L << i)).toList());
      survives("size" + elements, new Dsdt(List.of(Aml.scope("\\_SB", Aml.define("BIG", large)))));
    }
  }

  @Test
  void everyResourceSurvives() {
    AmlTerm device = Aml.device("DEV0", Aml.define("_HID", Aml.eisaId("PNP0A03")),
        Aml.define("_CRS",
            Aml.template(Resource.buses(0, 0xff), Resource.ports(0xcf8, 8), Resource.portWindow(0x1000, 0xffff),
                Resource.memoryWindow32(0xc0000000L, 0x20000000L), Resource.memoryWindow64(1L << 40, 1L << 39),
                new Resource.Irq(Trigger.EDGE, Polarity.ACTIVE_HIGH, Sharing.EXCLUSIVE, 4),
                new Resource.Interrupt(Role.CONSUMER, Trigger.LEVEL, Polarity.ACTIVE_LOW, Sharing.SHARED,
                    List.of(16, 17)),
                new Resource.Memory32Fixed(true, 0xfed00000L, 0x400))));
    survives("resources", new Dsdt(List.of(Aml.scope("\\_SB", device))));
  }

  @Test
  void theOtherTablesSurvive() {
    survives("xsdt", new Xsdt(List.of(0xe0000L, 0x1_0000_0000L)));
    survives("facp", new Fadt(0xe0000, EnumSet.allOf(Fadt.Flag.class), Set.of(Fadt.BootFlag.VGA_NOT_PRESENT), 0x32,
        new PortRegister(0x604), new PortRegister(0x605), new PortRegister(0xcf9), 6, 0x608, "TESTER"));
    survives("slit", new Slit(List.of(List.of(10, 20), List.of(21, 10))));
    survives("srat", new Srat(List.of(new Srat.Processor(0, 0), new Srat.Processor(254, 0x12345),
        new Srat.Processor(255, 1), new Srat.Memory(0, 0xa0000, 0, false),
        new Srat.Memory(1L << 32, 1L << 40, 1, true))));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ONLINE_CAPABLE") // newer than the ACPICA of Debian 12
  void interruptControllersSurvive(Madt.Presence presence) {
    List<Madt.Entry> entries = new ArrayList<>();
    for (int cpu : new int[]{0, 1, 254, 255, 300}) {
      entries.add(new Madt.Processor(cpu, cpu, presence));
    }
    entries.add(new Madt.IoApic(0, 0xfec00000L, 0));
    entries.add(new Madt.IsaOverride(0, 2, Trigger.EDGE, Polarity.ACTIVE_HIGH));
    entries.add(new Madt.NmiInput(1));
    survives("apic", new Madt(0xfee00000L, true, entries));
  }

  /** The disassembler does not take this one, so the compiler makes it from its description. */
  @Test
  void theRootPointerIsWhatTheCompilerMakesOfIt() {
    String source = """
        [0008] Signature : "RSD PTR "
        [0001] Checksum : 00
        [0006] Oem ID : "TESTER"
        [0001] Revision : 02
        [0004] RSDT Address : 00000000
        [0004] Length : 00000024
        [0008] XSDT Address : 0000000123456780
        [0001] Extended Checksum : 00
        [0003] Reserved : 000000
        """;
    assertArrayEquals(Acpica.in(directory).compile("rsdp", source), new Rsdp("TESTER", 0x123456780L).toBytes());
  }

  /** The compiler puts its own name, and so another checksum, into the header. */
  private void survives(String name, AcpiTable written) {
    int headerBytes = AcpiTable.HEADER_BYTES;
    byte[] table = written.toBytes(IDENTITY);
    byte[] again = Acpica.in(directory).roundTrip(name, table);
    assertArrayEquals(Arrays.copyOfRange(table, headerBytes, table.length),
        Arrays.copyOfRange(again, headerBytes, again.length));
  }

  private static AmlTerm[] language() {
    AmlTerm sum = Aml.method("SUM", 1, Aml.store(Aml.integer(0), Aml.local(0)),
        Aml.loop(Aml.arg(0),
            new AmlValue.Binary(BinaryOperator.ADD, Aml.local(0), Aml.arg(0), Optional.of(Aml.local(0))),
            new AmlValue.Decrement(Aml.arg(0)),
            Aml.when(Aml.test(Aml.local(0), LogicalOperator.GREATER, Aml.integer(1L << 40)), AmlTerm.Jump.BREAK)),
        Aml.result(Aml.local(0)));
    AmlTerm pick = Aml.method("PICK", 1,
        new AmlTerm.If(Aml.equal(Aml.arg(0), Aml.integer(7)), List.of(Aml.result(Aml.integer(0x77777777L))),
            List.of(Aml.result(Aml.integer(3)))));
    AmlTerm list = Aml.method("LIST", 0,
        Aml.result(new AmlValue.DerefOf(new AmlTarget.Index(Aml.name("DATA"), Aml.integer(2)))));
    return new AmlTerm[]{Aml.define("DATA", Aml.integers(0x40, 0x41, 0x42)), sum, pick, list, registers(),
        operators()};
  }

  private static AmlTerm registers() {
    return Aml.scope("\\_SB", Aml.portRegion("REGS", 0x600, 8),
        Aml.field("REGS", AmlTerm.FieldAccess.DWORD, Aml.unit("ESEL", 32), Aml.skip(8), Aml.unit("CTRL", 8)),
        Aml.mutex("MLCK"), Aml.device("PWRB", Aml.define("_HID", Aml.eisaId("PNP0C0C"))),
        Aml.define("GUID", Aml.uuid(UUID.fromString("33db4d5b-1ff7-401c-9657-7441c03dd766"))),
        Aml.define("BUFF", new AmlValue.Buffer(Aml.integer(16), "0102")),
        Aml.serializedMethod("POLL", 1, Aml.acquire("MLCK"), Aml.store(Aml.name("ESEL"), Aml.local(0)),
            Aml.release("MLCK"), Aml.when(Aml.and(Aml.local(0), 2), Aml.notify("PWRB", 0x80)),
            Aml.when(Aml.and(Aml.local(0), 4), Aml.store(Aml.arg(0), Aml.name("CTRL")),
                new AmlTerm.Sleep(Aml.integer(10)), AmlTerm.Jump.NO_OPERATION)));
  }

  private static AmlTerm operators() {
    List<AmlTerm> body = new ArrayList<>();
    AmlTerm declared = Aml.define("BUFR", new AmlValue.Buffer(Aml.integer(32), ""));
    for (AmlTerm.BufferWidth width : AmlTerm.BufferWidth.values()) {
      String name = "F" + width.name().substring(0, 1) + "LD";
      body.add(Aml.view(width, "BUFR", 8, name));
      body.add(Aml.store(Aml.integer(0x12), Aml.name(name)));
    }
    for (BinaryOperator each : EnumSet.complementOf(EnumSet.of(BinaryOperator.CONCATENATE_TEMPLATES))) {
      body.add(new AmlValue.Binary(each, Aml.local(0), Aml.arg(0), Optional.of(Aml.local(0))));
    }
    for (UnaryOperator each : UnaryOperator.values()) {
      body.add(new AmlValue.Unary(each, Aml.arg(0), Optional.of(Aml.local(0))));
    }
    for (LogicalOperator each : LogicalOperator.values()) {
      body.add(Aml.when(Aml.test(Aml.arg(0), each, Aml.integer(4)), new AmlValue.Increment(Aml.local(0))));
    }
    body.add(Aml.when(new AmlValue.LogicalNot(Aml.arg(0)), Aml.store(Aml.call("\\SUM", Aml.integer(3)), Aml.local(0))));
    body.add(new AmlValue.Divide(Aml.arg(0), Aml.integer(3), Optional.empty(), Optional.of(Aml.local(0))));
    body.add(Aml.store(new AmlValue.SizeOf(Aml.name("BUFR")), Aml.local(0)));
    body.add(Aml.store(new AmlValue.ObjectType(Aml.name("BUFR")), Aml.local(0)));
    body.addFirst(Aml.store(Aml.integer(0), Aml.local(0)));
    AmlTerm method = new AmlTerm.Method(Aml.name("OPER"), 1, true, body);
    return Aml.scope("\\_SB", declared, method);
  }
}
