package org.ballastvm.vmm.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the host's kernel reports of its memory. */
class HostPressureTest {
  @TempDir
  private Path directory;

  private HostPressure read(String text) throws IOException {
    return HostPressure.read(Files.writeString(directory.resolve("memory"), text));
  }

  @Test
  void bothAveragesOfTenSecondsAreRead() throws IOException {
    HostPressure pressure = read("""
        some avg10=12.34 avg60=3.00 avg300=1.00 total=123456
        full avg10=1.50 avg60=0.20 avg300=0.10 total=23456
        """);
    assertEquals(new HostPressure.Known(12.34, 1.5), pressure);
    assertEquals("tasks waited for memory in 12.34% of the last 10 s, all of them in 1.50%", pressure.words());
  }

  @ParameterizedTest
  @CsvSource({"0, 0, false", "9.99, 1.99, false", "10, 0, true", "0, 2, true", "100, 100, true"})
  void fromSomePointOnItIsHigh(double some, double full, boolean high) {
    assertEquals(high, new HostPressure.Known(some, full).isHigh());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "some avg10=1.00 avg60=0.00 avg300=0.00 total=0\n", "some avg10=x \nfull avg10=y \n",
      "some avg10=99999999999.00 \nfull avg10=0.00 \n"})
  void aFileThatSaysSomethingElseIsNotGuessedAt(String text) throws IOException {
    HostPressure pressure = read(text);
    assertInstanceOf(HostPressure.Unknown.class, pressure);
    assertFalse(pressure.isHigh());
  }

  @Test
  void aKernelWithoutItIsSaidToBe() {
    HostPressure pressure = HostPressure.read(directory.resolve("nothing"));
    assertTrue(pressure.words().endsWith("cannot be read, as in a kernel without CONFIG_PSI, or with psi=0"),
        pressure.words());
    assertFalse(pressure.isHigh());
  }
}
