package org.ballastvm.rig;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a program writes, kept as it comes, so that the program never waits for a reader. Waiting consumes: each wait
 * begins behind what the last one found.
 */
public final class Transcript {
  private static final int BUFFER_BYTES = 1 << 16;

  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final List<Follower> followers = new ArrayList<>();
  private int consumed;
  private boolean ended;
  private boolean closed;
  private Supplier<? extends Error> interruption;

  /** Hears a stream as it comes. On the thread that reads it, which goes on when this returns. */
  public interface Follower {
    /**
     * More has come.
     *
     * @param text what; a byte is a character
     */
    void said(String text);

    /** Nothing more comes. */
    void ended();
  }

  private Transcript() {}

  /** {@return what the stream brings, read until its end by a thread of its own} */
  public static Transcript of(InputStream in) {
    Transcript transcript = new Transcript();
    Thread.ofPlatform().daemon().name("transcript").start(() -> transcript.readAll(in));
    return transcript;
  }

  /** {@return nothing but the end of the stream; what it brings goes on to another, by a thread of its own} */
  static Transcript passing(InputStream in, OutputStream to) {
    Transcript transcript = new Transcript();
    Thread.ofPlatform().daemon().name("passing").start(() -> transcript.passAll(in, to));
    return transcript;
  }

  /** {@return nothing at all: somebody else reads the stream} */
  static Transcript ofNothing() {
    Transcript transcript = new Transcript();
    transcript.end();
    return transcript;
  }

  private void passAll(InputStream in, OutputStream to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (in) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        to.write(buffer, 0, count);
        to.flush();
      }
    } catch (IOException e) {
      drain(in);
    } finally {
      end();
    }
  }

  /** Nobody takes it any more; the program still writes, and its end is read here. */
  private static void drain(InputStream in) {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // The rig is gone, and so is the program; whoever waits for it hears of that.
    }
  }

  private void readAll(InputStream in) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (in) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        append(buffer, count);
      }
    } catch (IOException e) {
      append(new byte[0], 0);
    } finally {
      end();
    }
  }

  private void append(byte[] bytes, int count) {
    List<Follower> told;
    synchronized (this) {
      text.write(bytes, 0, count);
      told = List.copyOf(followers);
      notifyAll();
    }
    if (!told.isEmpty()) {
      String said = new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
      told.forEach(follower -> follower.said(said));
    }
  }

  private void end() {
    List<Follower> told;
    synchronized (this) {
      ended = true;
      told = List.copyOf(followers);
    }
    told.forEach(Follower::ended); // Whoever waits for the end finds that they know of it.
    synchronized (this) {
      closed = true;
      notifyAll();
    }
  }

  /**
   * Has somebody hear what comes from now on, and first what has come already.
   *
   * @param follower who
   */
  public void follow(Follower follower) {
    boolean over;
    synchronized (this) {
      follower.said(new String(text.toByteArray(), StandardCharsets.ISO_8859_1));
      over = ended;
      followers.add(follower);
    }
    if (over) {
      follower.ended();
    }
  }

  /**
   * Ends every wait for what has not come yet, those that are under way and later ones.
   *
   * @param why makes what they throw
   */
  public synchronized void interrupt(Supplier<? extends Error> why) {
    interruption = why;
    notifyAll();
  }

  /** Lets later waits wait again. */
  public synchronized void goOn() { interruption = null; }

  /** {@return everything so far} */
  public synchronized String text() { return text.toString(StandardCharsets.UTF_8); }

  /**
   * Waits for the end.
   *
   * @return everything
   * @throws RigError if it does not end in that time
   */
  public synchronized String whole(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!closed) {
      awaitMore(deadline, "its end");
    }
    return text();
  }

  /**
   * Waits for a pattern in what was not consumed yet, and consumes up to its end.
   *
   * @return what stood before the match, and the match
   * @throws RigError after that time, or if the stream ends before
   */
  public synchronized Found await(Pattern pattern, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      String fresh = new String(text.toByteArray(), consumed, text.size() - consumed, StandardCharsets.ISO_8859_1);
      Matcher matcher = pattern.matcher(fresh);
      if (matcher.find()) {
        consumed += matcher.end();
        return new Found(fresh.substring(0, matcher.start()), matcher.toMatchResult());
      }
      if (closed) {
        throwIfInterrupted();
        throw new RigError("the stream ended before " + pattern + " came; the last it said: " + tail());
      }
      awaitMore(deadline, pattern.toString());
    }
  }

  /** Waits until there is more, or nothing more can come. */
  private void awaitMore(long deadline, String what) {
    int seen = text.size();
    try {
      while (text.size() == seen && !closed) {
        throwIfInterrupted();
        long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
          throw new RigError("waited too long for " + what + "; the last it said: " + tail());
        }
        wait(leftMillis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigError("interrupted while waiting for " + what, e);
    }
  }

  private void throwIfInterrupted() {
    if (interruption != null) {
      throw interruption.get();
    }
  }

  private String tail() {
    String all = text();
    return all.substring(Math.max(0, all.length() - 1500)).strip();
  }

  /**
   * What was waited for.
   *
   * @param before what stood before the match and was not consumed yet
   * @param match the match
   */
  public record Found(String before, MatchResult match) {}
}
