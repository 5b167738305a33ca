package org.ballastvm.vmm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ballastvm.images.UserDirectories;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.BlockdevConfig;
import org.ballastvm.vmm.config.BlockdevOptions;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.ChardevOptions;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.CpuModel;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.DiskConfig;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.DriveOptions;
import org.ballastvm.vmm.config.FaultConfig;
import org.ballastvm.vmm.config.FileName;
import org.ballastvm.vmm.config.FirmwareConfig;
import org.ballastvm.vmm.config.FirmwareFile;
import org.ballastvm.vmm.config.FolderConfig;
import org.ballastvm.vmm.config.FolderOptions;
import org.ballastvm.vmm.config.IoThreadConfig;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.MonitorConfig;
import org.ballastvm.vmm.config.MonitorPrompt;
import org.ballastvm.vmm.config.ObjectConfig;
import org.ballastvm.vmm.config.ObjectModels;
import org.ballastvm.vmm.config.RecordConfig;
import org.ballastvm.vmm.config.RtcOptions;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.config.SmbiosOptions;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.wire.JsonText;

/** QEMU's options, made into a {@link MachineConfig}. */
final class CommandLine {
  private static final long MIB = 1L << 20;
  private static final long DEFAULT_MEMORY = 128 * MIB;
  /** Levels between sockets and cores that QEMU has for some processors. */
  static final List<String> ONE_EACH = List.of("dies", "clusters", "modules", "books", "drawers");
  /** QEMU rounds memory up to this, whatever the machine. */
  private static final long MEMORY_STEP = 8192;
  /** How a DEV begins that is the id of a chardev. */
  private static final String NAMED = "chardev:";
  /** The chardev that nobody asked for by name. */
  private static final String TERMINAL = "compat_stdio";

  private final GivenOptions given;
  private final Harmless harmless;
  private final List<String> notes = new ArrayList<>();
  private final MachineConfig config;

  private CommandLine(GivenOptions given) {
    this.given = given;
    this.harmless = Harmless.look(given);
    this.config = build();
  }

  /** Parses; empty if all that was asked for was help, which has been printed. */
  static Optional<CommandLine> parse(List<String> arguments) {
    boolean fromFile = arguments.contains(ReadConfig.OPTION) || arguments.contains("-" + ReadConfig.OPTION);
    GivenOptions given = new GivenOptions(fromFile ? ReadConfig.expand(arguments) : arguments);
    return Help.printed(given) ? Optional.empty() : Optional.of(new CommandLine(given));
  }

  MachineConfig config() { return config; }

  Optional<Path> logFile() { return value("-D").map(this::file); }

  boolean daemonize() { return has("-daemonize"); }

  List<String> logItems() { return value("-d").map(items -> List.of(items.split(","))).orElse(List.of()); }

  /** What the user should know of what was asked for, a line each. */
  List<String> notes() {
    return Stream.concat(harmless.notes().stream(), notes.stream()).toList();
  }

  /** Descriptors for sets, which files are opened by. */
  List<AddFdOption> descriptors() {
    List<AddFdOption> all = values("-add-fd").stream().map(AddFdOption::parse).toList();
    if (daemonize() && !all.isEmpty()) {
      throw new UserError("-add-fd cannot be used with -daemonize: the daemon is another process");
    }
    return all;
  }

  /** Whether lines of the log have the time. */
  boolean logHasTime() { return harmless.logHasTime(); }

  List<TraceOption> traces() { return values("-trace").stream().map(TraceOption::parse).toList(); }

