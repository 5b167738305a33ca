package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.Initramfs;
import org.ballastvm.images.Kernel;
import org.ballastvm.images.ModuleTree;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's qemu-guest-agent, which finds its port by name and answers there. */
@GuestTest
class GuestAgentIT {
  private static final String AGENT = "usr/sbin/qemu-ga";
  private static final Pattern LIBRARY = Pattern.compile("(?m)^\\s*(?:\\S+ => )?(/\\S+) \\(0x");
  private static final Pattern ANSWER = Pattern.compile("\\{\"(return|error)\": ?(.*)\\}\n");

  @TempDir
  private Path directory;

  private final GuestHost host = GuestHosts.find();

  /** The agent, its libraries, and a file system that can be frozen, in an archive behind the usual one. */
  private GuestImage image() throws IOException, InterruptedException {
    Kernel kernel = GuestHosts.images().kernel(DebianFlavour.STOCK); // the small one has no loop devices
    GuestImage lab = GuestHosts.images().lab(kernel);
    succeed("apt-get", "-q", "download", "qemu-guest-agent");
    succeed("sh", "-c", "dpkg-deb -x qemu-guest-agent_*.deb agent");
    Path agent = directory.resolve("agent").resolve(AGENT);
    Initramfs tree = new Initramfs().executable(AGENT, Files.readAllBytes(agent));
    Matcher libraries = LIBRARY.matcher(succeed("ldd", agent.toString()));
    while (libraries.find()) {
      tree.executable(libraries.group(1).substring(1), Files.readAllBytes(Path.of(libraries.group(1))));
    }
    succeed("truncate", "-s", "4M", "disk");
    succeed("/sbin/mke2fs", "-q", "-t", "ext4", "disk");
    tree.data("disk", Files.readAllBytes(directory.resolve("disk")));
    tree.modules(ModuleTree.of(kernel.modules().orElseThrow()).inLoadOrder(List.of("loop", "crc32c_generic", "ext4")));
    Path initrd = directory.resolve("initrd");
    tree.writeTo(directory.resolve("more"));
    Files.copy(lab.initrd(), initrd);
    Files.write(initrd, new byte[(int) (-Files.size(initrd) & 3)], StandardOpenOption.APPEND);
    Files.write(initrd, Files.readAllBytes(directory.resolve("more")), StandardOpenOption.APPEND);
    return new GuestImage(lab.release(), lab.kernel(), initrd);
  }

  private String succeed(String... command) throws IOException, InterruptedException {
    Launched done = Launched.run(directory, "", List.of(command));
    assertEquals(0, done.status(), () -> String.join(" ", command) + ": " + done.errors());
    return done.output();
  }

  /** A client of the agent. */
  private record Agent(HostedProcess line) {
    String ask(String command, String arguments) throws IOException {
      line.input().write(("{\"execute\":\"" + command + "\",\"arguments\":{" + arguments + "}}\n")
          .getBytes(StandardCharsets.UTF_8));
      line.input().flush();
      Matcher answer = ANSWER.matcher(line.output().await(ANSWER, Guest.PATIENCE).match().group());
      assertTrue(answer.find());
      assertEquals("return", answer.group(1), answer.group());
      return answer.group(2);
    }

    /** What a command line in the guest has written to its standard output. */
    String execute(String line) throws IOException, InterruptedException {
      String pid = ask("guest-exec",
          "\"path\":\"/bin/sh\",\"arg\":[\"-c\",\"" + line + "\"],\"capture-output\":true").replaceAll("\\D", "");
      String status = ask("guest-exec-status", "\"pid\":" + pid);
      while (!status.contains("\"exited\": true") && !status.contains("\"exited\":true")) {
        Thread.sleep(100);
        status = ask("guest-exec-status", "\"pid\":" + pid);
      }
      Matcher data = Pattern.compile("\"out-data\": ?\"([^\"]*)\"").matcher(status);
      return data.find() ? new String(Base64.getDecoder().decode(data.group(1)), StandardCharsets.UTF_8) : "";
    }
  }

  @Test
  void itAnswersRunsCommandsAndFreezesAFileSystem() throws IOException, InterruptedException {
    int port = host.freePort();
    List<String> options = new ArrayList<>(List.of("-m", "512", "-device", "virtio-serial-pci", "-chardev",
        "socket,id=agent,host=127.0.0.1,port=" + port + ",server=on,wait=off", "-device",
        "virtserialport,id=ga,chardev=agent,name=org.qemu.guest_agent.0"));
    try (Guest guest = Guest.start(host, image(), GuestConfig.of(options.toArray(String[]::new)))) {
      guest.awaitUp();
      guest.run("mkdir -p /mnt /run /var/run && mount -o loop -t ext4 /disk /mnt");
      guest.run("ln -s /dev/vport*p1 /dev/agent; " + AGENT.replaceFirst("^", "/")
          + " -d -m virtio-serial -p /dev/agent -t /run -f /run/ga.pid");
      Agent agent = new Agent(host.connect(port));
      assertEquals("{}", agent.ask("guest-ping", ""));
      assertTrue(agent.ask("guest-info", "").contains("guest-fsfreeze-freeze"));
      assertEquals(guest.run("uname -r"), agent.execute("uname -r"));
      assertEquals("250000\n", agent.execute("seq 100000 | head -c 250000 | wc -c"));
      assertEquals("1", agent.ask("guest-fsfreeze-freeze", ""));
      guest.run("{ echo written > /mnt/file & } 2> /dev/null");
      Thread.sleep(1000);
      assertEquals("1\n", guest.run("jobs | grep -c Running"));
      assertEquals("\"frozen\"", agent.ask("guest-fsfreeze-status", ""));
      assertEquals("1", agent.ask("guest-fsfreeze-thaw", ""));
      guest.run("wait");
      assertEquals("written\n", guest.run("cat /mnt/file"));
      agent.line().kill();
      Agent next = new Agent(host.connect(port));
      assertEquals("{}", next.ask("guest-ping", ""));
      next.line().kill();
    }
  }
}
