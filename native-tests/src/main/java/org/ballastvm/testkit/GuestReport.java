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
      for (String look : LOOKS) {
        text.append("\n--- ").append(look).append('\n').append(seen(guest, look));
      }
    }
    return new GuestReport(text.toString());
  }

  private static String seen(Guest guest, String look) {
    try {
      String answer = guest.monitor(look);
      return answer.substring(Math.max(0, answer.length() - MOST_CHARS));
    } catch (RigError e) {
      return "not to be had: " + e.getMessage();
    }
  }
}
