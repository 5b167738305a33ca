package org.ballastvm.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users write of a fault, and on which occasions it strikes. */
class FaultTest {
  @ParameterizedTest
  @ValueSource(strings = {"what=drop", "what=drop,queue=2,nth=3,count=0", "what=length,bytes=+16",
      "what=length,bytes=-1",
      "what=length,bytes=0,min-length=4,max-length=8", "what=delay,ms=50,probability=0.25,seed=7",
      "what=mem-busy,request=unplug-all,nth=2", "what=needs-reset", "what=needs-reset,nth=4",
      "what=withhold-feature,bit=17", "what=queue-size,queue=1,size=3", "what=all-ones,bar=4,count=10"})
  void wordsAreKept(String words) {
    assertEquals(words, Fault.parse(words).words());
    assertEquals(Fault.parse(words), Fault.parse(Fault.parse(words).words()));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"what=drip|must be one of drop, delay", "nth=3|what= is missing",
      "what=drop,nth=0|cannot strike at once", "what=drop,nth=-1|nth=-1: must be a number from 0 to",
      "what=drop,bar=1|there is no property 'bar'; allowed are what, nth,", "what=delay|needs ms=N",
      "what=delay,ms=0|ms=0: must be a number from 1 to 3600000", "what=drop,what=hold|what is given twice",
      "what=mem-nack,request=eat|must be one of plug, unplug, unplug-all, state",
      "what=drop,probability=2|must be above 0, and 1 at most", "what=drop,probability=NaN|must be above 0",
      "what=drop,queue|must be key=value", "what=remove,nth=2|strikes at once",
      "what=length,bytes=99999999999999999999|must be a number from"})
  void whatIsNoneIsRefusedWithASentence(String words, String part) {
    String sentence = assertThrows(IllegalArgumentException.class, () -> Fault.parse(words)).getMessage();
    assertEquals(part, sentence.contains(part) ? part : sentence);
  }

  @ParameterizedTest
  @EnumSource(FaultKind.class)
  void eachKindHasAWordAndItsOwner(FaultKind kind) {
    assertEquals(List.of(kind), FaultKind.of(List.of(kind.point().owner())).stream().filter(kind::equals).toList());
  }

  @Test
  void itStrikesFromTheNthOfItsOccasionsAndThenAsOftenAsItMay() {
    List<Strike> log = new ArrayList<>();
    DeviceFaults faults = new DeviceFaults(log::add);
    faults.add(Fault.parse("what=drop,queue=1,nth=2,count=2,min-length=4"));
    for (int i = 0; i < 4; i++) {
      assertNull(faults.strike(FaultPoint.COMPLETION, 0, 8));
      assertNull(faults.strike(FaultPoint.COMPLETION, 1, 3));
      assertNull(faults.strike(FaultPoint.DOORBELL, 1, 8));
      assertEquals(i == 1 || i == 2, faults.strike(FaultPoint.COMPLETION, 1, 8) != null);
    }
    assertEquals(List.of(new Strike(1, FaultKind.DROP, 1, 8, 2), new Strike(2, FaultKind.DROP, 1, 8, 3)), log);
    assertEquals("drop on occasion 2, queue 1, 8 bytes", log.getFirst().words());
    assertEquals(log, faults.history());
  }

  @Test
  void aSeedGivesTheScheduleAgain() {
    assertEquals(schedule(1), schedule(1));
    assertNotEquals(schedule(1), schedule(2));
  }

  private static List<Strike> schedule(long seed) {
    DeviceFaults faults = new DeviceFaults(strike -> {
      // The history has it.
    });
    faults.add(Fault.parse("what=drop,count=0,probability=0.3,seed=" + seed));
    faults.add(Fault.parse("what=duplicate,count=0,probability=0.3,seed=" + ~seed));
    for (int i = 0; i < 100; i++) {
      faults.strike(FaultPoint.COMPLETION, i % 3, i);
    }
    return faults.history();
  }
}
