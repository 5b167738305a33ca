package org.ballastvm.vmm.qmp;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ballastvm.vmm.control.ControlCommands;
import org.ballastvm.vmm.control.QmpCommand;
import org.ballastvm.vmm.monitor.CompleteCommand;
import org.ballastvm.vmm.monitor.HumanMonitorCommand;

/** All commands of the machine protocol: those of the machine, and those of the protocol itself. */
final class QmpCommands {
  static final List<QmpCommand<?, ?>> ALL = Stream
      .concat(ControlCommands.ALL.stream(),
          Stream.of(new CompleteCommand(), new HumanMonitorCommand(), new QmpCapabilities(),
              new QueryCommands(() -> QmpCommands.ALL),
              new QueryQmpSchema(() -> QmpCommands.ALL)))
      .toList();

  private static final Map<String, QmpCommand<?, ?>> BY_NAME = ALL.stream()
      .collect(Collectors.toMap(QmpCommand::name, Function.identity()));

  private QmpCommands() {}

  static Optional<QmpCommand<?, ?>> find(String name) { return Optional.ofNullable(BY_NAME.get(name)); }
}
