package org.ballastvm.vmm.cli;

import org.ballastvm.vmm.command.SubCommand;
import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast completion}: prints the script by which bash and zsh complete what follows {@code ballast}. */
public final class CompletionCommand implements SubCommand {
  @Override
  public String name() { return "completion"; }

  @Override
  public String summary() { return "prints a script by which bash and zsh complete Ballast's command lines"; }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage().footer("For this shell:  source <(ballast completion)",
        "For all users:   ballast completion > /usr/share/bash-completion/completions/ballast");
  }

  @Override
  public int run(ParseResult given) {
    System.out.print(AutoComplete.bash("ballast", Help.commandLine()));
    return 0;
  }
}
