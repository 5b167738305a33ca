package org.ballastvm.vmm.qmp;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** A client that has agreed with the monitor of a machine, and closes the machine when it goes. */
record Client(Machine vm, Wire wire) implements AutoCloseable {
  static Client of(Machine vm) {
    Client client = new Client(vm, new Wire());
    client.wire.connect(new QmpMonitor(vm, client.wire, false));
    client.say("{\"execute\": \"qmp_capabilities\"}");
    return client;
  }

  /** What a line is answered, and the events before it; on the event loop as always. */
  List<String> say(String line) {
    List<String> answers = new ArrayList<>();
    vm.onLoop(() -> answers.addAll(wire.say(line)));
    return answers;
  }

  /** What a command returns, as text; or the whole answer if that is an error. */
  String ask(String command, String arguments) {
    String answer = say("{\"execute\": \"" + command + "\", \"arguments\": " + arguments + "}").getLast();
    String before = "{\"return\": ";
    return answer.startsWith(before) ? answer.substring(before.length(), answer.length() - 1) : answer;
  }

  String ask(String command) { return ask(command, "{}"); }

  @Override
  public void close() { vm.close(); }
}
