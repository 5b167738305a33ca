package org.ballastvm.vmm.qmp;

import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.config.MonitorConfig;
import org.ballastvm.vmm.config.MonitorPrompt;
import org.ballastvm.vmm.gdb.GdbServer;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.monitor.HumanMonitor;
import org.ballastvm.vmm.monitor.HumanMonitorCommand;
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
      monitor.accept(new MonitorConfig.Cases<Chardev>() {
        @Override
        public Chardev human(MonitorConfig.Human human) { return attachHuman(machine, chardev, human.prompt()); }

        @Override
        public Chardev control(MonitorConfig.Control control) {
          JsonInput.prepare();
          chardev.connect(new QmpMonitor(machine, chardev, control.pretty()));
          return chardev;
        }

        @Override
        public Chardev debugger(MonitorConfig.Debugger debugger) {
          GdbServer.serve(machine, chardev, line -> HumanMonitorCommand.print(machine, line), () -> {
            // The machine closes the chardev.
          });
          return chardev;
        }
      });
    }
  }

  private static Chardev attachHuman(Machine machine, Chardev chardev, MonitorPrompt prompt) {
    if (chardev.isTerminal() && TerminalMonitor.serves(System.getenv("TERM"))) {
      TerminalMonitor human = new TerminalMonitor(machine, chardev, prompt);
      chardev.connect(human);
      human.attached();
    } else {
      chardev.connect(new HumanMonitor(machine, chardev, prompt));
    }
    return chardev;
  }
}
