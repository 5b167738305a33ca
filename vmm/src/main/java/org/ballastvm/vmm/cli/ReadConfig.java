package org.ballastvm.vmm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.vmm.config.UserError;

/** {@code -readconfig}: a file of options in QEMU's form, groups of keys and values, which stand where the option stood. */
final class ReadConfig {
  static final String OPTION = "-readconfig";
  private static final Pattern GROUP = Pattern.compile("\\[([a-z-]+)(?: \"([^\"]+)\")?]");
  private static final Pattern ENTRY = Pattern.compile("([A-Za-z0-9_.-]+) *= *\"([^\"]*)\"");

  /** The option of a group that is not called as its group is. */
  private static final Map<String, String> OPTIONS = Map.of("memory", "m", "smp-opts", "smp", "boot-opts", "boot");
  private static final List<String> GROUPS = List.of("accel", "boot-opts", "chardev", "device", "drive", "fsdev",
      "machine", "memory", "mon", "msg", "name", "netdev", "nic", "numa", "object", "overcommit", "rtc", "smp-opts");
  /** What QEMU has as properties of the machine, and as options of their own. */
  private static final List<String> BOOT = List.of("kernel", "initrd", "append");

  private final Path file;
  private final List<String> words = new ArrayList<>();
  private int line;

  private ReadConfig(Path file) { this.file = file; }

  /** A command line with what such files say in their place. */
  static List<String> expand(List<String> arguments) {
    List<String> all = new ArrayList<>();
    for (Iterator<String> words = arguments.iterator(); words.hasNext();) {
      String word = words.next();
      if (word.equals(OPTION) && words.hasNext() || word.equals("-" + OPTION) && words.hasNext()) {
        all.addAll(new ReadConfig(Path.of(words.next())).read());
      } else {
        all.add(word);
      }
    }
    return all;
  }

  private List<String> read() {
    try {
      for (String text : Files.readAllLines(file)) {
        line++;
        if (!text.isBlank() && !text.strip().startsWith("#")) {
          add(text.strip());
        }
      }
      dropEmpty();
      return words;
    } catch (IOException e) {
      throw new UserError(OPTION + " " + file + ": cannot be read: " + FileTrouble.reason(e), e);
    }
  }

  private void add(String text) {
    Matcher group = GROUP.matcher(text);
    Matcher entry = ENTRY.matcher(text);
    if (group.matches()) {
      begin(group.group(1), group.group(2));
    } else if (entry.matches() && !words.isEmpty()) {
      add(entry.group(1), entry.group(2));
    } else {
      throw error("must be [GROUP], [GROUP \"ID\"] or, within a group, KEY = \"VALUE\"");
    }
  }

  private void begin(String group, String id) {
    if (!GROUPS.contains(group)) {
      throw error("there is no group '" + group + "'; there are " + String.join(", ", GROUPS));
    }
    dropEmpty();
    words.add("-" + OPTIONS.getOrDefault(group, group));
    words.add(id == null || group.equals("mon") ? "" : "id=" + id);
  }

  /** A group that says nothing. */
  private void dropEmpty() {
    if (!words.isEmpty() && words.getLast().isEmpty()) {
      words.removeLast();
      words.removeLast();
    }
  }

  private void add(String key, String value) {
    int last = words.size() - 1;
    if (words.get(last - 1).equals("-machine") && BOOT.contains(key)) {
      words.addAll(last - 1, List.of("-" + key, value));
      return;
    }
    String before = words.get(last);
    words.set(last, before + (before.isEmpty() ? "" : ",") + key + "=" + value.replace(",", ",,"));
  }

  private UserError error(String rest) { return new UserError(OPTION + " " + file + ", line " + line + ": " + rest); }
}
