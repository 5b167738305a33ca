package org.ballastvm.vmm.attach;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The human monitor behind the machine protocol. */
final class ProtocolMonitor implements RemoteMonitor {
  private static final String COMPLETE = "x-complete";

  private final QmpClient client;
  private final boolean completes;
  private HelpWords words;

  ProtocolMonitor(QmpClient client) throws IOException {
    this.client = client;
    this.completes = knows(COMPLETE);
  }

  private boolean knows(String command) throws IOException {
    try {
      return ((List<?>) client.execute("query-commands", Map.of())).stream()
          .anyMatch(each -> each instanceof Map<?, ?> info && command.equals(info.get("name")));
    } catch (QmpClient.Refusal e) {
      return false;
    }
  }

  /** Only ours completes. */
  @Override
  public String prompt() { return completes ? "(ballast) " : "(qemu) "; }

  @Override
  public boolean isGone() { return client.isGone(); }

  @Override
  public boolean run(String line, Consumer<String> output) throws IOException {
    if (line.isBlank()) {
      return true;
    }
    try {
      output.accept(answer(line));
      return true;
    } catch (EOFException e) {
      return false;
    } catch (QmpClient.Refusal e) {
      output.accept("Error: " + e.getMessage() + "\n");
      return true;
    }
  }

  private String answer(String line) throws IOException, QmpClient.Refusal {
    return ((String) client.execute("human-monitor-command", Map.of("command-line", line))).replace("\r\n", "\n");
  }

  @Override
  public List<String> completions(String line) throws IOException {
    try {
      if (completes) {
        return ((List<?>) client.execute(COMPLETE, Map.of("line", line))).stream().map(String.class::cast).toList();
      }
      if (words == null) {
        words = new HelpWords(answer("help"), answer("help info"));
      }
      return words.completions(line);
    } catch (QmpClient.Refusal e) {
      return List.of();
    }
  }
}
