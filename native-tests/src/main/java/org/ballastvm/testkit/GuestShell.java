package org.ballastvm.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.RigError;
import org.ballastvm.rig.Transcript;

/**
 * The shell on a guest's console. It answers line by line, so an answer that nobody has waited for would be taken for that of the
 * next line: the shell is then asked first for a word of its own, and all before it is left aside.
 */
final class GuestShell {
  private static final Pattern ENDED = Pattern.compile("LAB-RC (\\d+)\r?\n");

  private final HostedProcess process;
  private final GuestWait wait;
  private final Supplier<String> lastWords;
  private final Duration patience;
  private State state = new Answered();
  private int words;

  /**
   * A shell.
   *
   * @param lastWords for a message
   * @param patience for a line whose answer is late
   */
  GuestShell(HostedProcess process, GuestWait wait, Supplier<String> lastWords, Duration patience) {
    this.process = process;
    this.wait = wait;
    this.lastWords = lastWords;
    this.patience = patience;
  }

  /** What may still come. */
  private sealed interface State {
  }

  /** Nothing: each line has its answer. */
  private record Answered() implements State {
  }

  /** The answer to a line; or it has come, and somebody else has read it. */
  private record Unknown(String line) implements State {
  }

  /** Nobody knows: the shell did not come back from a line. */
  private record Lost(String line) implements State {
  }

  /** It has just begun, and was asked for nothing. */
  synchronized void begun() { state = new Answered(); }

  /** Types a line and waits for nothing. */
  synchronized void type(String line) {
    send(line);
    if (!(state instanceof Lost)) {
      state = new Unknown(line);
    }
  }

  /**
   * Runs a line.
   *
   * @throws RigError if it does not end in that time, or the shell has not come back from a line before it
   */
  synchronized Guest.CommandResult run(String line, Duration atMost) {
    settle();
    type(line);
    Transcript.Found end = wait.until(ENDED, atMost, true);
    state = new Answered();
    String output = end.before().replace("\r", "");
    return new Guest.CommandResult(output.startsWith(line + "\n") ? output.substring(line.length() + 1) : output,
        Integer.parseInt(end.match().group(1)));
  }

  private void settle() {
    switch (state) {
      case Answered _ -> {
      }
      case Unknown unknown -> awaitPrompt(unknown.line());
      case Lost lost -> throw lost(lost.line(), null);
    }
  }

  /** The word is put together by the shell, so that a terminal's echo does not have it. */
  private void awaitPrompt(String late) {
    words++;
    send("echo LAB-ASKED $((" + words + "))");
    try {
      wait.until(Pattern.compile("LAB-ASKED " + words + "\r?\n(?s:.*?)LAB-RC 0\r?\n"), patience, true);
      state = new Answered();
    } catch (LostMachine | BallastFault e) {
      throw e;
    } catch (RigError e) {
      state = new Lost(late);
      throw lost(late, e);
    }
  }

  private RigError lost(String line, Throwable cause) {
    return new RigError("the guest's console takes no more lines: '" + line + "' has not ended; " + lastWords.get(),
        cause);
  }

  private void send(String line) {
    try {
      process.input().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.input().flush();
    } catch (IOException e) {
      throw new RigError("the console takes no input; " + lastWords.get(), e);
    }
  }
}
