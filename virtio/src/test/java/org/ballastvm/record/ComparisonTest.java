package org.ballastvm.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When two recordings are the same, and what is said where they are not. */
class ComparisonTest {
  private static final String HEAD = "ballast-dialogue 1 type=%d name=virtio-some class=0xff00 offered=0x1"
      + " queues=64,64 config=00 status=0x0 features=0x0 bytes=256\n";

  private static Recording of(int type, String... lines) {
    return Recording.parse(HEAD.formatted(type) + String.join("\n", lines) + "\n");
  }

  private static Optional<String> difference(Recording first, Recording second) {
    return Comparison.firstDifference(first, second, Likeness.WHAT_IS_SAID);
  }

  private static String offer(int queue, int chain, int head, String data) {
    return chain * 10L + " offer queue=" + queue + " chain=" + chain + " head=" + head + " read=" + data.length() / 2
        + " write= data=" + data;
  }

  @Test
  void timesCountOnlyWhereAllIsToBeTheSame() {
    Recording first = of(2, "1 ring queue=0");
    Recording second = of(2, "2 ring queue=0");
    assertTrue(Comparison.firstDifference(first, second, Likeness.EXACTLY).isPresent());
    assertEquals(Optional.empty(), Comparison.firstDifference(first, second, Likeness.IGNORING_TIMES));
  }

  @Test
  void whatIsSaidIsTheSameInAnotherOrderOfQueuesAndWithOtherDescriptors() {
    Recording first = of(2, offer(0, 0, 0, "aa"), "1 ring queue=1", offer(1, 0, 5, "bb"));
    Recording second = of(2, offer(1, 0, 9, "bb"), "1 interrupt of=queue queue=0", offer(0, 0, 1, "aa"));
    assertEquals(Optional.empty(), difference(first, second));
    assertTrue(Comparison.firstDifference(first, second, Likeness.IGNORING_TIMES).isPresent());
  }

  @Test
  void theFirstDifferenceIsShownWithTheLinesAroundIt() {
    Recording first = of(2, offer(0, 0, 0, "aa"), offer(0, 1, 1, "bb"), offer(0, 2, 2, "cc"));
    Recording second = of(2, offer(0, 0, 0, "aa"), offer(0, 1, 1, "bc"));
    assertEquals("""
        the recordings differ in what passed for queue 0 (request), in line 3 of the first and 3 of the second:
            offer chain=0 read=1 write= data=aa
          - offer chain=1 read=1 write= data=bb
          - offer chain=2 read=1 write= data=cc
          + offer chain=1 read=1 write= data=bc
        """, difference(first, second).orElseThrow());
  }

  @Test
  void whereOneEndsEarlierTheOtherHasMore() {
    String text = difference(of(2, offer(0, 0, 0, "aa")), of(2, offer(0, 0, 0, "aa"), offer(0, 1, 1, "bb")))
        .orElseThrow();
    assertTrue(text.contains("line (none, it ends there) of the first and 3 of the second"), text);
  }

  @Test
  void howManyChainsAreTakenBeforeOneComesBackIsNotSaid() {
    String use = "1 use queue=0 chain=0 head=0 length=0 data=";
    Recording batch = of(2, offer(0, 0, 0, "aa"), offer(0, 1, 1, "bb"), use);
    assertEquals(Optional.empty(), difference(batch, of(2, offer(0, 0, 0, "aa"), use, offer(0, 1, 1, "bb"))));
    assertTrue(difference(batch, of(2, offer(0, 0, 0, "aa"), offer(0, 1, 1, "bb"))).orElseThrow()
        .contains("in what passed for answers of queue 0 (request)"));
  }

  @Test
  void pageNumbersOfABalloonAreAddressesAndItsLengthsAreNot() {
    assertEquals(Optional.empty(), difference(of(5, offer(0, 0, 0, "0a0b0c0d")), of(5, offer(0, 0, 0, "01020304"))));
    assertTrue(difference(of(5, offer(0, 0, 0, "0a0b0c0d")), of(5, offer(0, 0, 0, "0102030405060708"))).isPresent());
  }

  @Test
  void aRequestForMemoryCountsButForItsAddress() {
    String plug = "0000000000000000";
    String blocks = "0100000000000000";
    assertEquals(Optional.empty(),
        difference(of(24, offer(0, 0, 0, plug + "0000008000000000" + blocks)),
            of(24, offer(0, 0, 0, plug + "0000009000000000" + blocks))));
    assertTrue(difference(of(24, offer(0, 0, 0, plug + "0000008000000000" + blocks)),
        of(24, offer(0, 0, 0, plug + "0000008000000000" + plug))).isPresent());
  }

  @Test
  void theSameReadAgainSaysNothingNew() {
    String read = "config-read offset=0 width=4 value=0x1";
    assertEquals(Optional.empty(), difference(of(5, "1 " + read, "2 " + read), of(5, "1 " + read)));
    assertTrue(difference(of(5, "1 " + read), of(5, "1 config-read offset=0 width=4 value=0x2")).isPresent());
  }

  @Test
  void bytesThatOnlyOneHasRecordedDoNotCount() {
    Recording more = of(2, offer(0, 0, 0, "aabb"));
    Recording less = Recording.parse(more.text().replace("bytes=256", "bytes=1").replace("aabb", "aa"));
    assertEquals(Optional.empty(), difference(more, less));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello", "ballast-dialogue 2 type=1\n", "ballast-dialogue 1 type=99 name=x\n"})
  void whatIsNoRecordingIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Recording.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x ring queue=0", "1 ring", "1 ring queue=-1", "1 ring queue=5000", "1 sing queue=0",
      "1 offer queue=0 chain=0 head=0 read=1x99999999 write= data=",
      "1 offer queue=0 chain=0 head=0 read= write= data=abc", "1 use queue=0 chain=0 head=0 length=x data=",
      "99999999999999999999 ring queue=0"})
  void aLineThatIsNoneIsRefusedWithTheLine(String line) {
    IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> of(2, line));
    assertTrue(refusal.getMessage().startsWith("the line '" + line), refusal.getMessage());
  }

  @Test
  void aLastLineThatIsNotWholeIsLeftOut() {
    assertEquals(0, Recording.parse(HEAD.formatted(2) + "1 ring que").entries().size());
  }
}
