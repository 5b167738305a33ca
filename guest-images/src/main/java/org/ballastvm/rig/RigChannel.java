package org.ballastvm.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/** Three ports of the rig that carry one program's input, output and errors at a time. */
final class RigChannel {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TOKEN_BYTES = 12;

  private final int number;
  private final RigMachine machine;
  private final RigControl control;
  private final Consumer<RigChannel> whenIdle;
  private final InputStream out;
  private final InputStream err;
  private volatile CompletableFuture<Long> pid = new CompletableFuture<>();
  private volatile CompletableFuture<Void> freed = new CompletableFuture<>();

  /**
   * A channel that no program uses.
   *
   * @param whenIdle is given this channel when its program has ended and all that it wrote has been read
   */
  RigChannel(int number, RigMachine machine, RigControl control, Consumer<RigChannel> whenIdle) {
    this.number = number;
    this.machine = machine;
    this.control = control;
    this.whenIdle = whenIdle;
    this.out = Channels.newInputStream(machine.connect("out" + number));
    this.err = Channels.newInputStream(machine.connect("err" + number));
  }

  int number() { return number; }

  /** The rig sends the program's number. */
  void onPid(long value) { pid.complete(value); }

  /** The rig has closed its side of the ports. */
  void onFree() { freed.complete(null); }

  /** The rig is gone. */
  void onEnd() {
    pid.completeExceptionally(new RigError("the rig ended; " + machine.lastWords()));
  }

  /** Asks for the program; the token marks for the guest where its input begins, and for us where its output ends. */
  HostedProcess start(HostedCommand command, Function<InputStream, Transcript> output,
      Function<InputStream, Transcript> errors) throws IOException {
    byte[] random = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    pid = new CompletableFuture<>();
    freed = new CompletableFuture<>();
    Files.writeString(machine.script(number), command.script());
    SocketChannel in = machine.connect("in" + number);
    OutputStream input = Channels.newOutputStream(in);
    input.write(("\n" + token + "\n").getBytes(StandardCharsets.US_ASCII));
    CompletableFuture<Integer> status = new CompletableFuture<>();
    CompletableFuture<Integer> errorsEnd = new CompletableFuture<>();
    Remote remote = new Remote(in, input, output.apply(new MarkedStream(out, token, status)),
        errors.apply(new MarkedStream(err, token, errorsEnd)), status);
    CompletableFuture<Void> unused = CompletableFuture.allOf(status, errorsEnd, freed).thenRun(() -> {
      remote.closeInput();
      whenIdle.accept(this);
    });
    control.send("run " + number + " " + token);
    return remote;
  }

  private final class Remote implements HostedProcess {
    private final SocketChannel in;
    private final OutputStream input;
    private final Transcript output;
    private final Transcript errors;
    private final CompletableFuture<Integer> status;
    private final CompletableFuture<Long> itsPid = pid;

    Remote(SocketChannel in, OutputStream input, Transcript output, Transcript errors,
        CompletableFuture<Integer> status) {
      this.in = in;
      this.input = input;
      this.output = output;
      this.errors = errors;
      this.status = status;
    }

    private void closeInput() {
      try {
        in.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** QEMU forgets what it has not read when a socket is closed at both ends, so only our half is. */
    @Override
    public OutputStream input() {
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException { input.write(b); }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          input.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
          if (in.isOpen()) {
            in.shutdownOutput();
          }
        }
      };
    }

    @Override
    public Transcript output() { return output; }

    @Override
    public Transcript errors() { return errors; }

    @Override
    public long pid() {
      try {
        return itsPid.get(60, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new RigError("the rig did not start the program; " + machine.lastWords(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RigError("interrupted while a program starts", e);
      }
    }

    @Override
    public OptionalInt waitFor(Duration atMost) {
      try {
        return OptionalInt.of(status.get(atMost.toMillis(), TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        return OptionalInt.empty();
      } catch (ExecutionException e) {
        throw new RigError("the rig ended before the program did; " + machine.lastWords(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RigError("interrupted while waiting for a program", e);
      }
    }

    @Override
    public void kill() {
      long whom = pid();
      if (!status.isDone()) {
        control.send("kill " + whom);
      }
    }
  }
}
