package org.ballastvm.vmm.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON from those who write it well, and from those who do not. */
class JsonInputTest {
  private static final int READ_AT_ONCE = 4096;

  /** Values as they are, complaints as text that begins with {@code !}. */
  private final List<Object> read = new ArrayList<>();
  private boolean onlyOne;
  private boolean goneAfterEach;
  private final JsonInput input = new JsonInput(new JsonInput.Reader() {
    @Override
    public void value(Object json) { note(json); }

    @Override
    public void broken(String why) { note("!" + why); }

    @Override
    public boolean takesMore() { return !onlyOne; }
  });

  private void note(Object what) {
    read.add(what);
    if (goneAfterEach) {
      input.clear();
    }
  }

  /** One byte for each character. */
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void feed(byte[] bytes, int atOnce) {
    for (int i = 0; i < bytes.length; i += atOnce) {
      input.read(bytes, i, Math.min(atOnce, bytes.length - i));
    }
  }

  private void feed(String text) { feed(bytes(text), READ_AT_ONCE); }

  /** It complained once, and understands what comes next. */
  private void assertReportedOnce(String complaint) {
    feed("\n{\"a\": 5}");
    assertEquals(List.of("!" + complaint, Map.of("a", 5L)), read);
  }

  @Test
  void valuesOfEveryKindAreRead() {
    feed("{\"a\":[1,-2,1.5,true,false,null,\"x\\u00e9\\ud83d\\ude00\"]}{} []\n'q' 18446744073709551615 ");
    assertEquals(List.of(Map.of("a", Arrays.asList(1L, -2L, 1.5, true, false, null, "x\u00e9\ud83d\ude00")), Map.of(),
        List.of(), "q", new BigInteger("18446744073709551615")), read);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64})
  void itMattersNotHowTheBytesArrive(int atOnce) {
    String text = "{\"a\":\"\u00c3\u00a9\"} {bad} {\"b\":1}\n\"\u00ed\u00a0\u0080\"\n[1,\u00ff{\"c\":\r\n2}\nnul\n{\"d\":3}}\n4\n";
    feed(bytes(text), READ_AT_ONCE);
    List<Object> atOnceAll = List.copyOf(read);
    read.clear();
    input.clear();
    feed(bytes(text), atOnce);
    assertEquals(atOnceAll, read);
    assertEquals(List.of(Map.of("a", "\u00e9"), Map.of("c", 2L), Map.of("d", 3L), 4L),
        read.stream().filter(one -> !one.toString().startsWith("!")).toList());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', value = {"`\"\u00c0\u0080\"` > invalid UTF-8",
      "`\"\u00ed\u00a0\u0080\"` > invalid UTF-8", "`\"\u00e0\u0080\u0080\"` > invalid UTF-8",
      "`\"\u00f0\u0080\u0080\u0080\"` > invalid UTF-8", "`\"\u00f4\u0090\u0080\u0080\"` > invalid UTF-8",
      "`\"\u00fe\"` > invalid UTF-8", "{\"a\":\"\\ud800\"} > \\ud800 is not a valid Unicode character",
      "[\"\\ud800\\ud800\"] > \\ud800 is not a valid Unicode character", "[1e400] > a number is out of range",
      "[-1e99999999] > a number is out of range", "{\"a\":1,\"a\":2} > duplicate key"})
  void whatCannotBeMeantIsReportedOnce(String text, String complaint) {
    feed(text);
    assertReportedOnce(complaint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage", "[01]", "{\"a\" 1}", "[1 2]", "\u0000", "\"a\u0000b\"", "\"unterminated",
      "{\"a\":}",
      "}", "]", "[}", "{\"a\":1]", "\"\u00c3(\"", "\u00e9", "[NaN]", "[\"\\q\"]", "[\"\\u12\"]", "--1 ", "<?xml?>",
      "{\"\\udc00\":1}"})
  void whatIsNoJsonIsReportedOnce(String text) {
    feed(text + "\n{\"a\": 5}");
    assertEquals(2, read.size(), read.toString());
    assertTrue(read.getFirst().toString().startsWith("!"), read.toString());
    assertEquals(Map.of("a", 5L), read.getLast());
  }

  @Test
  void aStringOf100MebibytesIsReportedOnceAndNotKept() {
    feed("{\"execute\": \"");
    byte[] piece = new byte[READ_AT_ONCE];
    Arrays.fill(piece, (byte) 'x');
    for (int i = 0; i < (100 << 20) / piece.length; i++) {
      input.read(piece, 0, piece.length);
    }
    assertReportedOnce("the message is longer than 65536 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "[{\"\":"})
  void aNestOf100000IsReportedOnce(String one) {
    feed(one.repeat(100_000));
    feed("\n{\"a\": 5}");
    assertEquals(2, read.size());
    assertTrue(read.getFirst().toString().startsWith("!Document nesting depth (257) exceeds"), read.toString());
  }

  @Test
  void aNumberOfAMillionDigitsIsReportedOnce() {
    feed("9".repeat(1_000_000));
    feed("\n{\"a\": 5}");
    assertEquals(2, read.size(), read.toString());
  }

  @Test
  void aMessageOfTooManySmallValuesIsReportedOnce() {
    feed("[" + "{},".repeat(JsonInput.MOST_VALUES + 1));
    assertReportedOnce("the message has more than 4096 values");
  }

  @Test
  void emptyLinesMayGoOnForEver() {
    feed("\n".repeat(3 * JsonInput.LONGEST) + "5\n");
    assertEquals(List.of(5L), read);
  }

  @Test
  void byteFfBeginsAnewAndSaysSoToThoseWhoWait() {
    feed("\u00ff\u00ff{\"a\":5}\u00ff{\"b\":\u00ff{\"c\":5}");
    assertEquals(List.of(Map.of("a", 5L), "!byte 0xff within a message; what came before it is dropped",
        Map.of("c", 5L)), read);
  }

  @Test
  void whoTakesOneAtATimeGetsAllInTheEnd() {
    onlyOne = true;
    byte[] all = bytes("{\"a\":1} 2 [3]{}\n{\"b\":\n4}\n\"5\"\nbad\n6\n");
    for (int at = 0; at < all.length;) {
      int before = read.size();
      at += input.read(all, at, all.length - at);
      assertTrue(read.stream().skip(before).filter(one -> !one.toString().startsWith("!")).count() <= 1);
    }
    assertEquals(List.of(Map.of("a", 1L), 2L, List.of(3L), Map.of(), Map.of("b", 4L), "5"), read.subList(0, 6));
    assertEquals(6L, read.getLast());
    assertEquals(8, read.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 2 3\n", "{\"a\":1}{\"b\":1}", "bad {\"b\":1}", "\u00fe\u00fe", "{\"a\":\u00ff{}"})
  void whatFollowedIsForgottenWhenTheClientGoesMeanwhile(String text) {
    goneAfterEach = true;
    feed(text);
    assertEquals(1, read.size(), read.toString());
    read.clear();
    feed("{\"c\":5}");
    assertEquals(List.of(Map.of("c", 5L)), read);
  }

  @Test
  void noiseOfAnyKindNeverThrows() {
    Random random = new Random(42);
    String pieces = "{}[]\",:\\u0d8b'0123456789.eE+-truefalsn \n\t\u0000\u00c3\u00a9\u00ff\u00ed\u00e0";
    for (int round = 0; round < 2000; round++) {
      ByteArrayOutputStream noise = new ByteArrayOutputStream();
      for (int i = random.nextInt(200); i > 0; i--) {
        noise.write(round % 2 == 0 ? random.nextInt(256) : pieces.charAt(random.nextInt(pieces.length())));
      }
      feed(noise.toByteArray(), 1 + random.nextInt(50));
      read.clear();
      feed("\u00ff\n");
      read.clear();
      feed("{\"a\":5}");
      assertEquals(List.of(Map.of("a", 5L)), read);
    }
  }
}
