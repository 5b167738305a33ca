package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes as people write and read them. */
class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({"512, 536870912", "0, 0", "1b, 1", "4K, 4096", "4k, 4096", "1.5G, 1610612736", "0.5, 524288",
      "2T, 2199023255552", "1P, 1125899906842624", "7E, 8070450532247928832", "0x10, 16777216", "0X1f, 32505856"})
  void aSizeIsANumberAndPerhapsASuffix(String text, long bytes) {
    assertEquals(bytes, ByteSize.parse("-m", text, 1 << 20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "M", "-1", "-1M", "much", "1Q", "1MB", "1 M", "0x", "0x-1", "0x1G", "0x1.8", "1,5M",
      "--1"})
  void whatIsNoSizeIsRefused(String text) {
    assertEquals("-m: must be a size such as 512M or 4G",
        assertThrows(UserError.class, () -> ByteSize.parse("-m", text, 1)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"8E", "9223372036854775807K", "99999999P"})
  void whatNoMachineCanHaveIsRefused(String text) {
    assertEquals("-m: is more than any machine can have",
        assertThrows(UserError.class, () -> ByteSize.parse("-m", text, 1)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"0, 0 bytes", "1, 1 bytes", "4097, 4097 bytes", "4096, 4 KiB", "1610612736, 1536 MiB",
      "3221225472, 3 GiB"})
  void aSizeIsGivenInTheLargestUnitThatDividesIt(long bytes, String text) {
    assertEquals(text, ByteSize.describe(bytes));
  }

  @ParameterizedTest
  @CsvSource({"0, 0 bytes", "1023, 1023 bytes", "1024, 1 KiB", "1610612736, 1.5 GiB", "1048575, 1 MiB",
      "1047500, 1022.9 KiB", "1288490188, 1.2 GiB", "9223372036854775807, 8 EiB", "-1, 16 EiB"})
  void peopleGetASizeInAUnitTheyHaveAFeelingFor(long bytes, String text) { assertEquals(text, ByteSize.about(bytes)); }
}
