package org.ballastvm.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.images.HostProgram.Outcome;

/** The agent of guests, built from its source by the host's gcc when it is first wanted, without a C library. */
final class AgentProgram {
  static final String NAME = "ballast-agent";
  private static final List<String> HEADERS = List.of("exec.h", "files.h", "init.h", "linux.h", "port.h", "protocol.h",
      "session.h");
  private static final List<String> SOURCES = List.of("agent.c", "exec.c", "files.c", "init.c", "linux.c", "port.c",
      "session.c");
  private static final List<String> GCC = List.of("gcc", "-Os", "-std=gnu11", "-m64", "-static", "-nostdlib",
      "-ffreestanding", "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-fno-pic", "-no-pie",
      "-fno-tree-loop-distribute-patterns", "-fcf-protection=none", "-Wl,--build-id=none,-z,noexecstack,-s");
  private static final String NEEDS = "the agent of guests is built by gcc, and this host has none that works: apt-get"
      + " install gcc libc6-dev";

  private AgentProgram() {}

  /** {@return its file, from the cache where its source is the same} */
  static Path file(Cache cache, Progress progress) throws IOException {
    List<String> names = new ArrayList<>(HEADERS);
    names.addAll(SOURCES);
    StringBuilder source = new StringBuilder(String.join(" ", GCC));
    names.forEach(name -> source.append(Script.text("agent/" + name)));
    String sum = Cache.sha256(source.toString().getBytes(StandardCharsets.UTF_8));
    return cache.entry("agent/" + sum.substring(0, 12), List.of(NAME), work -> {
      progress.begins("building the agent of guests");
      Path directory = Files.createDirectory(work.resolve("source"));
      for (String name : names) {
        Files.writeString(directory.resolve(name), Script.text("agent/" + name));
      }
      build(directory, work.resolve(NAME));
      FileTree.delete(directory);
    }).resolve(NAME);
  }

  private static void build(Path directory, Path program) throws IOException {
    List<String> command = new ArrayList<>(GCC);
    command.addAll(List.of("-o", program.toString()));
    command.addAll(SOURCES);
    Outcome outcome;
    try {
      outcome = HostProgram.in(directory).run(command);
    } catch (IOException e) {
      throw new ImageError(NEEDS, e);
    }
    if (outcome.failed()) {
      throw new ImageError(NEEDS + "; it said: " + outcome.complaint());
    }
  }
}
