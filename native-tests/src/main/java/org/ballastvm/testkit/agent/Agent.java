package org.ballastvm.testkit.agent;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The agent in a guest: it runs programs there, many at once, brings files both ways and reaches the guest's sockets, over
 * one stream of bytes that is not the console. Any thread may call any method.
 *
 * <p>
 * The guest is not trusted: what it sends is bounded, and one that breaks the rules is cut off. Whatever cannot be done, and
 * whatever the end of the guest interrupts, is an {@link AgentError}.
 */
public final class Agent implements AutoCloseable {
  /** The name of the port of a virtio-serial card that the guest's side listens on. */
  public static final String PORT = "org.ballastvm.agent";

  private static final int HELLO_BYTES = 16;
  private static final int SKIPPED_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final InputStream in;
  private final Wire wire;
  private final Closeable channel;
  private final Map<Integer, Session> sessions = new ConcurrentHashMap<>();
  private final AtomicInteger next = new AtomicInteger(1);
  private final CompletableFuture<Void> up = new CompletableFuture<>();
  private final AtomicReference<CompletableFuture<Void>> synced = new AtomicReference<>(new CompletableFuture<>());
  private final byte[] number = new byte[Long.BYTES];
  private volatile AgentError gone;

  private Agent(InputStream in, OutputStream out, Closeable channel) {
    this.in = in;
    this.wire = new Wire(out);
    this.channel = channel;
    RANDOM.nextBytes(number);
  }

  /**
   * Greets the agent at the other end; the guest may still be booting. {@link #awaitUp} waits for its answer.
   *
   * @param in      what it sends; read by a thread of its own
   * @param out     what is sent to it
   * @param channel what both belong to; is closed with this
   * @return the agent
   */
  public static Agent over(InputStream in, OutputStream out, Closeable channel) {
    Agent agent = new Agent(in, out, channel);
    agent.greet();
    Thread.ofPlatform().daemon().name("agent").start(agent::listen);
    return agent;
  }

  private void greet() {
    byte[] hello = new byte[HELLO_BYTES];
    Frame.little(hello).putInt(Frame.VERSION).putInt(0).put(number);
    wire.send(0, Frame.HELLO, Frame.HELLO_STREAM, Frame.HELLO_REST, hello, 0, HELLO_BYTES);
  }

  /**
   * What a host says that wants one program run and does not listen: for a benchmark of what is no host of ours.
   *
   * @return the bytes
   */
  public static byte[] request(GuestCommand command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Agent mute = new Agent(InputStream.nullInputStream(), bytes, bytes);
    mute.greet();
    mute.start(command);
    return bytes.toByteArray();
  }

  /**
   * Waits until it takes requests.
   *
   * @param seconds how long
   * @throws AgentError if it does not in that time, or is gone, or is another version
   */
  public void awaitUp(long seconds) { await(up, seconds, "does not answer"); }

