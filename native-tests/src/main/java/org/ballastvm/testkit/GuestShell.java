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
  private int lines;
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

  /**
   * What a line has come to.
   *
   * @param output what it wrote, on both streams
   * @param status its exit status
   */
  record Answer(String output, int status) {}

  /** What may still come. */
  private sealed interface State {}

  /** Nothing: each line has its answer. */
  private record Answered() implements State {}

  /** The answer to a line; or it has come, and somebody else has read it. */
  private record Unknown(String line) implements State {}

  /** Nobody knows: the shell did not come back from a line. */
  private record Lost(String line) implements State {}

  /** It has just begun, and was asked for nothing. */
  synchronized void begun() { state = new Answered(); }

  /** Types a line and waits for nothing; also while somebody waits for the answer to another one. */
  void type(String line) {
    int unused = typed(line, line);
  }

  /** Types a line, on account of that or of an earlier one; returns which it is. */
  private synchronized int typed(String line, String owed) {
    send(line);
    if (!(state instanceof Lost)) {
      state = new Unknown(owed);
    }
    return ++lines;
  }

  /** The answer to a line has come, and there is no other line whose answer has not. */
  private synchronized void answered(int line) {
    if (line == lines) {
      state = new Answered();
    }
  }

  /**
   * Runs a line.
   *
   * @throws RigError if it does not end in that time, or the shell has not come back from a line before it
   */
  Answer run(String line, Duration atMost) {
    settle();
    int number = typed(line, line);
    Transcript.Found end = wait.until(ENDED, atMost, true);
    answered(number);
    String output = end.before().replace("\r", "");
    return new Answer(output.startsWith(line + "\n") ? output.substring(line.length() + 1) : output,
        Integer.parseInt(end.match().group(1)));
  }

  private synchronized State state() { return state; }

  private void settle() {
    switch (state()) {
      case Answered _ -> {
      }
      case Unknown unknown -> awaitPrompt(unknown.line());
      case Lost lost -> throw lost(lost.line(), null);
    }
  }

  /** The word is put together by the shell, so that a terminal's echo does not have it. */
  private void awaitPrompt(String late) {
    words++;
    int number = typed("echo LAB-ASKED $((" + words + "))", late);
    try {
      wait.until(Pattern.compile("LAB-ASKED " + words + "\r?\n(?s:.*?)LAB-RC 0\r?\n"), patience, true);
      answered(number);
    } catch (LostMachine | BallastFault e) {
      throw e;
    } catch (RigError e) {
      lose(late);
      throw lost(late, e);
    }
  }

  private synchronized void lose(String line) { state = new Lost(line); }

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
