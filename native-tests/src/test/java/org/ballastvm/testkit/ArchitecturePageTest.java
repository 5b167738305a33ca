package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/architecture.md says in which order locks are taken and what bounds a guest; the built classes say so too. */
class ArchitecturePageTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z][A-Za-z0-9.]+)` \\|");

  /** Where a task is queued, an event is emitted, or a line is logged. */
  private static final Set<String> OUTLETS = Set.of("EventLoop.post", "MachineEvents.emit", "Log.of");
  /** What runs before there is a guest, or in a process without one. */
  private static final Pattern WITHOUT_GUEST = Pattern
      .compile("org/ballastvm/vmm/((cli|attach|boot|terminal)/.*|VmBuilder)");

  private static Path classesOf(String module) { return ROOT.resolve(module).resolve("target/classes"); }

  private static List<String> rows(String heading) throws IOException {
    String page = Files.readString(ROOT.resolve("docs/architecture.md"));
    String section = page.substring(page.indexOf("\n## " + heading)).substring(1);
    int end = section.indexOf("\n## ");
    return ROW.matcher(end < 0 ? section : section.substring(0, end)).results().map(row -> row.group(1)).toList();
  }

  private static LockGraph locks() throws IOException {
    return new LockGraph(Stream.of("virtio", "kvm-bindings", "vmm").map(ArchitecturePageTest::classesOf).toList());
  }

  @Test
  void thePageHasEveryLockOnce() throws IOException {
    assertEquals(String.join("\n", locks().locks()), String.join("\n", new TreeSet<>(rows("Locks"))));
    assertEquals(new TreeSet<>(rows("Locks")).size(), rows("Locks").size());
  }

  @Test
  void locksAreTakenInTheOrderOfThePage() throws IOException {
    List<String> order = rows("Locks");
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, Set<String>> edge : locks().edges().entrySet()) {
      edge.getValue().stream()
          .filter(inner -> order.contains(inner) && order.indexOf(inner) < order.indexOf(edge.getKey()))
          .forEach(inner -> wrong.add(inner + " is taken while " + edge.getKey() + " is held"));
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void noLockIsHeldWhileAThreadIsJoined() throws IOException {
    List<String> holders = locks().edges().entrySet().stream().filter(edge -> edge.getValue().contains(LockGraph.JOIN))
        .map(Map.Entry::getKey).toList();
    assertEquals(List.of(), holders);
  }

  @Test
  void whateverAGuestMayCauseHasItsBoundOnThePage() throws IOException {
    Set<String> found = new TreeSet<>();
    for (String user : locks().usersOf(OUTLETS)) {
      if (!WITHOUT_GUEST.matcher(user).matches()) {
        found.add(user.substring(user.lastIndexOf('/') + 1));
      }
    }
    assertTrue(found.size() > 10, "only " + found + " post, emit or log");
    assertEquals(String.join("\n", found), String.join("\n", rows("What a guest can cause")));
  }
}