  private static void await(CompletableFuture<Void> what, long seconds, String trouble) {
    try {
      what.get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AgentError("the guest's agent " + trouble + " in " + seconds + " s", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof AgentError error ? error : new AgentError("the guest's agent " + trouble, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AgentError("interrupted while waiting for the guest's agent", e);
    }
  }

  /**
   * Starts a program. Whether it could be started is known later, by {@link GuestProcess#pid} or
   * {@link GuestProcess#waitFor()}.
   *
   * @return the program
   * @throws AgentError if the agent is gone
   */
  public GuestProcess start(GuestCommand command) {
    TerminalSize size = command.terminal().orElse(new TerminalSize(0, 0));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(Frame.numbers(command.terminal().isPresent() ? 1 : 0, size.rows() | size.columns() << 16,
        command.arguments().size(), command.environment().size()));
    List<String> words = new ArrayList<>(List.of(command.user(), command.directory()));
    words.addAll(command.arguments());
    command.environment().forEach((name, value) -> words.add(name + "=" + value));
    words.forEach(word -> body.writeBytes(text(word)));
    return new GuestProcess(open(command.arguments().getFirst(), Frame.EXEC, body.toByteArray()));
  }

  /**
   * Runs a program that reads nothing to its end.
   *
   * @return what it wrote, all of it, and how it ended
   * @throws AgentError if it cannot be run, or the guest ends
   */
  public GuestResult run(GuestCommand command) {
    try (GuestProcess process = start(command)) {
      process.input().close();
      AtomicReference<byte[]> errors = new AtomicReference<>(new byte[0]);
      Thread reader = Thread.ofVirtual().start(() -> errors.set(all(process.errors())));
      byte[] output = all(process.output());
      reader.join();
      return new GuestResult(process.waitFor(), new String(output, StandardCharsets.UTF_8),
          new String(errors.get(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AgentError("the guest's " + command.arguments().getFirst() + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AgentError("interrupted while a program of the guest runs", e);
    }
  }

  /** What there is; why there is no more, the end says. */
  private static byte[] all(InputStream stream) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
        bytes.write(buffer, 0, count);
      }
    } catch (IOException e) {
      return bytes.toByteArray();
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a file of the guest.
   *
   * @param path in the guest
   * @param to   takes the content as it comes
   * @return its permissions, as of {@code chmod}
   * @throws AgentError if it cannot be read
   * @throws IOException if the stream takes no more
   */
  public int read(String path, OutputStream to) throws IOException {
    Session file = open(path, Frame.READ, text(path));
    try {
      int permissions = file.awaitStart();
      file.output().transferTo(to);
      file.awaitEnd();
      return permissions;
    } finally {
      file.abandon();
    }
  }

  /**
   * Writes a file of the guest; one that is there is emptied first.
   *
   * @param path        in the guest
   * @param permissions as of {@code chmod}, 0 to 07777
   * @param from        its content, read to the end
   * @throws AgentError if it cannot be written
   * @throws IOException if the content cannot be read
   */
  public void write(String path, int permissions, InputStream from) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(Frame.numbers(permissions));
    body.writeBytes(text(path));
    Session file = open(path, Frame.WRITE, body.toByteArray());
    try {
      file.awaitStart();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        pass(file, buffer, count);
      }
      file.input().close();
      file.awaitEnd();
    } finally {
      file.abandon();
    }
  }

  /** What the guest says of a failed write is a better reason than that nobody reads. */
  private static void pass(Session file, byte[] bytes, int count) throws IOException {
    try {
      file.input().write(bytes, 0, count);
    } catch (IOException e) {
      file.awaitEnd();
      throw e;
    }
  }

  /**
   * Connects to a port of the guest's 127.0.0.1.
   *
   * @param port 1 to 65535
   * @return the connection
   * @throws AgentError if nobody takes it
   */
  public GuestConnection connect(int port) {
    if (port < 1 || port > 0xffff) {
      throw new IllegalArgumentException("port " + port + ": must be from 1 to 65535");
    }
    return connect("127.0.0.1:" + port, port, "");
  }

  /**
   * Connects to a Unix socket of the guest.
   *
   * @param path up to 107 bytes
   * @return the connection
   * @throws AgentError if nobody takes it
   */
  public GuestConnection connect(String path) { return connect(path, 0, path); }

  private GuestConnection connect(String subject, int port, String path) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(Frame.numbers(port));
    body.writeBytes(text(path));
    Session session = open(subject, Frame.CONNECT, body.toByteArray());
    session.awaitStart();
    return new GuestConnection(session);
  }

  /**
   * Has the guest write what it has not written yet, to its disks and folders.
   *
   * @param seconds how long to wait for that
   * @throws AgentError if it takes longer, or the agent is gone
   */
  public void sync(long seconds) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    synced.set(done);
    wire.send(0, Frame.SYNC, 0, new byte[0]);
    if (gone != null) {
      throw gone;
    }
    await(done, seconds, "does not write to the guest's disks");
  }

  private static byte[] text(String word) { return (word + '\0').getBytes(StandardCharsets.UTF_8); }

  private Session open(String subject, int type, byte[] body) {
    Session session = new Session(next.getAndIncrement(), subject, wire, over -> sessions.remove(over.id()));
    sessions.put(session.id(), session);
    try {
      session.send(type, 0, body);
    } catch (AgentError e) {
      sessions.remove(session.id());
      throw gone != null ? gone : e;
    }
    if (gone != null) {
      session.fail(gone);
    }
    return session;
  }

  private void listen() {
    try {
      DataInputStream frames = new DataInputStream(in);
      awaitHello(frames);
      up.complete(null);
      while (true) {
        take(Frame.read(frames));
      }
    } catch (IOException e) {
      end(e);
      drain();
    }
  }

  /** Who brings the bytes may wait until they are read. */
  private void drain() {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // That is the end of it.
    }
  }

  private void take(Frame frame) throws IOException {
    if (frame.session() == 0) {
      if (frame.type() == Frame.SYNCED) {
        synced.get().complete(null);
      }
      return;
    }
    Session session = sessions.get(frame.session());
    if (session != null) { // else it was given up
      session.take(frame);
    }
  }

  /** What stands before is of a connection that is gone: it ends where our number does. */
  private void awaitHello(DataInputStream frames) throws IOException {
    byte[] last = new byte[HELLO_BYTES];
    frames.readFully(last, 0, HELLO_BYTES);
    for (int skipped = 0; !endsWithNumber(last); skipped++) {
      if (skipped == SKIPPED_BYTES) {
        throw new IOException("what the guest sends is no agent's");
      }
      System.arraycopy(last, 1, last, 0, HELLO_BYTES - 1);
      last[HELLO_BYTES - 1] = frames.readByte();
    }
    int version = Frame.little(last).getInt(0);
    if (version != Frame.VERSION) {
      throw new IOException("the guest's agent speaks version " + Integer.toUnsignedString(version) + ", not "
          + Frame.VERSION);
    }
  }

  private boolean endsWithNumber(byte[] last) {
    for (int i = 0; i < number.length; i++) {
      if (last[HELLO_BYTES - number.length + i] != number[i]) {
        return false;
      }
    }
    return true;
  }

  private void end(IOException cause) {
    String why = cause.getMessage() == null ? "" : ": " + cause.getMessage();
    gone = new AgentError("the guest's agent is gone" + why, cause);
    up.completeExceptionally(gone);
    synced.get().completeExceptionally(gone);
    sessions.values().forEach(session -> session.fail(gone));
    sessions.clear();
  }

  /** Ends the connection: the guest kills what it runs for it. */
  @Override
  public void close() {
    end(new IOException("it was closed"));
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone, in one way or another.
    }
  }
}
