package org.ballastvm.testkit.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SvgTest {
  @Test
  void whatXmlDoesNotTakeIsEscapedOrReplaced() {
    assertEquals("&lt;a b=&quot;&amp;&quot;&gt;\t\n", Svg.escaped("<a b=\"&\">\t\n"));
    assertEquals("\ufffd[31m\ufffd\ufffd\ufffd", Svg.escaped("\u001b[31m\0\ufffe\ud800"));
    assertEquals("\ud83d\ude00", Svg.escaped("\ud83d\ude00"), "a pair is one character");
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-3, 1", "1, 0.2", "4.9, 1", "60, 20", "61, 20", "101, 50", "1000000, 200000"})
  void anAxisHasFewTicksAtRoundNumbers(double most, double step) { assertEquals(step, Svg.step(most, 5), 1e-12); }
}
