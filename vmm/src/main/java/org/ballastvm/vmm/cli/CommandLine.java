package org.ballastvm.vmm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.MonitorConfig;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** QEMU's options, made into a {@link MachineConfig}. */
final class CommandLine {
  private static final long MIB = 1L << 20;
  private static final long DEFAULT_MEMORY = 128 * MIB;

  private final ParseResult given;
  private final MachineConfig config;

  private CommandLine(ParseResult given) {
    this.given = given;
    this.config = build();
  }

  /** Parses; empty if all that was asked for was help, which has been printed. */
  static Optional<CommandLine> parse(List<String> arguments) {
    picocli.CommandLine picocli = new picocli.CommandLine(spec());
    // QEMU takes -kernel and --kernel alike, and knows no -abc for -a -b -c.
    picocli.setPosixClusteredShortOptionsAllowed(false);
    picocli.setExpandAtFiles(false);
    picocli.setUnmatchedOptionsAllowedAsOptionParameters(true);
    picocli.setTrimQuotes(false);
    ParseResult given;
    try {
      given = picocli.parseArgs(arguments.stream().map(CommandLine::oneDash).toArray(String[]::new));
    } catch (UnmatchedArgumentException e) {
      throw new UserError(refusal(e.getUnmatched().getFirst()), e);
    } catch (ParameterException e) {
      throw new UserError(e.getMessage(), e);
    }
    if (given.hasMatchedOption("-help")) {
      picocli.usage(System.out);
      return Optional.empty();
    }
    if (Help.printed(given)) {
      return Optional.empty();
    }
    return Optional.of(new CommandLine(given));
  }

  private static String oneDash(String argument) {
    return argument.length() > 3 && argument.startsWith("--") ? argument.substring(1) : argument;
  }

  private static String refusal(String word) {
    if (word.startsWith("-")) {
      return word + ": Ballast has no such option; -help lists those it has";
    }
    return word + ": a disk image or other word without an option; a kernel is given with -kernel FILE";
  }

  private static CommandSpec spec() {
    CommandSpec spec = CommandSpec.create().name("ballast");
    spec.usageMessage().description("Runs a virtual machine and resizes it. Options are QEMU's.");
    one(spec, "-m", "[size=]SIZE[,slots=N][,maxmem=SIZE]", "memory, in MiB without a suffix (default 128)");
    one(spec, "-smp", "[cpus=]N[,sockets=N][,cores=N][,threads=N]", "processors (default 1)");
    one(spec, "-kernel", "FILE", "a bzImage, or a vmlinux with a PVH note");
    one(spec, "-initrd", "FILE", "initial RAM disk");
    one(spec, "-append", "TEXT", "kernel command line");
    many(spec, "-object", "TYPE,id=ID[,prop=VALUE]...", "a memory backend; -object help lists them");
    many(spec, "-device", "DRIVER[,prop=VALUE]...", "a device; -device help lists them");
    many(spec, "-chardev", "BACKEND,id=ID[,prop=VALUE]...", "stdio, socket, null, file or pty");
    many(spec, "-serial", "DEV",
        "COM1: stdio, mon:stdio, unix:PATH, tcp:HOST:PORT, file:PATH, pty, null, none, chardev:ID");
    many(spec, "-monitor", "DEV", "a human monitor on the same kinds of DEV");
    many(spec, "-mon", "[chardev=]ID[,mode=readline]", "a human monitor on a chardev");
    flag(spec, "-nographic", "console and monitor on this terminal; Ctrl-A h helps");
    one(spec, "-display", "none", "no console on this terminal");
    flag(spec, "-nodefaults", "no serial port and no monitor but those that are asked for");
    flag(spec, "-no-reboot", "end when the guest reboots");
    flag(spec, "-no-shutdown", "stop, but stay, when the guest powers off");
    one(spec, "-name", "[guest=]NAME", "a name for people");
    flag(spec, "-S", "do not start before the monitor says cont");
    many(spec, "-accel", "kvm", "the only one");
    one(spec, "-cpu", "host", "the only one");
    many(spec, "-machine", "[type=]ballast[,memory-backend=ID]", "the machine");
    flag(spec, "-enable-kvm", "as -accel kvm");
    one(spec, "-pidfile", "FILE", "write the process's number there");
    one(spec, "-D", "FILE", "where the log goes");
    one(spec, "-d", "ITEM[,ITEM]...", "what the log tells besides: " + String.join(", ", Logging.ITEMS));
    flag(spec, "-help", "this");
    flag(spec, "-version", "the version");
    return spec;
  }

