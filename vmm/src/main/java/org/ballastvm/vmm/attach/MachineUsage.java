package org.ballastvm.vmm.attach;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * How a machine is, and how much memory it has.
 *
 * @param entry which one
 * @param status {@code running}, {@code paused} and so on; empty if it did not answer in time
 * @param heldBytes what the guest has: base memory and what is plugged, less what is in the balloon; empty likewise
 * @param residentBytes what of the process is in the host's memory, huge pages included; empty if it has just ended
 */
record MachineUsage(MachineEntry entry, Optional<String> status, Optional<Long> heldBytes,
    Optional<Long> residentBytes) {
  private static final int KIB = 1024;

  /** What a machine says of itself. */
  private record Answer(String status, long heldBytes) {}

  /** Measures machines, all at once: one that does not answer takes the time of one. */
  static List<MachineUsage> of(List<MachineEntry> entries, long patienceMillis) {
    List<CompletableFuture<Optional<Answer>>> answers = entries.stream().map(MachineUsage::ask)
        .map(answer -> answer.completeOnTimeout(Optional.empty(), patienceMillis, TimeUnit.MILLISECONDS)).toList();
    return java.util.stream.IntStream.range(0, entries.size()).mapToObj(i -> {
      Optional<Answer> known = answers.get(i).join();
      MachineEntry entry = entries.get(i);
      return new MachineUsage(entry, known.map(Answer::status), known.map(Answer::heldBytes),
          residentBytes(entry.pid()));
    }).toList();
  }

  private static CompletableFuture<Optional<Answer>> ask(MachineEntry entry) {
    CompletableFuture<Optional<Answer>> answer = new CompletableFuture<>();
    Thread asker = new Thread(() -> {
      try (Wire wire = Wire.connect("unix:" + entry.control())) {
        byte[] first = new byte[4096];
        int count = wire.read(first);
        answer.complete(
            count < 0 ? Optional.empty() : Optional.of(ask(QmpClient.agree(wire, first, count, () -> {
              // The command that is asked next fails.
            }), entry)));
      } catch (IOException | QmpClient.Refusal e) {
        answer.complete(Optional.empty());
      }
    }, "ps " + entry.pid());
    asker.setDaemon(true);
    asker.start();
    return answer;
  }

  private static Answer ask(QmpClient client, MachineEntry entry) throws IOException, QmpClient.Refusal {
    String status = (String) members(client.execute("query-status", Map.of())).get("status");
    Map<?, ?> summary = members(client.execute("query-memory-size-summary", Map.of()));
    long held = number(summary.get("base-memory")) + number(summary.get("plugged-memory"));
    return new Answer(status, held - ballooned(client, entry));
  }

  /** What is in the balloon: its "actual" counts base memory and DIMMs, and no memory of virtio-mem. */
  private static long ballooned(QmpClient client, MachineEntry entry) throws IOException, QmpClient.Refusal {
    long actual;
    try {
      actual = number(members(client.execute("query-balloon", Map.of())).get("actual"));
    } catch (QmpClient.Refusal e) {
      return 0; // It has no balloon.
    }
    long whole = entry.memoryBytes();
    for (Object device : (List<?>) client.execute("query-memory-devices", Map.of())) {
      if ("dimm".equals(members(device).get("type"))) {
        whole += number(members(members(device).get("data")).get("size"));
      }
    }
    return whole - actual;
  }

  private static Map<?, ?> members(Object json) { return (Map<?, ?>) json; }

  private static long number(Object json) {
    return json instanceof Long number ? number : json instanceof BigInteger large ? large.longValue() : 0;
  }

  /** proc_pid_status(5): what is mapped and present, and huge pages, which the kernel counts apart. */
  static Optional<Long> residentBytes(long pid) {
    try {
      long kib = 0;
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
        if (line.startsWith("VmRSS:") || line.startsWith("HugetlbPages:")) {
          kib += Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
      return Optional.of(kib * KIB);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
