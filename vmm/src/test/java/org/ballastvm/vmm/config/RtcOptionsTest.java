package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RtcOptionsTest {
  private static RtcConfig of(String... texts) { return RtcOptions.parse(List.of(texts)); }

  @Test
  void qemusWordsAreTaken() {
    assertEquals(RtcConfig.DEFAULT, of("utc,clock=host,driftfix=slew"));
    assertEquals(new RtcConfig(new RtcConfig.Base.LocalTime(), RtcConfig.Source.RT), of("base=localtime", "clock=rt"));
    LocalDateTime time = LocalDateTime.of(2006, 6, 17, 16, 1, 21);
    assertEquals(new RtcConfig.Base.At(time), of("base=2006-06-17T16:01:21").base());
    assertEquals(new RtcConfig.Base.At(time.toLocalDate().atStartOfDay()), of("base=2006-06-17").base());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', textBlock = """
      clock=vm > -rtc clock=vm: must be host or rt; time goes on for a guest of this machine while it is stopped
      clock=x > -rtc clock=x: must be host or rt
      driftfix=x > -rtc driftfix=x: must be none or slew
      td-hack=on > -rtc: there is no property 'td-hack'; allowed are base, clock, driftfix
      """)
  void whatThisMachineHasNotIsRefused(String text, String sentence) {
    assertEquals(sentence, assertThrows(UserError.class, () -> of(text)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"yesterday", "2006-13-01", "1969-12-31", "10000-01-01", "2006-06-17T25:00:00"})
  void whatIsNoDateIsRefused(String text) {
    String sentence = assertThrows(UserError.class, () -> of("base=" + text)).getMessage();
    assertTrue(sentence.startsWith("-rtc base=" + text + ": must be utc, localtime, or a date"), sentence);
  }
}
