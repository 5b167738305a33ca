package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What somebody types, what they see, and what the monitor gets. */
class LineEditorTest {
  private static final String UP = "\033[A";
  private static final String DOWN = "\033[B";
  private static final String RIGHT = "\033[C";
  private static final String LEFT = "\033[D";
  private static final String HOME = "\033[H";
  private static final String END = "\033[F";
  private static final String DELETE = "\033[3~";
  private static final String BACKSPACE = "\177";

  private final Screen screen = new Screen();
  private final List<String> lines = new ArrayList<>();
  private final LineEditor editor = new LineEditor("> ", screen::show, this::done, LineEditorTest::ways);

  /** A monitor with a few commands. */
  private static List<String> ways(String line) {
    String last = line.substring(line.lastIndexOf(' ') + 1);
    List<String> words = line.startsWith("info ")
        ? List.of("status", "version")
        : line.startsWith("qom-list ")
            ? List.of("/machine/", "/objects/")
            : List.of("balloon", "info", "system_powerdown", "system_reset");
    return words.stream().filter(word -> word.startsWith(last)).toList();
  }

  @BeforeEach
  void prompt() { editor.prompt(); }

  private void done(String line) {
    lines.add(line);
    editor.prompt();
  }

  private void type(String keys) {
    for (byte key : keys.getBytes(StandardCharsets.UTF_8)) {
      editor.key(key & 0xff);
    }
  }

  private static String control(char letter) { return String.valueOf((char) (letter - '@')); }

  @Test
  void whatIsTypedIsSeenAndIsTheLineAtEnter() {
    type("info status");
    assertEquals("> info status|", screen.row());
    type("\r");
    assertEquals(List.of("info status"), lines);
    assertEquals(List.of("> info status", ">"), screen.rows());
  }

  @Test
  void aLineEndsAtCarriageReturnLineFeedOrBoth() {
    type("a\rb\nc\r\nd\r\n\r\n\n");
    assertEquals(List.of("a", "b", "c", "d", "", ""), lines);
  }

  @Test
  void arrowsAndTheirControlKeysMoveWithinTheLine() {
    type("bd" + LEFT + "c" + HOME + "a" + END + "f" + LEFT + LEFT + LEFT + LEFT + LEFT + LEFT + RIGHT);
    assertEquals("> a|bcdf", screen.row());
    type(control('E') + control('B') + "e" + control('A') + control('F') + "-");
    assertEquals("> a-|bcdef", screen.row());
  }

  @Test
  void theOtherSpellingsOfTheKeysAreKnown() {
    type("bc\033OHa\033OFd\033[1~<\033[4~>\033OD\033OC!\r");
    assertEquals(List.of("<abcd>!"), lines);
  }

  @Test
  void keysDeleteToTheLeftToTheRightToTheEndAndAll() {
    type("one two three" + BACKSPACE + "\b");
    assertEquals("> one two thr|", screen.row());
    type(control('W') + control('W'));
    assertEquals("> one |", screen.row());
    type(HOME + DELETE + control('D') + RIGHT + control('K'));
    assertEquals("> e|", screen.row());
    type(control('K') + BACKSPACE + BACKSPACE + "other" + LEFT + control('U'));
    assertEquals("> |", screen.row());
  }

  @Test
  void historyGoesBackAndForthAndForgetsRepetitions() {
    type("one\rtwo\rtwo\r\r" + UP);
    assertEquals("> two|", screen.row());
    type(UP + UP + UP);
    assertEquals("> one|", screen.row());
    type(DOWN + " more\r" + control('P'));
    assertEquals("> two more|", screen.row());
    type(control('N'));
    assertEquals("> |", screen.row());
    assertEquals(List.of("one", "two", "two", "", "two more"), lines);
  }

  @Test
  void tabCompletesWhatCanOnlyEndInOneWay() {
    type("b\t40\rin\tst\t\r");
    assertEquals(List.of("balloon 40", "info status "), lines);
  }

  @Test
  void tabGoesAsFarAsAllWaysGoTogetherAndThenListsThem() {
    type("sys\t");
    assertEquals("> system_|", screen.row());
    type("\t");
    assertEquals(List.of("> system_", "system_powerdown  system_reset", "> system_"), screen.rows());
    type("r\t");
    assertEquals("> system_reset |", screen.row());
  }

  @Test
  void tabLeavesTheCursorWhereAPathGoesOn() {
    type("qom-list /m\tperipheral\r");
    assertEquals(List.of("qom-list /machine/peripheral"), lines);
  }

  @Test
  void tabBehindWhatHasNoWayToEndChangesNothing() {
    type("nothing\t");
    assertEquals("> nothing|", screen.row());
    type(" here\t");
    assertEquals("> nothing here|", screen.row());
  }

  @Test
  void whatIsNoKeyOfOursIsIgnored() {
    type("a\033[5~\033[1;5C\033x\033[200~b\033[?1;2c\007\033[99999999cc");
    assertEquals("> abc|", screen.row());
  }

  @Test
  void aCharacterOfSeveralBytesIsOneToTheCursor() {
    type("größe" + LEFT + LEFT + BACKSPACE + "ä");
    assertEquals("> grä|ße", screen.row());
    type("\r");
    assertEquals(List.of("gräße"), lines);
  }

  @Test
  void bytesThatAreNoTextAreIgnored() {
    for (int key : new int[]{'a', 0xff, 0xc3, 'b', 0x80, 0xc2, 0x9b, 0xf0, 0x9f, 0x98, 0x80, 'c'}) {
      editor.key(key);
    }
    assertEquals("> abc|", screen.row());
  }

  @Test
  void aLineThatIsTooLongKeepsItsStart() {
    type("x".repeat(5000) + "\r");
    assertEquals(List.of("x".repeat(4095)), lines);
  }

  @Test
  void somebodyElsesHalfLineIsForgotten() {
    type("half\033[");
    editor.clear();
    editor.prompt();
    type("A whole\r");
    assertEquals(List.of("A whole"), lines);
  }

  @Test
  void whateverBytesComeALineCanBeTypedBehindThem() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      for (byte key : bytes) {
        editor.key(key & 0xff);
      }
      type("~" + control('E') + control('U') + "stop\r"); // the tilde ends what may have begun
      assertEquals("stop", lines.getLast(), "seed " + seed);
    }
  }

  @Test
  void whateverIsTypedTheScreenShowsTheLineThatIsSent() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] keys = {"a", "b", " ", "ü", "info", UP, DOWN, LEFT, RIGHT, HOME, END, DELETE, BACKSPACE, control('W'),
        control('K'), control('U'), "\r", "\t", "\033[7~"};
    for (int i = 0; i < 500; i++) {
      type(keys[random.nextInt(keys.length)]);
      String seen = screen.rows().getLast();
      type(control('E') + "\r");
      String sent = "> " + lines.getLast();
      assertEquals(sent.stripTrailing(), seen, "seed " + seed);
      type(UP);
    }
  }
}
