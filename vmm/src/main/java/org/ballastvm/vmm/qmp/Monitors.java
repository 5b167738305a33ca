package org.ballastvm.vmm.qmp;

import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.config.MonitorConfig;
import org.ballastvm.vmm.config.MonitorPrompt;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.monitor.HumanMonitor;
import org.ballastvm.vmm.monitor.TerminalMonitor;
import org.ballastvm.vmm.wire.JsonInput;

/** The monitors of a machine. */
public final class Monitors {
  private Monitors() {}

  /**
   * Attaches the monitors that a machine's configuration asks for.
   *
   * @param machine a machine whose event loop has not started
   */
  public static void attach(Machine machine) {
    for (MonitorConfig monitor : machine.config().monitors()) {
      Chardev chardev = machine.chardevs().get(monitor.chardev());
      // Not a switch over types, which takes 20 ms of a start where Java is slow.
      if (monitor instanceof MonitorConfig.Control control) {
        JsonInput.prepare();
        chardev.connect(new QmpMonitor(machine, chardev, control.pretty()));
      } else if (monitor instanceof MonitorConfig.Human human) {
        attachHuman(machine, chardev, human.prompt());
      }
    }
  }

  private static void attachHuman(Machine machine, Chardev chardev, MonitorPrompt prompt) {
    if (chardev.isTerminal() && TerminalMonitor.serves(System.getenv("TERM"))) {
      TerminalMonitor human = new TerminalMonitor(machine, chardev, prompt);
      chardev.connect(human);
      human.attached();
    } else {
      chardev.connect(new HumanMonitor(machine, chardev, prompt));
    }
  }
}
