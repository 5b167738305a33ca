package org.ballastvm.testkit.command;

import java.util.List;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.ParseResult;

/** {@code ballast dialogue}: shows what was recorded of a device and its driver, and compares. */
public final class DialogueCommand implements SubCommand {
  @Override
  public String name() { return "dialogue"; }

  @Override
  public String summary() { return "shows what was recorded of a device and its driver, and compares two recordings"; }

  @Override
  public List<SubCommand> parts() { return List.of(new DialogueShowCommand(), new DialogueCompareCommand()); }

  @Override
  public int run(ParseResult given) {
    throw new UserError("dialogue: show or compare must follow; dialogue --help says more");
  }
}
