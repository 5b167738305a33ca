package org.ballastvm.vmm.attach;

import org.ballastvm.vmm.command.SubCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast dmesg} and {@code ballast stacks}: a look into the Linux of a machine that runs, also of one that hangs. */
public abstract sealed class LookCommand implements SubCommand {
  private final String name;
  private final String summary;

  private LookCommand(String name, String summary) {
    this.name = name;
    this.summary = summary;
  }

  /** {@code ballast dmesg}. */
  public static final class Dmesg extends LookCommand {
    /** For the loader of services. */
    public Dmesg() {
      super("dmesg", "prints the log of a machine's Linux, read from its memory");
    }
  }

  /** {@code ballast stacks}. */
  public static final class Stacks extends LookCommand {
    /** For the loader of services. */
    public Stacks() {
      super("stacks", "prints what each CPU of a machine's Linux does, its stack by name");
    }
  }

  @Override
  public String name() { return name; }

  @Override
  public String summary() { return summary; }

  @Override
  public void describe(CommandSpec spec) {
    spec.addPositional(PositionalParamSpec.builder().index("0").arity("1").required(true).paramLabel("NAME|PID|SOCKET")
        .type(String.class).description("a machine that 'ballast ps' lists, or the socket of one of its monitors")
        .build());
    spec.usageMessage().footer("Needs neither an agent nor symbols; the guest stands still while it is read.");
  }

  @Override
  public int run(ParseResult given) {
    return MonitorCommand.ask(name, given.matchedPositionalValue(0, ""), "info " + name);
  }
}
