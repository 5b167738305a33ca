package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.Passed;
import org.ballastvm.vmm.machine.CommandError;
import org.ballastvm.vmm.machine.Machine;

/** All commands of the human monitor. */
final class Commands {
  static final CommandTable ALL = new CommandTable("",
      List.of(new AnnounceSelfCommand(), new BalloonCommand(), new BlockResizeCommand(), new ClosefdCommand(),
          new ContCommand(),
          new DeviceAddCommand(),
          new DeviceDelCommand(),
          new DumpGuestMemoryCommand(), new FaultClearCommand(), new FaultInjectCommand(),
          new FreePageHintCommand(), new GdbServerCommand((vm, line) -> Commands.run(vm, line)), new GetfdCommand(),
          new TranslateCommand(), new HelpCommand(() -> Commands.ALL),
          new InfoCommand(),
          new MemoryCommand(),
          new VirtualSaveCommand(), new NetdevAddCommand(), new NetdevDelCommand(), new NmiCommand(),
          new ObjectAddCommand(), new ObjectDelCommand(),
          new PhysicalSaveCommand(), new PrintCommand(), new QomGetCommand(), new QomListCommand(), new QomSetCommand(),
          new QuitCommand(), new RecordStartCommand(), new RecordStopCommand(), new SaveSymbolsCommand(),
          new SetLinkCommand(), new StopCommand(),
          new SystemPowerdownCommand(),
          new SystemResetCommand(),
          new SystemWakeupCommand(), new TraceEventCommand(), new WatchAddressCommand(),
          new WatchPagesCommand(), new WatchdogActionCommand(), new VirtualDumpCommand(),
          new PhysicalDumpCommand()));

  private Commands() {}

  /** Runs a line; what it prints, or its error. */
  static String run(Machine vm, String line) {
    return run(vm, line, Passed.none());
  }

  /** The same, with descriptors that came along. */
  static String run(Machine vm, String line, Passed passed) {
    Arguments arguments = new Arguments(vm, passed, "", line);
    String name = arguments.name();
    if (name.isEmpty()) {
      return "";
    }
    try {
      return ALL.run(vm, name, arguments);
    } catch (MonitorError e) {
      return e.getMessage() + "\n";
    } catch (RuntimeException | Error e) {
      return "Error: " + CommandError.sentence(name, e, () -> vm.objects().memory()) + "\n";
    }
  }
}
