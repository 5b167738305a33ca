package org.ballastvm.testkit;

import java.util.List;
import org.ballastvm.rig.RigError;

/** All that can be seen of a guest when its test has failed: what it said, and what its machine shows of it. */
final class GuestReport extends RigError {
  private static final long serialVersionUID = 1L;
  /** Of each part its end: a log may be long. */
  private static final int MOST_CHARS = 16_000;
  private static final List<String> LOOKS = List.of("info status", "info registers -a", "info stacks", "info dmesg");

  private GuestReport(String text) { super(text); }

  static GuestReport of(Guest guest) {
    StringBuilder text = new StringBuilder("what the guest said: " + guest.lastWords());
    guest.verdicts().forEach(verdict -> text.append("\nverdict: ").append(verdict.kind()).append(' ')
        .append(verdict.title()).append(' ').append(verdict.fingerprint()));
    if (guest.isRunning()) {
      look(guest, text);
    }
    return new GuestReport(text.toString());
  }

  /** Ends with the first that is not answered: a monitor that is asked once more takes as long again. */
  private static void look(Guest guest, StringBuilder text) {
    try {
      for (String look : LOOKS) {
        text.append("\n--- ").append(look).append('\n');
        String answer = guest.monitor(look);
        text.append(answer, Math.max(0, answer.length() - MOST_CHARS), answer.length());
      }
    } catch (RigError e) {
      text.append("not to be had: ").append(e.getMessage());
    }
  }
}
