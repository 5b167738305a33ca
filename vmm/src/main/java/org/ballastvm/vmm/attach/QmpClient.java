package org.ballastvm.vmm.attach;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

/** The other end of the machine protocol, of ours or of QEMU's: one command at a time. Events are passed over. */
final class QmpClient {
  /** A command that was refused. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    Refusal(String sentence) { super(sentence); }
  }

  /** What says that nothing more will come. */
  private static final Map<String, Object> END = Map.of();

  private final Wire wire;
  private final Runnable ended;
  private final LinkedBlockingQueue<Map<?, ?>> replies = new LinkedBlockingQueue<>();
  private QmpClient(Wire wire, Runnable ended) {
    this.wire = wire;
    this.ended = ended;
  }

  /**
   * A client that has agreed.
   *
   * @param wire the connection
   * @param first what the machine said first
   * @param count how many bytes of it
   * @param ended runs when the machine is gone, on another thread
   */
  static QmpClient agree(Wire wire, byte[] first, int count, Runnable ended) throws IOException {
    QmpClient client = new QmpClient(wire, ended);
    Thread.ofPlatform().daemon().name("qmp")
        .start(() -> client.listen(wire.inputBehind(first, count)));
    if (!client.next().containsKey("QMP")) {
      throw new IOException("it says something else than the greeting of a machine");
    }
    try {
      client.execute("qmp_capabilities", Map.of());
      return client;
    } catch (Refusal e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Reads until the end: who reads only when he has asked something is dropped for not reading events. */
  private void listen(InputStream input) {
    try (JsonStream messages = new JsonStream(input)) {
      for (Object message = messages.next(); message != null; message = messages.next()) {
        if (message instanceof Map<?, ?> reply && !reply.containsKey("event")) {
          replies.add(reply);
        }
      }
    } catch (IOException e) {
      // Its end, in another way.
    }
    replies.add(END);
    ended.run();
  }

  /**
   * Runs a command.
   *
   * @param arguments all of them texts
   * @throws EOFException if the machine went away
   */
  Object execute(String command, Map<String, String> arguments) throws IOException, Refusal {
    String members = arguments.entrySet().stream()
        .map(each -> MachineEntry.quote(each.getKey()) + ": " + MachineEntry.quote(each.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
    wire.write(("{\"execute\": " + MachineEntry.quote(command) + ", \"arguments\": " + members + "}\n")
        .getBytes(StandardCharsets.UTF_8));
    Map<?, ?> reply = next();
    if (reply.get("error") instanceof Map<?, ?> error) {
      throw new Refusal((String) error.get("desc"));
    }
    return reply.get("return");
  }

  boolean isGone() { return replies.contains(END); }

  private Map<?, ?> next() throws IOException {
    try {
      Map<?, ?> reply = replies.take();
      if (reply.isEmpty()) {
        replies.add(END);
        throw new EOFException("the machine closed the connection");
      }
      return reply;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
