package org.ballastvm.vmm.qmp;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ballastvm.vmm.chardev.CharFrontend;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.control.QmpCommand;
import org.ballastvm.vmm.control.QueryVersion;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.machine.CommandError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.JsonInput;
import org.ballastvm.vmm.wire.JsonOutput;
import org.ballastvm.vmm.wire.Shape;

/** The machine protocol on a chardev: a greeting, an agreement, then commands, answers in their order, and events. */
public final class QmpMonitor implements CharFrontend {
  private static final int MOST_AT_ONCE = 4096;
  /** A client is not read from while less than this is free in its chardev's queue, in bytes. */
  private static final int LEAST_ROOM = 192 << 10;
  private static final byte[] NOTHING = {};
  private static final MachineEvents.Listener NOBODY = (event, when) -> {
    // Events go to nobody before the client has agreed.
  };

  private final Machine vm;
  private final Chardev chardev;
  private final JsonInput input = new JsonInput(new Requests());
  private final JsonOutput output;
  private MachineEvents.Listener listener = NOBODY;
  /** Was read together with a command whose answer nobody has read yet. */
  private byte[] unread = NOTHING;

  /**
   * A monitor that nobody talks to yet.
   *
   * @param vm the machine
   * @param chardev the line
   * @param pretty whether its answers are indented, for people
   */
  public QmpMonitor(Machine vm, Chardev chardev, boolean pretty) {
    this.vm = vm;
    this.chardev = chardev;
    this.output = new JsonOutput(pretty);
  }

  /** Back-pressure: a client that does not read its answers is not read from. */
  @Override
  public int room() { return unread.length > 0 || !mayAnswer() ? 0 : MOST_AT_ONCE; }

  private boolean mayAnswer() { return chardev.sendRoom() >= LEAST_ROOM; }

  @Override
  public void receive(byte[] bytes, int offset, int count) {
    int taken = input.read(bytes, offset, count);
    if (taken < count) {
      unread = Arrays.copyOfRange(bytes, offset + taken, offset + count);
    }
  }

  @Override
  public void opened() {
    forget();
    send(Map.of("QMP", new Greeting(QueryVersion.VERSION, List.of())));
  }

  @Override
  public void closed() { forget(); }

  private void forget() {
    vm.events().forget(listener);
    listener = NOBODY;
    unread = NOTHING;
    input.clear();
  }

  @Override
  public void drained() {
    byte[] next = unread;
    unread = NOTHING;
    receive(next, 0, next.length);
    chardev.receiveMore();
  }

  private boolean agreed() { return listener != NOBODY; }

  private void send(Object message) {
    output.write(message);
    chardev.send(output.bytes(), 0, output.count());
    output.reset();
  }

  private void send(MachineEvent event, Instant when) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("timestamp", new Timestamp(when.getEpochSecond(), when.getNano() / 1000));
    message.put("event", event.name());
    if (!Shape.of(event.getClass()).parts().isEmpty()) {
      message.put("data", event);
    }
    send(message);
    if (unread.length > 0 && mayAnswer()) {
      drained(); // nobody else calls it where all went out with this
    }
  }

  private Object answer(Map<?, ?> request) {
    QmpCommand<?, ?> command = command(request);
    if (command instanceof QmpCapabilities && !agreed()) {
      Object answer = call(command, arguments(request));
      listener = this::send;
      vm.events().listen(listener);
      return answer;
    }
    return call(command, arguments(request));
  }

  private QmpCommand<?, ?> command(Map<?, ?> request) {
    for (Object member : request.keySet()) {
      if (!member.equals("execute") && !member.equals("arguments") && !member.equals("id")) {
        throw new UserError("QMP input member '" + member + "' is unexpected");
      }
    }
    if (!request.containsKey("execute")) {
      throw new UserError("QMP input lacks member 'execute'");
    }
    if (!(request.get("execute") instanceof String name)) {
      throw new UserError("QMP input member 'execute' must be a string");
    }
    QmpCommand<?, ?> command = QmpCommands.find(name)
        .orElseThrow(() -> new UserError(UserError.Kind.COMMAND_NOT_FOUND,
            agreed() ? "The command " + name + " has not been found" : QmpCapabilities.EXPECTED));
    if (!agreed() && !(command instanceof QmpCapabilities)) {
      throw new UserError(UserError.Kind.COMMAND_NOT_FOUND, QmpCapabilities.EXPECTED);
    }
    if (agreed() && command instanceof QmpCapabilities) {
      throw new UserError(UserError.Kind.COMMAND_NOT_FOUND,
          "Capabilities negotiation is already complete, command ignored");
    }
    return command;
  }

  private static Map<String, Object> arguments(Map<?, ?> request) {
    Object arguments = request.containsKey("arguments") ? request.get("arguments") : Map.of();
    if (!(arguments instanceof Map)) {
      throw new UserError("QMP input member 'arguments' must be an object");
    }
    @SuppressWarnings("unchecked") // JSON's objects have names for keys
    Map<String, Object> members = (Map<String, Object>) arguments;
    return members;
  }

  private <A extends Record, R> R call(QmpCommand<A, R> command, Map<String, Object> arguments) {
    return command.run(vm, Binder.bind(Signature.of(command).arguments(), arguments), chardev::takeDescriptor);
  }

  /** What comes in. */
  private final class Requests implements JsonInput.Reader {
    @Override
    public boolean takesMore() { return mayAnswer(); }

    @Override
    public void value(Object json) {
      Map<String, Object> reply = new LinkedHashMap<>();
      try {
        if (!(json instanceof Map<?, ?> request)) {
          throw new UserError("QMP input must be a JSON object");
        }
        if (request.containsKey("id")) {
          reply.put("id", request.get("id"));
        }
        reply.put("return", answer(request));
      } catch (UserError e) {
        reply.put("error", new Failure(e.kind().qemuName(), e.getMessage()));
      } catch (RuntimeException | Error e) {
        String sentence = CommandError.sentence(nameOf(json), e, () -> vm.objects().memory());
        reply.put("error", new Failure(UserError.Kind.GENERIC.qemuName(), sentence));
      }
      send(reply);
    }

    private static String nameOf(Object json) {
      return json instanceof Map<?, ?> request && request.get("execute") instanceof String name ? name : "command";
    }

    @Override
    public void broken(String why) {
      send(Map.of("error", new Failure(UserError.Kind.GENERIC.qemuName(), "JSON parse error, " + why)));
    }
  }

  private record Greeting(QueryVersion.VersionInfo version, List<String> capabilities) {}

  private record Failure(@org.ballastvm.vmm.wire.Member(name = "class") String kind, String desc) {}

  private record Timestamp(long seconds, int microseconds) {}
}
