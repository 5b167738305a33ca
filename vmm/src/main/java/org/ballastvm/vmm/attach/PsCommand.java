package org.ballastvm.vmm.attach;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.wire.JsonText;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast ps}: this user's machines, and how much memory they have. */
public final class PsCommand implements SubCommand {
  private static final int CANNOT = 1;
  private static final long PATIENCE_MILLIS = 2000;
  private static final String JSON = "--json";
  private static final String[] COLUMNS = {
      "  MEMORY    what -m asked for",
      "  HELD      what the guest has now: base memory and what is plugged, less what is in the balloon",
      "  RESIDENT  what the host has in memory for it: the guest's and Ballast's own",
      "  SOCKETS   where its monitors listen",
      "A machine that does not answer has a dash for what only it knows."};
  private static final String UNKNOWN = "-";
  private static final List<String> TITLES = List.of("NAME", "PID", "STATUS", "MEMORY", "HELD", "RESIDENT", "SOCKETS");
  /** Columns from here to there hold numbers, which stand at the right. */
  private static final int FIRST_NUMBER = 3;
  private static final int LAST_NUMBER = 5;

  @Override
  public String name() { return "ps"; }

  @Override
  public String summary() { return "lists your machines that run, and the memory each has; --json for scripts"; }

  @Override
  public void describe(CommandSpec spec) {
    spec.addOption(Arguments.flag(JSON, "for scripts: sizes in bytes, and null for what is not known"));
    spec.usageMessage().footer(COLUMNS);
  }

  @Override
  public int run(ParseResult given) {
    RuntimeDirectory directory = RuntimeDirectory.ofUser(System.getenv());
    try {
      List<MachineUsage> machines = MachineUsage.of(directory.running(), PATIENCE_MILLIS);
      System.out.print(given.hasMatchedOption(JSON) ? json(machines) : table(machines));
      return 0;
    } catch (IOException e) {
      System.err.println("ballast: ps: " + directory.path() + " cannot be read: " + e);
      return CANNOT;
    }
  }

  static String json(List<MachineUsage> machines) {
    List<Object> all = new ArrayList<>();
    for (MachineUsage machine : machines) {
      MachineEntry entry = machine.entry();
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("name", entry.name());
      members.put("pid", entry.pid());
      members.put("status", machine.status().orElse(null));
      members.put("memory", entry.memoryBytes());
      members.put("held", machine.heldBytes().orElse(null));
      members.put("resident", machine.residentBytes().orElse(null));
      members.put("monitors", entry.monitors().stream().map(PsCommand::members).toList());
      members.put("control", entry.control().toString());
      all.add(members);
    }
    return JsonText.of(all) + "\n";
  }

  private static Map<String, Object> members(MachineEntry.Socket socket) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("mode", socket.mode());
    members.put("address", socket.address());
    return members;
  }

  static String table(List<MachineUsage> machines) {
    List<List<String>> rows = new ArrayList<>(List.of(TITLES));
    for (MachineUsage machine : machines) {
      MachineEntry entry = machine.entry();
      List<String> sockets = entry.monitors().stream().map(MachineEntry.Socket::address).map(PsCommand::printable)
          .toList();
      rows.add(List.of(printable(entry.name()), Long.toString(entry.pid()), machine.status().orElse(UNKNOWN),
          mebibytes(Optional.of(entry.memoryBytes())), mebibytes(machine.heldBytes()),
          mebibytes(machine.residentBytes()), sockets.isEmpty() ? UNKNOWN : String.join(" ", sockets)));
    }
    int[] widths = new int[TITLES.size()];
    rows.forEach(row -> {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    });
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String pad = " ".repeat(widths[i] - row.get(i).length());
        boolean right = i >= FIRST_NUMBER && i <= LAST_NUMBER;
        line.append(right ? pad + row.get(i) : row.get(i) + pad).append("  ");
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** A name may hold anything, and must not move the cursor or pass for another column. */
  private static String printable(String text) {
    return text.isEmpty() ? UNKNOWN : text.replaceAll("[\\p{Cntrl}\\s]", "?");
  }

  private static String mebibytes(Optional<Long> bytes) {
    return bytes.map(count -> (count >> 20) + "M").orElse(UNKNOWN);
  }
}