  private static void one(CommandSpec spec, String name, String value, String text) {
    spec.addOption(OptionSpec.builder(name).type(String.class).arity("1").paramLabel(value)
        .description(text.replace("%", "%%")).build());
  }

  private static void many(CommandSpec spec, String name, String value, String text) {
    spec.addOption(OptionSpec.builder(name).type(List.class).auxiliaryTypes(String.class).arity("1").paramLabel(value)
        .description(text).build());
  }

  private static void flag(CommandSpec spec, String name, String text) {
    spec.addOption(OptionSpec.builder(name).type(boolean.class).arity("0").description(text).build());
  }

  MachineConfig config() { return config; }

  Optional<Path> logFile() { return value("-D").map(Path::of); }

  List<String> logItems() { return value("-d").map(items -> List.of(items.split(","))).orElse(List.of()); }

  private MachineConfig build() {
    value("-cpu").ifPresent(cpu -> requireOnly("-cpu", cpu, "host"));
    values("-accel").forEach(accel -> requireOnly("-accel", accel, "kvm"));
    value("-display").ifPresent(display -> requireOnly("-display", display, "none"));
    Optional<String> backend = Optional.empty();
    for (String machine : values("-machine")) {
      backend = machineBackend(machine).or(() -> Optional.empty());
    }
    Lines lines = new Lines();
    values("-chardev").forEach(text -> lines.chardevs.add(ChardevOptions.parse(text)));
    values("-serial").forEach(text -> lines.add(text, "-serial", lines.serials::add));
    values("-monitor").forEach(text -> lines.add(text, "-monitor", lines.monitors::add));
    for (String mon : values("-mon")) {
      lines.monitors.add(monitorChardev(mon));
    }
    addDefaults(lines);
    return new MachineConfig(name(), memory(backend), cpus(), boot(),
        values("-object").stream().map(ObjectOptions::parse).toList(),
        values("-device").stream().map(DeviceOptions::parse).toList(), lines.chardevs, lines.serials,
        lines.monitors.stream().map(MonitorConfig::new).toList(),
        new RunPolicy(has("-S"), has("-no-reboot"), has("-no-shutdown")), value("-pidfile").map(Path::of));
  }

  /** Chardevs and who talks through them, as they are collected. */
  private static final class Lines {
    final List<ChardevConfig> chardevs = new ArrayList<>();
    final List<String> serials = new ArrayList<>();
    final List<String> monitors = new ArrayList<>();

    /** One in the old syntax, which may make a chardev of its own. */
    void add(String text, String option, Consumer<String> user) {
      if (text.equals("none")) {
        return;
      }
      if (text.startsWith("chardev:")) {
        user.accept(text.substring("chardev:".length()));
        return;
      }
      boolean withMonitor = text.startsWith("mon:");
      String id = "compat_" + option.substring(1) + (serials.size() + monitors.size());
      ChardevConfig chardev = ChardevOptions.parseOld(option, withMonitor ? text.substring(4) : text, id, withMonitor);
      chardevs.add(chardev);
      user.accept(id);
      if (withMonitor) {
        (option.equals("-serial") ? monitors : serials).add(id);
      }
    }
  }

  private void addDefaults(Lines lines) {
    boolean terminal = !has("-nodefaults") && (has("-nographic") || value("-display").isEmpty());
    boolean noSerial = lines.serials.isEmpty() && values("-serial").isEmpty();
    boolean noMonitor = lines.monitors.isEmpty() && values("-monitor").isEmpty();
    boolean stdioTaken = lines.chardevs.stream().anyMatch(ChardevConfig.Stdio.class::isInstance);
    if (!terminal || stdioTaken || !noSerial && !noMonitor) {
      return;
    }
    lines.chardevs.add(new ChardevConfig.Stdio("stdio", true, false));
    if (noSerial) {
      lines.serials.add("stdio");
    }
    if (noMonitor) {
      lines.monitors.add("stdio");
    }
  }

  private String name() {
    return value("-name").map(text -> {
      KeyValues name = KeyValues.parse("-name", text, "guest");
      String guest = name.require("guest");
      name.refuseRest("guest");
      return guest;
    }).orElse("ballast");
  }

