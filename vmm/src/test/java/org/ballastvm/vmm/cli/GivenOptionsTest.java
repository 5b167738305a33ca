package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;

/** A command line, split into options and values. */
class GivenOptionsTest {
  private static GivenOptions given(String... words) { return new GivenOptions(List.of(words)); }

  private static String refusal(String... words) {
    return assertThrows(UserError.class, () -> given(words)).getMessage();
  }

  @Test
  void anEmptyLineGivesNothing() {
    GivenOptions nothing = given();
    assertFalse(nothing.has("-m"));
    assertEquals(Optional.empty(), nothing.value("-m"));
    assertEquals(List.of(), nothing.values("-device"));
  }

  @Test
  void anOptionThatCountsOnceHasItsLastValue() {
    assertEquals(Optional.of("2G"), given("-m", "1G", "-m", "2G").value("-m"));
  }

  @Test
  void anOptionThatCountsOftenHasItsValuesInTheirOrder() {
    assertEquals(List.of("b", "a"), given("-device", "b", "-S", "-device", "a").values("-device"));
  }

  @Test
  void twoDashesAreAsGoodAsOne() { assertEquals(Optional.of("file"), given("--kernel", "file").value("-kernel")); }

  @Test
  void qemusShortWordsMeanTheSame() {
    assertEquals(List.of("a", "b"), given("-M", "a", "-machine", "b").values("-machine"));
    assertTrue(given("-h").has("-help"));
  }

  @Test
  void aValueMayLookLikeAnOption() { assertEquals(Optional.of("-S"), given("-append", "-S").value("-append")); }

  @Test
  void aValueMayBeEmpty() { assertEquals(Optional.of(""), given("-append", "").value("-append")); }

  @Test
  void aWordThatTakesNoValueLeavesTheNextAlone() {
    assertEquals("on: a disk image or other word without an option; a kernel is given with -kernel FILE",
        refusal("-S", "on"));
  }

  @Test
  void everyOptionThatNeedsAValueSaysSo() {
    Stream<Option> needy = Option.ALL.stream().filter(Option::takesValue);
    needy.forEach(option -> assertEquals(
        option.name() + ": a value must follow: " + option.name() + " " + option.label(), refusal(option.name())));
  }

  @Test
  void abbreviationsClustersAndEqualsSignsAreNoOptions() {
    for (String word : List.of("-kern", "-m1G", "-kernel=file", "-Sm", "-", "--", "---S")) {
      assertEquals(word + ": Ballast has no such option; -help lists those it has", refusal(word));
    }
  }

  @Test
  void noOptionIsListedTwice() {
    List<String> names = Option.ALL.stream().map(Option::name).toList();
    assertEquals(names.size(), new HashSet<>(names).size());
  }
}