  private MachineConfig build() {
    Lines lines = new Lines(daemonize(), ownPrompt());
    values("-chardev").forEach(text -> lines.add("-chardev", text, ChardevOptions.parse(text)));
    values("-serial").forEach(text -> lines.add(text, "-serial", lines.serials::add));
    values("-monitor").forEach(text -> lines.add(text, "-monitor", lines::human));
    values("-qmp").forEach(text -> lines.add(text, "-qmp", id -> lines.control(id, false)));
    values("-qmp-pretty").forEach(text -> lines.add(text, "-qmp-pretty", id -> lines.control(id, true)));
    values("-mon").forEach(text -> lines.monitors.add(monitor(text)));
    addDefaults(lines);
    debugger().ifPresent(lines::debugger);
    MemoryConfig memory = memory(harmless.backend());
    CpuConfig cpus = cpus().with(value("-cpu").map(CpuModel::parse).orElse(CpuModel.HOST));
    List<ObjectConfig> objects = values("-object").stream()
        .map(text -> ObjectModels.parse(keyValues("-object", text, "qom-type"))).toList();
    List<BackendConfig> backends = ofKind(BackendConfig.class, objects);
    DiskConfig disks = disks();
    List<FolderOptions.Shared> shared = values("-virtfs").stream().map(FolderOptions::shared).toList();
    NetOptions network = NetOptions.parse(given, daemonize());
    SmbiosOptions.Given identity = SmbiosOptions.parse(value("-uuid"), values("-smbios"));
    return new MachineConfig(name(), identity.uuid().orElse(MachineConfig.NO_UUID), memory, cpus,
        NumaOptions.parse(values("-numa"), cpus, memory, backends),
        boot(harmless.kaslr()),
        backends, ofKind(IoThreadConfig.class, objects),
        network.netdevs(), disks, disks.withDevices(devices(network, shared)),
        lines.chardevs, lines.serials,
        lines.monitors,
        ActionOption.add(new RunPolicy(has("-S"), has("-no-reboot"), has("-no-shutdown")), values("-action")),
        value("-pidfile").map(this::file), Optional.of(UserDirectories.cache(System.getenv()).resolve("unpacked")),
        folders(shared), new FirmwareConfig(identity.smbios(), RtcOptions.parse(values("-rtc")), firmwareFiles()),
        values("-fault").stream().map(text -> FaultConfig.parse("-fault", text)).toList(),
        values("-record").stream().map(text -> RecordConfig.parse("-record", text)).toList());
  }

  private DiskConfig disks() {
    List<BlockdevConfig> nodes = values("-blockdev").stream().map(text -> BlockdevOptions.parse(text.startsWith("{")
        ? KeyValues.of("-blockdev", BlockdevOptions.flat(JsonText.object("-blockdev", text)), "driver")
        : KeyValues.parse("-blockdev", text, "driver"))).toList();
    List<DriveConfig> drives = new ArrayList<>();
    values("-drive").forEach(text -> drives.add(DriveOptions.parse(KeyValues.parse("-drive", text, "file"),
        drives.size())));
    return new DiskConfig(nodes, drives);
  }

  /** Chardevs and who talks through them, as they are collected. */
  private static final class Lines {
    final List<ChardevConfig> chardevs = new ArrayList<>();
    final List<String> serials = new ArrayList<>();
    final List<MonitorConfig> monitors = new ArrayList<>();
    private final boolean daemonize;
    private final MonitorPrompt prompt;

    Lines(boolean daemonize, MonitorPrompt prompt) {
      this.daemonize = daemonize;
      this.prompt = prompt;
    }

    void add(String option, String text, ChardevConfig chardev) {
      if (daemonize && chardev.bare() instanceof ChardevConfig.Stdio) {
        throw new UserError(option + " " + text + ": cannot use stdio with -daemonize");
      }
      chardevs.add(daemonize ? Daemon.independentOfDirectory(chardev) : chardev);
    }

    void human(String chardev) { monitors.add(new MonitorConfig.Human(chardev, prompt)); }

    void control(String chardev, boolean pretty) { monitors.add(new MonitorConfig.Control(chardev, pretty)); }

    void debugger(String text) {
      if (text.startsWith(NAMED)) {
        monitors.add(new MonitorConfig.Debugger(text.substring(NAMED.length())));
      } else if (!text.equals("none")) {
        add("-gdb", text, ChardevOptions.parseDebugger("-gdb", text, "compat_gdb"));
        monitors.add(new MonitorConfig.Debugger("compat_gdb"));
      }
    }

