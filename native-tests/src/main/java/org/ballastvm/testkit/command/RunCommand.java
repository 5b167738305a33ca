package org.ballastvm.testkit.command;

import java.util.List;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.ParseResult;

/** {@code ballast run}: a whole guest by one word. */
public final class RunCommand implements SubCommand {
  @Override
  public String name() { return "run"; }

  @Override
  public String summary() { return "runs a whole guest by one word: disk, network, console and memory that changes"; }

  @Override
  public List<SubCommand> parts() { return List.of(new DebianRunCommand()); }

  @Override
  public int run(ParseResult given) { throw new UserError("run: debian must follow; run --help says more"); }
}
