package org.ballastvm.testkit.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** What a study measured, as people and programs read it. */
class StudyTableTest {
  private static final long GIB = 1L << 30;

  private static StudyPlan plan(int rounds) {
    return new StudyPlan(new GuestSizes(GIB, GIB), 256, 2, rounds, Mechanism.all(), Duration.ofMinutes(2), 42);
  }

  private static Measurement measurement(double growSeconds, long calls) {
    return new Measurement((long) (growSeconds * 1e9), 9_870_000_000L, GIB, GIB / 4 * 3, 1_100_000, 2_345_000,
        12_300_000, calls, 2 * calls, GIB, OptionalDouble.of(GIB / 4.0));
  }

  private static StudyTable table() {
    return new StudyTable("6.1.0-test", "this host's /dev/kvm", plan(3),
        List.of(
            new MechanismResult(new Mechanism.Balloon(),
                List.of(measurement(3, 5), measurement(1, 7), measurement(2, 6)), Optional.empty()),
            new MechanismResult(new Mechanism.VirtioMem(), List.of(measurement(0.1234, 0)), Optional.empty()),
            new MechanismResult(new Mechanism.Dimm(), List.of(),
                Optional.of("no driver answered within 120 s; say \"CONFIG_ACPI_HOTPLUG_MEMORY\" & <try>"))));
  }

  @Test
  void aReaderSeesMediansSideBySideAndWhyAMechanismHasNone() {
    String text = table().text();
    assertTrue(text.startsWith("""
        Linux 6.1.0-test on this host's /dev/kvm
        1 GiB + 1 GiB and back, a load of 256 MiB, 2 processors, median of 3 rounds, seed 42

                                         balloon    virtio-mem          dimm
        time to grow                         2 s       0.123 s             -
        time to shrink                    9.87 s        9.87 s             -
        """), text);
    assertTrue(text.contains("\nhost calls, growing                    6             0             -\n"), text);
    assertTrue(text.endsWith("\ndimm: no driver answered within 120 s; say \"CONFIG_ACPI_HOTPLUG_MEMORY\" & <try>\n"),
        text);
  }

  @Test
  void aProgramReadsEachRoundAndTheMedians() {
    List<String> lines = table().csv().lines().toList();
    assertEquals("kernel,means,memory_mib,resize_mib,load_mib,processors,seed,round,grow_s,shrink_s,returned_percent,"
        + "stall_rest_ms,stall_grow_ms,stall_shrink_ms,calls_grow,calls_shrink,huge_percent,failure", lines.getFirst());
    assertEquals("6.1.0-test,balloon,1024,1024,256,2,42,1,3,9.87,75,1.1,2.345,12.3,5,10,25,", lines.get(1));
    assertEquals("6.1.0-test,balloon,1024,1024,256,2,42,median,2,9.87,75,1.1,2.345,12.3,6,12,25,",
        lines.get(4));
    assertEquals("6.1.0-test,dimm,1024,1024,256,2,42,median,,,,,,,,,,"
        + "\"no driver answered within 120 s; say \"\"CONFIG_ACPI_HOTPLUG_MEMORY\"\" & <try>\"", lines.getLast());
    assertEquals(1 + 4 + 2 + 1, lines.size());
  }

  @Test
  void theChartIsADocumentWithABarForEachFigureAndTheSentenceOfEachThatFailed() throws Exception {
    Document chart = DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(new InputSource(new StringReader(StudyChart.of(table()))));
    // The ground, and for each of two mechanisms all that was measured.
    assertEquals(1 + 2 * Metric.values().length, chart.getElementsByTagName("rect").getLength());
    String words = chart.getDocumentElement().getTextContent();
    assertTrue(words.contains("Linux 6.1.0-test"));
    assertTrue(words.contains("dimm: no driver answered within 120 s; say \"CONFIG_ACPI_HOTPLUG_MEMORY\" & <try>"));
    assertTrue(words.contains("12.3 ms shrinking"));
  }

  @Test
  void aStudyWithoutAnyFigureIsDrawnToo() {
    List<MechanismResult> none = Mechanism.all().stream()
        .map(each -> new MechanismResult(each, List.of(), Optional.of("nothing"))).toList();
    String chart = StudyChart.of(new StudyTable("1", "host", plan(1), none));
    assertFalse(chart.contains("NaN") || chart.contains("Infinity"), chart);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "0.00012,0", "0.0123,0.012", "1.5,1.5", "9.8765,9.88", "98.9999,99", "100,100", "1234.6,1235"})
  void aFigureHasThreeDigitsThatCount(double number, String digits) { assertEquals(digits, Metric.digits(number)); }

  @Test
  void theMedianOfTwoIsBetweenThem() {
    assertEquals(2, Metric.GROW.median(List.of(measurement(1, 0), measurement(3, 0))).orElseThrow());
    assertTrue(Metric.GROW.median(List.of()).isEmpty());
  }

  @Test
  void sharesAreOfWhatWasLetGoAndOfWhatIsKept() {
    Measurement half = new Measurement(1, 1, 1000, 500, 0, 0, 0, 0, 0, 400, OptionalDouble.empty());
    assertEquals(50, half.returnedPercent());
    assertTrue(half.hugePercent().isEmpty());
    assertEquals(25, measurement(1, 1).hugePercent().orElseThrow());
  }
}
