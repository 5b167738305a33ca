package org.ballastvm.testkit.agent;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program that runs in a guest. Its streams are apart and live; who does not read them stops the program, as a pipe would,
 * and nobody else. On a terminal, output and errors are one.
 */
public final class GuestProcess implements AutoCloseable {
  private final Session session;

  GuestProcess(Session session) { this.session = session; }

  /** {@return what it reads; closing it is the end of its input} */
  public OutputStream input() {
    return session.input();
  }

  /** {@return what it writes; closing it is felt by the program, as when nobody reads a pipe any more} */
  public InputStream output() {
    return session.output();
  }

  /** {@return what it complains} */
  public InputStream errors() { return session.errors(); }

  /**
   * Waits until it has been started.
   *
   * @return its process id, in the guest
   * @throws AgentError if it could not be
   */
  public long pid() { return session.awaitStart(); }

  /**
   * Sends a signal to it and to all of its process group.
   *
   * @param number as of {@code kill -l}, 1 to 64; nothing happens once it has ended
   */
  public void signal(int number) {
    if (number < 1 || number > 64) {
      throw new IllegalArgumentException("signal " + number + ": must be from 1 to 64");
    }
    session.send(Frame.SIGNAL, 0, Frame.numbers(number));
  }

  /** Its terminal has another size. */
  public void resize(TerminalSize size) {
    session.send(Frame.RESIZE, 0, Frame.numbers(size.rows() | size.columns() << 16));
  }

  /**
   * Waits for its end.
   *
   * @return how it ended
   * @throws AgentError if it could not be started, or the guest is gone
   */
  public GuestEnd waitFor() { return session.awaitEnd(); }

  /**
   * Waits for its end.
   *
   * @return how it ended; nothing if it still runs after that time
   * @throws AgentError if it could not be started, or the guest is gone
   */
  public Optional<GuestEnd> waitFor(Duration atMost) {
    try {
      return Optional.of(session.ended().get(atMost.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof AgentError error ? error : new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AgentError("interrupted while waiting for a program of the guest", e);
    }
  }

  /** {@return how it ended, once it has; exceptionally, with an {@link AgentError}, as {@link #waitFor()} throws} */
  public CompletionStage<GuestEnd> whenEnded() {
    return session.ended().minimalCompletionStage();
  }

  /** Kills it, if it still runs. */
  @Override
  public void close() { session.abandon(); }
}
