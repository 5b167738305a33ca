package org.ballastvm.testkit.agent;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.ballastvm.kvm.Errno;

/** A program, a file or a connection in the guest, while it lasts. */
final class Session {
  private static final int EXITED = 0;
  private static final int KILLED = 1;
  private static final int STATUS_MASK = 0xff;

  private final int id;
  private final String subject;
  private final Wire wire;
  private final Consumer<Session> whenOver;
  private final Outflow input;
  private final Inflow output;
  private final Inflow errors;
  private final CompletableFuture<Integer> started = new CompletableFuture<>();
  private final CompletableFuture<GuestEnd> ended = new CompletableFuture<>();

  /**
   * One that is to be asked for.
   *
   * @param subject  what it is, for messages
   * @param whenOver hears that the guest has ended it
   */
  Session(int id, String subject, Wire wire, Consumer<Session> whenOver) {
    this.id = id;
    this.subject = subject;
    this.wire = wire;
    this.whenOver = whenOver;
    this.input = new Outflow(wire, id);
    this.output = new Inflow(wire, id, Frame.OUTPUT);
    this.errors = new Inflow(wire, id, Frame.ERRORS);
  }

  int id() { return id; }

  Outflow input() { return input; }

  Inflow output() { return output; }

  Inflow errors() { return errors; }

  void send(int type, int stream, byte[] body) { wire.send(id, type, stream, body); }

  /** Waits until the guest has it; its process's number, or the permissions of a file. */
  int awaitStart() {
    return await(started);
  }

  /** Waits for its end. */
  GuestEnd awaitEnd() { return await(ended); }

  CompletableFuture<GuestEnd> ended() { return ended; }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof AgentError error ? error : e;
    }
  }

  /**
   * Takes what the guest says of it.
   *
   * @throws IOException if that breaks the rules
   */
  void take(Frame frame) throws IOException {
    switch (frame.type()) {
      case Frame.STARTED -> started.complete(frame.number(0));
      case Frame.DATA -> flow(frame).take(frame.body());
      case Frame.END_OF_STREAM -> flow(frame).end();
      case Frame.CREDIT -> input.credit(frame.number(0));
      case Frame.CLOSE -> input.unread();
      case Frame.FAILED -> {
        Errno errno = Errno.of(Math.max(1, frame.number(0)));
        fail(new AgentError(FailedStep.of(frame.stream()), subject, errno));
        whenOver.accept(this);
      }
      case Frame.ENDED -> {
        input.unread();
        output.end();
        errors.end();
        started.complete(0);
        end(frame.number(0), frame.number(1));
        whenOver.accept(this);
      }
      default -> throw new IOException("the guest's agent sends a frame of type " + frame.type());
    }
  }

  private void end(int kind, int value) {
    if (kind == KILLED) {
      ended.complete(new GuestEnd.Killed(value & STATUS_MASK));
    } else if (kind == EXITED || value == 0) {
      ended.complete(new GuestEnd.Exited(value & STATUS_MASK));
    } else {
      ended.completeExceptionally(new AgentError(FailedStep.FILE, subject, Errno.of(Math.max(1, value))));
    }
  }

  private Inflow flow(Frame frame) throws IOException {
    return switch (frame.stream()) {
      case Frame.OUTPUT -> output;
      case Frame.ERRORS -> errors;
      default -> throw new IOException("the guest's agent sends on stream " + frame.stream());
    };
  }

  /** It has come to nothing. */
  void fail(AgentError error) {
    input.unread();
    output.fail(error.getMessage());
    errors.fail(error.getMessage());
    started.completeExceptionally(error);
    ended.completeExceptionally(error);
  }

  /** Gives it up: its process is killed. */
  void abandon() {
    if (!ended.isDone()) {
      wire.send(id, Frame.CLOSE, Frame.WHOLE_SESSION, new byte[0]);
      fail(new AgentError("the guest's " + subject + " was given up"));
      whenOver.accept(this);
    }
  }
}
