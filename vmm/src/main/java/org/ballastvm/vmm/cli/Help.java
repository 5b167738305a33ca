package org.ballastvm.vmm.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.command.SubCommands;
import org.ballastvm.vmm.config.CpuFeatureNames;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.FaultConfig;
import org.ballastvm.vmm.config.Model;
import org.ballastvm.vmm.config.NetdevOptions;
import org.ballastvm.vmm.config.ObjectModels;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.state.Version;
import org.ballastvm.vmm.trace.TraceEvent;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What {@code -help}, {@code -device help} and the like print. */
final class Help {
  private static final Map<String, String> LISTS = Map.of("-device", DeviceModels.LIST, "-object", ObjectModels.LIST,
      "-machine", "Supported machines are:\nballast              KVM, PCI, hardware-reduced ACPI (default)", "-accel",
      "Accelerators supported in Ballast:\nkvm", "-chardev",
      "Available chardev backend types: \n  stdio\n  socket\n  null\n  file\n  pty", "-netdev", NetdevOptions.LIST,
      "-fault", FaultConfig.LIST);

  private Help() {}

  /** Prints what was asked for; false if nothing was. */
  static boolean printed(GivenOptions given) {
    if (given.has("-help")) {
      commandLine().usage(System.out);
      return true;
    }
    if (given.has("-version")) {
      System.out.println("Ballast " + Version.TEXT);
      return true;
    }
    if (given.values("-trace").contains("help") || given.value("-d").stream().anyMatch("trace:help"::equals)) {
      TraceEvent.labels().forEach(System.out::println);
      return true;
    }
    if (given.values("-cpu").contains("help")) {
      System.out.println("Available CPUs:\nx86 host\nx86 max\n\nRecognized CPUID flags:\n"
          + String.join(" ", CpuFeatureNames.all()));
      return true;
    }
    for (Map.Entry<String, String> list : LISTS.entrySet()) {
      if (given.values(list.getKey()).contains("help")) {
        System.out.println(list.getValue());
        return true;
      }
    }
    return helped("-device", DeviceModels.ALL, given) || helped("-object", ObjectModels.ALL, given);
  }

  /** Whether the properties of one kind were asked for, by NAME,help, and printed. */
  private static boolean helped(String option, List<? extends Model<?>> models, GivenOptions given) {
    for (String text : given.values(option)) {
      if (text.endsWith(",help") || text.endsWith(",?")) {
        String name = text.substring(0, text.indexOf(','));
        System.out.println(Model.find(models, name)
            .orElseThrow(() -> new UserError(option + " " + text + ": Device '" + name + "' not found")).help());
        return true;
      }
    }
    return false;
  }

  /** The whole command line as picocli sees it, for help and for the completion script; a start does without. */
  static CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create().name("ballast");
    spec.parser().separator(" ");
    spec.usageMessage().width(SubCommands.WIDTH).customSynopsis("ballast OPTION...", "       ballast SUB-COMMAND ...")
        .description("Runs a virtual machine and resizes it. Options are QEMU's.")
        .commandListHeading("Sub-commands:%n").footer("Each sub-command has --help.");
    for (Option option : Option.ALL) {
      spec.addOption(specOf(option));
    }
    for (SubCommand command : SubCommands.all()) {
      spec.addSubcommand(command.name(), SubCommands.spec(command));
    }
    return new CommandLine(spec);
  }

  private static OptionSpec specOf(Option option) {
    OptionSpec.Builder spec = OptionSpec.builder(option.name()).description(Arguments.literally(option.text()));
    if (!option.takesValue()) {
      return spec.type(boolean.class).arity("0").build();
    }
    spec.arity("1").paramLabel(option.label()).type(option.label().equals("FILE") ? Path.class : String.class);
    List<String> words = words(option);
    return (words.isEmpty() ? spec : spec.completionCandidates(words)).build();
  }

  /** The values of an option that completion offers; empty if they are not words. */
  private static List<String> words(Option option) {
    return switch (option.name()) {
      case "-device" -> DeviceModels.ALL.stream().<String>map(Model::name).toList();
      case "-object" -> ObjectModels.ALL.stream().<String>map(Model::name).toList();
      default -> option.label().matches("[a-z]+") ? List.of(option.label()) : List.of();
    };
  }
}
