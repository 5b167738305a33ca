package org.ballastvm.vmm.qmp;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.control.QmpCommand;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code qmp_capabilities}: the first thing a client says. */
final class QmpCapabilities implements QmpCommand<QmpCapabilities.Enable, QmpCommand.Done> {
  static final String EXPECTED = "Expecting capabilities negotiation with 'qmp_capabilities'";

  /** What a client wants besides. */
  record Enable(@Member("capabilities of the greeting; there are none") Optional<List<String>> enable) {}

  @Override
  public String name() { return "qmp_capabilities"; }

  @Override
  public String help() { return "Enables the commands; the first that a client sends."; }

  @Override
  public Done run(Machine vm, Enable arguments) {
    arguments.enable().stream().flatMap(List::stream).findFirst().ifPresent(one -> {
      throw new UserError("Parameter 'enable' does not accept value '" + one + "'");
    });
    return Done.DONE;
  }
}
