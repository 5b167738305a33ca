package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** QEMU's syntax behind an option, and what is said of mistakes in it. */
class KeyValuesTest {
  private static KeyValues device(String text) { return KeyValues.parse("-device", text, "driver"); }

  private static String refusal(String text, Consumer<KeyValues> reader) {
    return assertThrows(UserError.class, () -> reader.accept(device(text))).getMessage();
  }

  @Test
  void theFirstPartNeedsNoKeyAndABareWordIsOn() {
    KeyValues values = device("balloon,id=b0,deflate-on-oom");
    assertEquals("balloon", values.require("driver"));
    assertEquals(Optional.of("b0"), values.take("id"));
    assertEquals(true, values.takeBoolean("deflate-on-oom", false));
    assertEquals(false, values.takeBoolean("other", false));
    values.refuseRest("nothing else");
  }

  @Test
  void theFirstPartMayHaveItsKeyAndStandAnywhere() {
    KeyValues values = device("id=b0,driver=balloon");
    assertEquals("balloon", values.require("driver"));
    assertEquals("b0", values.require("id"));
  }

  @Test
  void twoCommasAreOneCommaInAValue() { assertEquals("a,b=c,", device("x,path=a,,b=c,,").require("path")); }

  @ParameterizedTest
  @CsvSource({"on, true", "off, false", "yes, true", "no, false", "true, true", "false, false", "y, true", "n, false"})
  void switchesHaveQemusWords(String word, boolean on) {
    assertEquals(on, device("x,key=" + word).takeBoolean("key", !on));
  }

  @Test
  void numbersAndSizesAreReadWithinTheirRange() {
    assertEquals(Optional.of(16), device("x,n=0x10").takeInt("n", 0, 16));
    assertEquals(Optional.empty(), device("x").takeInt("n", 0, 16));
    assertEquals(Optional.of(3L << 30), device("x,size=3G").takeSize("size", 1));
    assertEquals(Optional.of(5L << 20), device("x,size=5").takeSize("size", 1 << 20));
  }

  @Test
  void aMistakeIsNamedTogetherWithWhereItIs() {
    assertEquals("-device balloon,key=maybe: must be on or off",
        refusal("balloon,key=maybe", values -> values.takeBoolean("key", true)));
    assertEquals("-device balloon,n=17: must be a number from 1 to 16",
        refusal("balloon,n=17", values -> values.takeInt("n", 1, 16)));
    assertEquals("-device driver=x: must be a number from 1 to 16",
        refusal("x", values -> values.takeInt("driver", 1, 16)));
    assertEquals("-device balloon,size=much: must be a size such as 512M or 4G",
        refusal("balloon,size=much", values -> values.takeSize("size", 1)));
    assertEquals("-device balloon: parameter 'id' is missing", refusal("balloon", values -> values.require("id")));
    assertEquals("-device balloon: there is no property 'color'; allowed are driver",
        refusal("balloon,color=red", values -> {
          values.take("driver");
          values.refuseRest("driver");
        }));
  }

  @Test
  void whatIsNoListOfKeysIsRefused() {
    String empty = ": a part between two commas is empty; it must be key=value";
    for (String text : new String[]{"", "x,", ",x", "x,=3"}) {
      assertEquals("-device " + text + empty, refusal(text, values -> {
        // Reading it is enough.
      }));
    }
    assertEquals("-device x,id=a,id=b: id is given twice", refusal("x,id=a,id=b", values -> {
      // Reading it is enough.
    }));
  }
}