    /** One in the old syntax, which may make a chardev of its own. */
    void add(String text, String option, Consumer<String> user) {
      if (text.equals("none")) {
        return;
      }
      if (text.startsWith(NAMED)) {
        user.accept(text.substring(NAMED.length()));
        return;
      }
      boolean withMonitor = text.startsWith("mon:");
      String id = "compat_" + option.substring(1) + (serials.size() + monitors.size());
      ChardevConfig chardev = ChardevOptions.parseOld(option, withMonitor ? text.substring(4) : text, id, withMonitor);
      add(option, text, chardev);
      user.accept(id);
      if (withMonitor) {
        if (option.equals("-serial")) {
          human(id);
        } else {
          serials.add(id);
        }
      }
    }
  }

  /** One serves; the last that was asked for, as in QEMU, whose {@code -s} is short for a port. */
  private Optional<String> debugger() {
    return value("-gdb").or(() -> has("-s") ? Optional.of("tcp::1234") : Optional.empty());
  }

  private void addDefaults(Lines lines) {
    if (daemonize() && has("-nographic")) {
      throw new UserError("-nographic cannot be used with -daemonize");
    }
    boolean terminal = !has("-nodefaults") && !daemonize() && (has("-nographic") || value("-display").isEmpty());
    boolean noSerial = lines.serials.isEmpty() && values("-serial").isEmpty();
    boolean noMonitor = lines.monitors.isEmpty() && values("-monitor").isEmpty();
    boolean stdioTaken = lines.chardevs.stream().map(ChardevConfig::bare)
        .anyMatch(ChardevConfig.Stdio.class::isInstance);
    // -nographic wants the terminal for what is left over, and is refused where it is taken.
    if (!terminal || !noSerial && !noMonitor || stdioTaken && !has("-nographic")) {
      return;
    }
    lines.chardevs.add(new ChardevConfig.Stdio(TERMINAL, true, false));
    if (noSerial) {
      lines.serials.add(TERMINAL);
    }
    if (noMonitor) {
      lines.human(TERMINAL);
    }
  }

  private String name() {
    return value("-name").map(text -> {
      KeyValues name = KeyValues.parse("-name", text, "guest");
      Optional<String> guest = name.take("guest");
      name.takeBoolean("debug-threads", true);
      name.refuseRest("guest, debug-threads");
      return guest.orElse(MachineConfig.UNNAMED);
    }).orElse(MachineConfig.UNNAMED);
  }

  private MemoryConfig memory(Optional<String> backend) {
    KeyValues memory = KeyValues.parse("-m", value("-m").orElse("128"), "size");
    long size = memory.takeSize("size", MIB).map(CommandLine::rounded).orElse(DEFAULT_MEMORY);
    int slots = memory.takeInt("slots", 0, 256).orElse(0);
    long most = memory.takeSize("maxmem", MIB).map(CommandLine::rounded).orElse(size);
    memory.refuseRest("size, slots, maxmem");
    return new MemoryConfig(size, slots, most, backend);
  }

  /** What no rounding makes a size is left to who refuses it. */
  private static long rounded(long sizeBytes) {
    return sizeBytes > MemoryConfig.MOST_BYTES ? sizeBytes : (sizeBytes + MEMORY_STEP - 1) / MEMORY_STEP * MEMORY_STEP;
  }

