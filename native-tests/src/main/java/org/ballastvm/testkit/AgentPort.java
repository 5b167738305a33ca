package org.ballastvm.testkit;

import java.util.List;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedStream;
import org.ballastvm.testkit.agent.Agent;
import org.ballastvm.testkit.agent.AgentError;

/** The port of a guest's agent, which a TCP port of where the guest runs leads to. */
final class AgentPort {
  private static final int UP_SECONDS = 120;

  private AgentPort() {}

  /** {@return the options of a machine that has it} */
  static List<String> options(int port) {
    return List.of("-device", "virtio-serial-pci,id=agents,max_ports=2", "-chardev",
        "socket,id=agent,host=127.0.0.1,port=" + port + ",server=on,wait=off", "-device",
        "virtserialport,bus=agents.0,chardev=agent,name=" + Agent.PORT);
  }

  /** {@return the agent, which takes requests} */
  static Agent connect(GuestHost host, int port) {
    HostedStream stream = host.stream(port);
    Agent agent = Agent.over(stream.input(), stream.output(), stream);
    try {
      agent.awaitUp(UP_SECONDS);
      return agent;
    } catch (AgentError e) {
      agent.close();
      throw e;
    }
  }
}
