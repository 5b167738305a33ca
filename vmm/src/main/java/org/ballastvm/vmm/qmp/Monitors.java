package org.ballastvm.vmm.qmp;

import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.config.MonitorConfig;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.monitor.HumanMonitor;

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
      Chardev chardev = machine.parts().chardevs().get(monitor.chardev());
      chardev.connect(switch (monitor) {
        case MonitorConfig.Human human -> new HumanMonitor(machine, chardev);
        case MonitorConfig.Control control -> new QmpMonitor(machine, chardev, control.pretty());
      });
    }
  }
}