  private MemoryConfig memory(Optional<String> backend) {
    KeyValues memory = KeyValues.parse("-m", value("-m").orElse("128"), "size");
    long size = memory.takeSize("size", MIB).orElse(DEFAULT_MEMORY);
    int slots = memory.takeInt("slots", 0, 256).orElse(0);
    long most = memory.takeSize("maxmem", MIB).orElse(size);
    memory.refuseRest("size, slots, maxmem");
    return new MemoryConfig(size, slots, most, backend);
  }

  private CpuConfig cpus() {
    KeyValues smp = KeyValues.parse("-smp", value("-smp").orElse("1"), "cpus");
    Optional<Integer> count = smp.takeInt("cpus", 1, CpuConfig.MOST);
    Optional<Integer> sockets = smp.takeInt("sockets", 1, CpuConfig.MOST);
    Optional<Integer> cores = smp.takeInt("cores", 1, CpuConfig.MOST);
    Optional<Integer> threads = smp.takeInt("threads", 1, CpuConfig.MOST);
    Optional<Integer> most = smp.takeInt("maxcpus", 1, CpuConfig.MOST);
    smp.refuseRest("cpus, sockets, cores, threads, maxcpus");
    int t = threads.orElse(1);
    int total = count.or(() -> most).orElse(sockets.orElse(1) * cores.orElse(1) * t);
    // As QEMU since 6.2: what is missing is filled with cores first, then sockets.
    int s = sockets.orElseGet(() -> cores.isPresent() ? Math.max(1, total / (cores.get() * t)) : 1);
    int c = cores.orElseGet(() -> Math.max(1, total / (s * t)));
    if (most.isPresent() && most.get() != total) {
      throw new UserError("-smp maxcpus=" + most.get() + ": must be the number of CPUs, " + total
          + "; this machine cannot plug CPUs");
    }
    return new CpuConfig(total, s, c, t);
  }

  private BootConfig boot() {
    if (value("-kernel").isEmpty()) {
      for (String needy : List.of("-initrd", "-append")) {
        if (has(needy)) {
          throw new UserError(needy + ": is for a kernel, and there is none; give one with -kernel FILE");
        }
      }
      return new BootConfig.Nothing();
    }
    return new BootConfig.Linux(Path.of(value("-kernel").get()), value("-initrd").map(Path::of),
        value("-append").orElse(""));
  }

  private static Optional<String> machineBackend(String text) {
    KeyValues machine = KeyValues.parse("-machine", text, "type");
    machine.take("type").ifPresent(type -> requireOnly("-machine", type, "ballast"));
    machine.take("accel").ifPresent(accel -> requireOnly("-machine accel=", accel, "kvm"));
    Optional<String> backend = machine.take("memory-backend");
    machine.refuseRest("type, accel, memory-backend");
    return backend;
  }

  private static String monitorChardev(String text) {
    KeyValues mon = KeyValues.parse("-mon", text, "chardev");
    String chardev = mon.require("chardev");
    mon.take("mode").ifPresent(mode -> requireOnly("-mon mode=", mode, "readline"));
    mon.refuseRest("chardev, mode");
    return chardev;
  }

  private static void requireOnly(String option, String value, String only) {
    if (!value.equals(only)) {
      throw new UserError(option + " " + value + ": Ballast has only " + only);
    }
  }

  private boolean has(String option) { return given.hasMatchedOption(option); }

  private Optional<String> value(String option) {
    return Optional.ofNullable(given.matchedOptionValue(option, (String) null));
  }

  private List<String> values(String option) { return given.matchedOptionValue(option, List.of()); }

  /** What {@code -device help} and the like print. */
  private static final class Help {
    private static final Map<String, String> LISTS = Map.of("-device", DeviceOptions.LIST, "-object",
        ObjectOptions.LIST, "-machine",
        "Supported machines are:\nballast              KVM, PCI, hardware-reduced ACPI (default)",
        "-cpu", "Available CPUs:\nx86 host", "-chardev",
        "Available chardev backend types: \n  stdio\n  socket\n  null\n  file\n  pty");

    static boolean printed(ParseResult given) {
      for (Map.Entry<String, String> list : LISTS.entrySet()) {
        Object value = given.matchedOptionValue(list.getKey(), (Object) null);
        if (value != null && (value.equals("help") || value instanceof List<?> many && many.contains("help"))) {
          System.out.println(list.getValue());
          return true;
        }
      }
      return false;
    }
  }
}
