package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same topics asked of QEMU and of Ballast, with the same devices: the labels are the same, in the same order. */
@Tag("kvm")
@Timeout(600)
class QemuLabelsIT {
  private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");
  private static final String BACKEND = "/machine/peripheral/b0/virtio-backend";
  private static final List<String> TOPICS = List.of("memory-devices", "memory_size_summary", "registers 1",
      "hotpluggable-cpus", "virtio", "virtio-status " + BACKEND, "virtio-queue-status " + BACKEND + " 0", "kvm", "name",
      "uuid", "iothreads", "status", "lapic", "cpus", "balloon", "numa");
  private static final List<String> OPTIONS = List.of("-nodefaults", "-S", "-display", "none", "-qmp", "stdio", "-name",
      "labels", "-smp", "2", "-m", "1G,slots=2,maxmem=8G", "-object", "memory-backend-ram,id=n0,size=1G", "-numa",
      "node,nodeid=0,cpus=0-1,memdev=n0", "-object", "memory-backend-ram,id=mem0,size=1G", "-device",
      "virtio-mem-pci,id=vm0,memdev=mem0", "-device", "virtio-balloon-pci,id=b0");
  private static final Pattern ANSWER = Pattern.compile("\"return\": \"((?:[^\"\\\\]++|\\\\.)*+)\"");
  private static final Pattern LABEL = Pattern
      .compile("^ *[A-Za-z][\\w -]*[:\\[]|\\b[A-Z][A-Z0-9]* *=|^[A-Z0-9]+\\t|\\w+=", Pattern.MULTILINE);

  @TempDir
  private Path directory;

  /** A topic's labels, one a line. */
  private static String labels(String answer) {
    List<String> labels = LABEL.matcher(answer).results().map(MatchResult::group).toList();
    return String.join("\n", labels);
  }

  private List<String> ask(List<String> command) throws IOException, InterruptedException {
    StringBuilder input = new StringBuilder("{\"execute\":\"qmp_capabilities\"}\n");
    for (String topic : TOPICS) {
      input.append("{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"info ").append(topic)
          .append("\"}}\n");
    }
    List<String> all = new ArrayList<>(command);
    all.addAll(OPTIONS);
    String output = Launched.run(directory, input.append("{\"execute\":\"quit\"}\n").toString(), all).output();
    List<String> answers = ANSWER.matcher(output).results()
        .map(match -> match.group(1).replace("\\r\\n", "\n").replace("\\t", "\t")).toList();
    assertEquals(TOPICS.size(), answers.size(), output);
    return answers;
  }

  @Test
  void labelsAndTheirOrderAreQemus() throws Exception {
    assumeTrue(Files.isExecutable(QEMU), "no QEMU on this host");
    Files.write(directory.resolve("guest"), KernelFiles.bzImage(4096));
    List<String> theirs = ask(List.of(QEMU.toString(), "-machine", "q35", "-accel", "tcg"));
    List<String> ours = ask(List.of(Launched.launcher().toString(), "-kernel", "guest"));
    for (int i = 0; i < TOPICS.size(); i++) {
      assertFalse(ours.get(i).startsWith("unknown"), TOPICS.get(i));
      assertEquals(labels(theirs.get(i)), labels(ours.get(i)), "info " + TOPICS.get(i));
    }
  }
}
