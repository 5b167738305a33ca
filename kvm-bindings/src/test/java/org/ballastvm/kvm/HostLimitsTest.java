package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A host that has no descriptor left, at each point where one is needed. */
@Tag("kvm")
class HostLimitsTest {
  /** More than a JVM has open, and few enough to fill up. */
  private static final int DESCRIPTORS = 128;
  private static final int MOST_NEEDED = 12;

  /** What the child runs: builds a VM with ever more descriptors left, and counts them again afterwards. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] args) {
      loadClasses();
      List<EventFd> filler = new ArrayList<>();
      fill(filler);
      for (int left = 0; left <= MOST_NEEDED; left++) {
        for (int i = 0; i < left; i++) {
          filler.removeLast().close();
        }
        String outcome = attempt();
        int again = fill(filler);
        System.out.println(left + " " + again + " " + outcome);
      }
    }

    /** While files can still be opened. */
    private static void loadClasses() {
      try (HostFile none = HostFile.open(Path.of("/nowhere"), false)) {
        System.out.println(none.what());
      } catch (HostError e) {
        List<EventFd> filler = new ArrayList<>();
        System.out.println(e.getMessage() + " " + attempt() + " " + fill(filler));
        filler.forEach(EventFd::close);
      }
    }

    private static int fill(List<EventFd> filler) {
      for (int added = 0;; added++) {
        try {
          filler.add(EventFd.create());
        } catch (HostError e) {
          return added;
        }
      }
    }

    private static String attempt() {
      try (Kvm kvm = Kvm.open();
          PayloadVm vm = new PayloadVm(kvm);
          EventFd event = EventFd.create();
          TimerFd timer = TimerFd.create();
          Epoll epoll = Epoll.create();
          HostFile file = HostFile.memfd("limits", OptionalLong.empty());
          HostSocket socket = HostSocket.listenTcp(java.net.InetAddress.getLoopbackAddress(), 0);
          HostStream pty = HostStream.openPty()) {
        epoll.add(event, Epoll.IN, 0);
        epoll.add(timer, Epoll.IN, 1);
        file.truncate(4096);
        return socket.isOpen() && pty.isOpen() && vm.vcpu.id() == 0 ? "built" : "closed";
      } catch (HostError e) {
        return e.getMessage();
      }
    }
  }

  @Test
  void eachOpenThatFailsSaysSoAndLeavesNothingBehind() throws Exception {
    List<String> expected = List.of("open /dev/kvm", "KVM_CREATE_VM", "KVM_CREATE_VCPU 0", "eventfd2",
        "timerfd_create", "epoll_create1", "memfd_create limits", "socket", "open /dev/ptmx");

    List<String> lines = run();

    assertEquals(MOST_NEEDED + 1, lines.size(), lines.toString());
    TreeSet<String> failed = new TreeSet<>();
    for (String line : lines) {
      String[] words = line.split(" ", 3);
      assertEquals(words[0], words[1], () -> "descriptors were left open: " + lines);
      if (!words[2].equals("built")) {
        assertTrue(words[2].endsWith(": EMFILE (too many open files in this process)"), words[2]);
        failed.add(words[2].substring(0, words[2].lastIndexOf(": ")));
      }
    }
    assertEquals(new TreeSet<>(expected), failed);
    assertTrue(lines.getLast().endsWith(" built"), lines.getLast());
  }

  private static List<String> run() throws Exception {
    ProcessBuilder java = ChildJvm.of(Probe.class,
        List.of(ChildJvm.ALLOW_BOTH, "-Dballast.native=" + NativeProvider.name()));
    List<String> command = new ArrayList<>(
        List.of("sh", "-c", "ulimit -n " + DESCRIPTORS + " && exec \"$@\"", "sh"));
    command.addAll(java.command());
    Process child = java.command(command).start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, child.waitFor(), output);
    return output.lines().filter(line -> line.matches("\\d+ \\d+ .*")).toList();
  }
}
