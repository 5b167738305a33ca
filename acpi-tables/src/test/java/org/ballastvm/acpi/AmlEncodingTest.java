package org.ballastvm.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmlEncodingTest {
  @ParameterizedTest
  @CsvSource({"0, 00", "1, 01", "-1, ff", "2, 0a02", "0xff, 0aff", "0x100, 0b0001", "0xffff, 0bffff",
      "0x10000, 0c00000100", "0xffffffff, 0cffffffff", "0x100000000, 0e0000000001000000",
      "0x7fffffffffffffff, 0effffffffffffff7f", "-2, 0efeffffffffffffff"})
  void anIntegerTakesTheShortestFormThatHoldsIt(String value, String expected) {
    assertEquals(expected, hex(Aml.integer(Long.decode(value))));
  }

  @ParameterizedTest
  @CsvSource({"\\, 5c00", "COM1, 434f4d31", "_CRS, 5f435253", "GED, 4745445f", "\\_S5, 5c5f53355f",
      "^^FOO_, 5e5e464f4f5f", "^, 5e00", "_SB.PCI0, 2e5f53425f50434930", "\\_SB.PCI0, 5c2e5f53425f50434930",
      "\\_SB.PCI0.S08, 5c2f035f53425f504349305330385f"})
  void aNameIsPaddedAndPrefixedByItsLength(String path, String expected) {
    assertEquals(expected, hex(Aml.name(path)));
  }

  @ParameterizedTest
  @CsvSource({"lower", "TOOLONG", "1ABC", "A..B", "A.", "\\^A", "A B"})
  void aNameThatIsNoneIsRefused(String path) { assertThrows(IllegalArgumentException.class, () -> Aml.name(path)); }

  @Test
  void aPathOfTwoHundredFiftySixPartsIsRefused() {
    List<String> parts = Collections.nCopies(255, "AAAA");
    assertEquals(2 + 4 * 255, AmlCode.of(new NamePath(false, 0, parts)).length);
    List<String> tooMany = Collections.nCopies(256, "AAAA");
    assertThrows(IllegalArgumentException.class, () -> new NamePath(false, 0, tooMany));
  }

  @ParameterizedTest
  @CsvSource({"0, 01", "62, 3f", "63, 4104", "4093, 4fff", "4094, 810001", "1048572, 8fffff", "1048573, c1000001",
      "268435451, cfffffff"})
  void anEnclosingLengthCountsItself(int contentBytes, String expected) {
    assertEquals(expected, HexFormat.of().formatHex(PackageLength.encodeEnclosing(contentBytes)));
  }

  @ParameterizedTest
  @CsvSource({"0, 00", "8, 08", "63, 3f", "64, 4004", "4095, 4fff", "4096, 800001", "268435455, cfffffff"})
  void theWidthOfAFieldUnitIsALengthThatDoesNotCountItself(int bits, String expected) {
    assertEquals(expected, HexFormat.of().formatHex(PackageLength.encode(bits)));
  }

  @Test
  void aLengthBeyondTwentyEightBitsIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> PackageLength.encodeEnclosing(PackageLength.MAX - 3));
    assertThrows(IllegalArgumentException.class, () -> PackageLength.encode(-1));
  }

  @Test
  void anEisaIdIsCompressedBigEndian() {
    assertEquals("0c41d00a03", hex(Aml.eisaId("PNP0A03")));
    assertEquals("0c41d00501", hex(Aml.eisaId("PNP0501")));
    assertThrows(IllegalArgumentException.class, () -> Aml.eisaId("ACPI0013"));
  }

  @Test
  void aUuidMixesItsByteOrders() {
    assertEquals("11130a105b4ddb33f71f1c4096577441c03dd766",
        hex(Aml.uuid(UUID.fromString("33db4d5b-1ff7-401c-9657-7441c03dd766"))));
  }

  @Test
  void stringsEndInZeroAndBuffersInWhatTheirSizeAdds() {
    assertEquals("0d4142" + "00", hex(Aml.text("AB")));
    assertEquals("11050a020102", hex(AmlValue.Buffer.of((byte) 1, (byte) 2)));
    assertEquals("11030a08", hex(new AmlValue.Buffer(Aml.integer(8), "")));
    assertThrows(IllegalArgumentException.class, () -> Aml.text("naïve"));
  }

  @Test
  void aPackageOfMoreThanTwoHundredFiftyFiveElementsIsAVariableOne() {
    List<AmlValue> zeros = new ArrayList<>(Collections.nCopies(255, Aml.integer(0)));
    assertEquals("124210ff", hex(new AmlValue.Elements(zeros)).substring(0, 8));
    zeros.add(Aml.integer(0));
    assertEquals("1345100b0001", hex(new AmlValue.Elements(zeros)).substring(0, 12));
  }

  @Test
  void statementsNest() {
    AmlTerm method = Aml.serializedMethod("_EVT", 1,
        Aml.when(Aml.and(Aml.name("ESEL"), 2), Aml.notify("PWRB", 0x80)));
    // Method, its length, its name, serialized with one argument; If, its length, And (ESEL, 2, nowhere); Notify.
    assertEquals("1417" + "5f455654" + "09" + "a010" + "7b4553454c0a0200" + "86505752420a80", terms(method));
  }

  @Test
  void comparisonsThatAmlLacksAreNegationsOfThoseItHas() {
    assertEquals("93" + "6001", hex(Aml.equal(Aml.local(0), Aml.integer(1))));
    assertEquals("9295" + "6068", hex(Aml.test(Aml.local(0), AmlValue.LogicalOperator.AT_LEAST, Aml.arg(0))));
  }

  @Test
  void aFieldListsWhatItNamesAndWhatItSkips() {
    assertEquals("5b8052454730010b00060a08", terms(Aml.portRegion("REG0", 0x600, 8)));
    assertEquals("5b811252454730" + "43" + "4553454c20" + "0008" + "4354524c08",
        terms(Aml.field("REG0", AmlTerm.FieldAccess.DWORD, Aml.unit("ESEL", 32), Aml.skip(8), Aml.unit("CTRL", 8))));
  }

  @Test
  void aMutexIsTakenWithATimeLimitAndGivenBack() {
    assertEquals("5b014c4f434b00", terms(Aml.mutex("LOCK")));
    assertEquals("5b234c4f434bffff", terms(Aml.acquire("LOCK")));
    assertEquals("5b274c4f434b", terms(Aml.release("LOCK")));
  }

  @Test
  void aResultGoesNowhereUnlessATargetIsGiven() {
    assertEquals("72600100", hex(Aml.add(Aml.local(0), Aml.integer(1))));
    assertEquals("72600161", hex(new AmlValue.Binary(AmlValue.BinaryOperator.ADD, Aml.local(0), Aml.integer(1),
        Optional.of(Aml.local(1)))));
  }

  private static String hex(AmlValue value) { return HexFormat.of().formatHex(AmlCode.of(value)); }

  private static String terms(AmlTerm... terms) { return HexFormat.of().formatHex(AmlCode.of(List.of(terms))); }
}
