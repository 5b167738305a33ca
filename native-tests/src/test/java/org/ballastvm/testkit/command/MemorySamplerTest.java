package org.ballastvm.testkit.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ballastvm.testkit.chart.MemorySample;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a guest reports is text of its making until it is read. */
class MemorySamplerTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"balloon: actual=512|512", "balloon: actual=0|0", "balloon: actual=-1|-1",
      "balloon: actual=99999999999999999999|-1", "Error: no balloon|-1", "''|-1"})
  void theBalloonsSizeIsReadOrNotKnown(String answer, long mib) { assertEquals(mib, MemorySampler.actualMib(answer)); }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"\"stat-total-memory\": 1073741824}|1024", "\"stat-total-memory\": 1048575, |0",
      "\"stat-total-memory\": 18446744073709551615}|-1", "\"stat-total-memory\": 99999999999999999999}|-1",
      "\"stat-total-memory\": 123456789012345678901}|-1", "\"stat-free-memory\": 1073741824}|-1", "''|-1"})
  void aStatisticIsReadOrNotKnown(String stats, long mib) {
    assertEquals(mib, MemorySampler.mib(stats, "stat-total-memory"));
    assertEquals(-1, MemorySample.UNKNOWN);
  }
}
