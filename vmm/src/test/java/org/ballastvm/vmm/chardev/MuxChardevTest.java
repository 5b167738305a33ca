package org.ballastvm.vmm.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A console and a monitor on one terminal. */
class MuxChardevTest {
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final List<String> quits = new ArrayList<>();
  private final MuxChardev mux = new MuxChardev(new Below(), () -> quits.add("quit"));
  private final FakeFrontend console = new FakeFrontend();
  private final FakeFrontend monitor = new FakeFrontend();

  /** The terminal. */
  private final class Below implements Chardev {
    @Override
    public void connect(CharFrontend to) {
      // The test types into the mux itself.
    }

    @Override
    public int sendRoom() { return 100; }

    @Override
    public void send(byte[] bytes, int offset, int count) { screen.write(bytes, offset, count); }

    @Override
    public void receiveMore() {
      // The test types again when it wants to.
    }

    @Override
    public String describe() { return "below"; }

    @Override
    public void close() { quits.add("closed"); }
  }

  @BeforeEach
  void open() {
    mux.connect(console);
    mux.connect(monitor);
    mux.opened();
  }

  private void type(String keys) {
    byte[] bytes = keys.getBytes(StandardCharsets.ISO_8859_1);
    mux.receive(bytes, 0, bytes.length);
  }

  @Test
  void keysGoToTheConsoleFirstAndToTheOtherBehindCtrlAC() {
    type("ls\r\1cinfo\r\1cpwd\r\1cq");
    assertEquals("<opened>ls\r<unfocused><focused>pwd\r<unfocused>", console.seen());
    assertEquals("<opened>info\r<unfocused><focused>q", monitor.seen());
  }

  @Test
  void escapesAreSeenThoughTheGuestReadsNothing() {
    console.takeOnly(0);
    type("x".repeat(100));
    type("\1c");
    type("info\r");
    assertEquals("<opened>info\r", monitor.seen());
    type("\1x");
    assertEquals(List.of("quit"), quits);
  }

  @Test
  void whatTheGuestHadNoRoomForComesWhenItReads() {
    console.takeOnly(2);
    type("abcdef\1cg");
    console.takeOnly(3);
    mux.receiveMore();
    console.takeOnly(10);
    mux.receiveMore();
    assertEquals("<opened>ab<unfocused>cdef", console.seen());
    assertEquals("<opened>g", monitor.seen());
  }

  @Test
  void aMonitorThatTakesAFewKeysAtOnceGetsAllThatCameTogether() {
    StringBuilder seen = new StringBuilder();
    mux.connect(new CharFrontend() {
      @Override
      public int room() { return 3; }

      @Override
      public void receive(byte[] bytes, int offset, int count) {
        seen.append(new String(bytes, offset, count, StandardCharsets.ISO_8859_1));
        mux.receiveMore(); // as one does whose answer has gone out
      }

      @Override
      public void opened() { seen.append('<'); }

      @Override
      public void closed() { seen.append('>'); }

      @Override
      public void drained() {
        // It sent nothing.
      }
    });
    type("\1c\1cinfo status\rquit\r");
    assertEquals("<info status\rquit\r", seen.toString());
  }

  @Test
  void aTerminalIsMadeToWaitBeforeAnyKeyIsLost() {
    console.takeOnly(0);
    int typed = 0;
    while (mux.room() > 0) {
      type("k");
      typed++;
    }
    console.takeOnly(Integer.MAX_VALUE);
    mux.receiveMore();
    assertEquals("<opened>" + "k".repeat(typed), console.seen());
  }

  @Test
  void anEscapeMayComeInTwoParts() {
    type("a\1");
    type("cb");
    assertEquals("<opened>a<unfocused>", console.seen());
    assertEquals("<opened>b", monitor.seen());
  }

  @Test
  void ctrlATwiceSendsOneAndOtherKeysBehindItAreIgnored() {
    type("\1\1-\1z-\1\r");
    assertEquals("<opened>\1--", console.seen());
  }

  @Test
  void ctrlAHHelps() {
    type("\1h");
    String help = screen.toString(StandardCharsets.US_ASCII);
    for (String line : List.of("C-a h    print this help", "C-a x    exit emulator",
        "C-a c    switch between console and monitor", "C-a C-a  sends C-a")) {
      assertEquals(true, help.contains(line + "\r\n"), help);
    }
    assertEquals("<opened>", console.seen());
  }

  @Test
  void ctrlAXSaysThatItIsTheEnd() {
    type("\1x");
    assertEquals("Ballast: Terminated\r\n", screen.toString(StandardCharsets.US_ASCII));
    assertEquals(List.of("quit"), quits);
  }

  @Test
  void bothAreHeardWhoeverHasTheKeys() {
    mux.send("boot ".getBytes(StandardCharsets.US_ASCII), 0, 5);
    type("\1c");
    mux.send("more".getBytes(StandardCharsets.US_ASCII), 0, 4);
    assertEquals("boot more", screen.toString(StandardCharsets.US_ASCII));
    mux.drained();
    assertEquals("<opened><unfocused><drained>", console.seen());
    assertEquals("<opened><drained>", monitor.seen());
  }

  @Test
  void theNextClientStartsAfresh() {
    console.takeOnly(0);
    type("left over\1c\1");
    mux.closed();
    mux.opened();
    console.takeOnly(100);
    type("c");
    assertEquals("<opened><unfocused><closed>", console.seen());
    assertEquals("<opened><closed><opened>c", monitor.seen());
  }

  @Test
  void closingClosesWhatIsShared() {
    mux.close();
    assertEquals(List.of("closed"), quits);
  }

  @Test
  void ctrlABSendsABreakBehindTheKeysBeforeIt() {
    type("ls\1bt\1c\1bq");
    assertEquals("<opened>ls<break>t<unfocused>", console.seen());
    assertEquals("<opened><break>q", monitor.seen());
  }

  @Test
  void aFrontendThatLeavesHandsTheKeysToTheNextOne() {
    type("ab\1c");
    mux.disconnect(monitor);
    type("cd");
    assertEquals("<opened>ab<unfocused><focused>cd", console.seen());
    type("\1ce");
    assertEquals("<opened>ab<unfocused><focused>cde", console.seen());
    assertEquals("<opened>", monitor.seen());
  }

  @Test
  void oneThatLeavesBeforeAnotherDoesNotMoveTheKeys() {
    type("\1c");
    mux.disconnect(console);
    type("x");
    assertEquals("<opened>x", monitor.seen());
  }

  @Test
  void whenAllHaveLeftEscapesAreSeenAndTheNextOneGetsTheKeys() {
    mux.disconnect(console);
    mux.disconnect(monitor);
    type("lost");
    FakeFrontend late = new FakeFrontend();
    mux.connect(late);
    type("found");
    assertEquals("<opened>found", late.seen());
    mux.disconnect(late);
    type("\1x");
    assertEquals(List.of("quit"), quits);
  }

  @Test
  void oneThatComesLateIsTurnedToInItsTurn() {
    FakeFrontend late = new FakeFrontend();
    mux.connect(late);
    assertEquals("", late.seen());
    type("\1c\1cx");
    assertEquals("<opened>x", late.seen());
  }
}
