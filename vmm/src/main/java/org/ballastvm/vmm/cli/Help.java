package org.ballastvm.vmm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.CpuFeatureNames;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.Model;
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
      "Available chardev backend types: \n  stdio\n  socket\n  null\n  file\n  pty");

  private static final int WIDTH = 100;

  private Help() {}

  /** Prints what was asked for; false if nothing was. */
  static boolean printed(GivenOptions given) {
    if (given.has("-help")) {
      usage();
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

  private static void usage() {
    CommandSpec spec = CommandSpec.create().name("ballast");
    spec.parser().separator(" ");
    spec.usageMessage().width(WIDTH).customSynopsis("ballast OPTION...", "       ballast SUB-COMMAND ...")
        .description("Runs a virtual machine and resizes it. Options are QEMU's.").footer(subCommands());
    for (Option option : Option.ALL) {
      OptionSpec.Builder line = OptionSpec.builder(option.name()).description(option.text().replace("%", "%%"));
      spec.addOption(option.takesValue()
          ? line.type(String.class).arity("1").paramLabel(option.label()).build()
          : line.type(boolean.class).arity("0").build());
    }
    new CommandLine(spec).usage(System.out);
  }

  private static String[] subCommands() {
    List<String> lines = new ArrayList<>(List.of("Sub-commands:"));
    for (SubCommand command : ServiceLoader.load(SubCommand.class)) {
      if (!command.summary().isEmpty()) {
        lines.add(String.format("  %-8s %s", command.name(), command.summary()));
      }
    }
    return lines.toArray(String[]::new);
  }
}