  private CpuConfig cpus() {
    KeyValues smp = KeyValues.parse("-smp", value("-smp").orElse("1"), "cpus");
    Optional<Integer> count = smp.takeInt("cpus", 1, CpuConfig.MOST);
    Optional<Integer> sockets = smp.takeInt("sockets", 1, CpuConfig.MOST);
    Optional<Integer> cores = smp.takeInt("cores", 1, CpuConfig.MOST);
    Optional<Integer> threads = smp.takeInt("threads", 1, CpuConfig.MOST);
    Optional<Integer> most = smp.takeInt("maxcpus", 1, CpuConfig.MOST);
    ONE_EACH.forEach(level -> smp.takeInt(level, 1, CpuConfig.MOST).filter(given -> given > 1).ifPresent(given -> {
      throw smp.error(level + "=" + given + ": must be 1; this machine's sockets have cores, and these threads");
    }));
    smp.refuseRest("cpus, sockets, cores, threads, maxcpus, " + String.join(", ", ONE_EACH));
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

  private BootConfig boot(boolean kaslr) {
    if (value("-kernel").isEmpty()) {
      for (String needy : List.of("-initrd", "-append")) {
        if (has(needy)) {
          throw new UserError(needy + ": is for a kernel, and there is none; give one with -kernel FILE");
        }
      }
      if (!has("-S")) {
        throw new UserError("-kernel FILE: is missing, and this machine has no firmware that would find one; "
            + "'ballast demo' brings its own, and -help lists all options");
      }
      return new BootConfig.Nothing();
    }
    return new BootConfig.Linux(file(value("-kernel").get()), value("-initrd").map(this::file),
        value("-append").orElse(""), kaslr);
  }

  private List<DeviceConfig> devices(NetOptions network, List<FolderOptions.Shared> shared) {
    Stream<DeviceConfig> named = values("-device").stream()
        .map(text -> DeviceModels.parse(keyValues("-device", text, "driver")));
    return Stream.of(network.cards().stream(), named, shared.stream().map(FolderOptions.Shared::device))
        .flatMap(each -> each).toList();
  }

  private List<FolderConfig> folders(List<FolderOptions.Shared> shared) {
    return Stream.concat(values("-fsdev").stream().map(FolderOptions::folder),
        shared.stream().map(FolderOptions.Shared::folder))
        .map(folder -> folder.at(file(folder.path()).toString())).toList();
  }

  private List<FirmwareFile> firmwareFiles() {
    List<FirmwareFile> files = FirmwareFile.parse(values("-fw_cfg"), this::file);
    files.stream().map(FirmwareFile::name).filter(name -> !name.startsWith(FirmwareFile.USERS)).forEach(name -> notes
        .add("-fw_cfg name=" + name + ": externally provided fw_cfg item names should be prefixed with \"opt/\""));
    return files;
  }

  private static <T> List<T> ofKind(Class<T> kind, List<ObjectConfig> objects) {
    return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Whose a monitor's prompt is where no option says so: programs for QEMU start it by a name like this. */
  private static MonitorPrompt ownPrompt() {
    return System.getProperty("ballast.called", "").endsWith("qemu-system-x86_64")
        ? MonitorPrompt.QEMU
        : MonitorPrompt.BALLAST;
  }

  private static MonitorConfig monitor(String text) {
    KeyValues mon = KeyValues.parse("-mon", text, "chardev");
    String chardev = mon.require("chardev");
    String mode = mon.take("mode").orElse("readline");
    boolean pretty = mon.takeBoolean("pretty", false);
    MonitorPrompt prompt = mon.take("prompt").map(CommandLine::prompt).orElse(ownPrompt());
    mon.refuseRest("chardev, mode, pretty, prompt");
    return switch (mode) {
      case "readline" -> new MonitorConfig.Human(chardev, prompt);
      case "control" -> new MonitorConfig.Control(chardev, pretty);
      default -> throw new UserError("-mon mode=" + mode + ": must be readline or control");
    };
  }

  private static MonitorPrompt prompt(String whose) {
    return switch (whose) {
      case "ballast" -> MonitorPrompt.BALLAST;
      case "qemu" -> MonitorPrompt.QEMU;
      default -> throw new UserError("-mon prompt=" + whose + ": must be ballast or qemu");
    };
  }

  /** What stands behind -object or -device: in QEMU's syntax, or as a JSON object. */
  private static KeyValues keyValues(String option, String text, String firstKey) {
    return text.startsWith("{")
        ? KeyValues.of(option, JsonText.object(option, text), firstKey)
        : KeyValues.parse(option, text, firstKey);
  }

  /** A daemon leaves the directory it was started in, and reads some files later. */
  private Path file(String name) {
    Path path = FileName.path("file", name);
    return daemonize() ? path.toAbsolutePath() : path;
  }

  private boolean has(String option) { return given.has(option); }

  private Optional<String> value(String option) { return given.value(option); }

  private List<String> values(String option) { return given.values(option); }
}
