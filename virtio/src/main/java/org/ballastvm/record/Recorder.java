package org.ballastvm.record;

import java.io.IOException;
import java.io.Writer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Writes a recording, and never more than its limit. Devices call it under their locks, so what it writes to must not wait for
 * long; when that fails, or is full, the recording ends and the guest goes on. Any thread.
 */
public final class Recorder {
  /** What the last line needs at most. */
  private static final int ROOM_FOR_END = 512;

  /** How far a recording is. */
  public enum State {
    /** It goes on. */
    RECORDING,
    /** Somebody ended it, or the device has gone. */
    ENDED,
    /** It is as long as it may be. */
    FULL,
    /** It could not be written. */
    FAILED
  }

  private final RecordingLimits limits;
  private final LongSupplier nanos;
  private final long beginNanos;
  private final Consumer<String> trouble;
  private final Writer out;
  private State state = State.RECORDING;
  private long writtenBytes;
  private long events;

  /**
   * Begins a recording.
   *
   * @param out takes its text, all ASCII; is closed with it
   * @param limits how much of it
   * @param nanos the time, as System.nanoTime
   * @param trouble is given a sentence, once, when the text cannot be written; under locks of a device
   */
  public Recorder(Writer out, RecordingLimits limits, LongSupplier nanos, Consumer<String> trouble) {
    this.out = out;
    this.limits = limits;
    this.nanos = nanos;
    this.trouble = trouble;
    this.beginNanos = nanos.getAsLong();
  }

  /** {@return how much it records} */
  public RecordingLimits limits() { return limits; }

  /**
   * Writes the first line, before anything else.
   *
   * @param header what is recorded
   */
  public synchronized void begin(RecordingHeader header) { write(header.words() + "\n"); }

  /**
   * Something has passed.
   *
   * @param event what
   */
  public synchronized void note(RecordedEvent event) {
    if (state != State.RECORDING) {
      return;
    }
    String line = nanos.getAsLong() - beginNanos + " " + event.words() + "\n";
    if (writtenBytes + line.length() + ROOM_FOR_END > limits.recordBytes()) {
      end(State.FULL, "it is as long as it may be, limit=" + limits.recordBytes());
    } else if (write(line)) {
      events++;
    }
  }

  /**
   * Ends it with a line that says why; one that has ended stays as it is.
   *
   * @param why a sentence
   */
  public synchronized void end(String why) {
    if (state == State.RECORDING) {
      end(State.ENDED, why);
    }
  }

  private void end(State how, String why) {
    String line = nanos.getAsLong() - beginNanos + " " + new RecordedEvent.End(why).words();
    if (write(line.substring(0, Math.min(line.length(), ROOM_FOR_END - 1)) + "\n")) {
      state = how;
      try {
        out.close();
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  private boolean write(String line) {
    try {
      out.write(line);
      writtenBytes += line.length();
      return true;
    } catch (IOException e) {
      fail(e);
      return false;
    }
  }

  private void fail(IOException why) {
    state = State.FAILED;
    trouble.accept("the recording has ended, it cannot be written: " + why.getMessage());
    try {
      out.close();
    } catch (IOException e) {
      // What was to be said has been said.
    }
  }

  /** Has all be where others read it. */
  public synchronized void flush() {
    if (state == State.RECORDING) {
      try {
        out.flush();
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  /**
   * How far a recording is.
   *
   * @param state whether it goes on
   * @param events how many it holds
   * @param writtenBytes how long it is
   */
  public record Progress(State state, long events, long writtenBytes) {}

  /** {@return how far it is} */
  public synchronized Progress progress() {
    return new Progress(state, events, writtenBytes);
  }
}
