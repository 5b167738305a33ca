package org.ballastvm.vmm.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.NetdevConfig;
import org.ballastvm.vmm.config.NetdevOptions;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.state.ServingProgram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What passt is started with, and what becomes of one that does not start; real ones are native-tests'. */
class UserNetdevTest {
  @TempDir
  Path directory;

  private final EventLoop loop = new EventLoop("user", crash -> {});

  @AfterEach
  void end() { loop.close(); }

  private static NetdevConfig.User user(String rest) {
    return (NetdevConfig.User) NetdevOptions.parse("user,id=n" + rest);
  }

  private static String command(String rest) {
    List<String> words = PasstCommand.of(Path.of("/usr/bin/passt"), user(rest).passt(), Path.of("/d/s"),
        Path.of("/d/l"),
        false);
    return String.join(" ", words).replace("/usr/bin/passt --foreground --one-off --quiet --socket /d/s --log-file /d/l"
        + " --log-size 65536 ", "");
  }

  @Test
  void withoutAWordTheNetworkIsQemus() {
    assertEquals("--address 10.0.2.15 --netmask 24 --gateway 10.0.2.2", command(""));
  }

  @Test
  void eachWordOfTheUsersIsOneOfPassts() {
    assertEquals(
        "--address 192.168.7.15 --netmask 26 --gateway 192.168.7.1 --dns 9.9.9.9 --search example.org --ipv4-only"
            + " --tcp-ports 127.0.0.1/2222:22 --tcp-ports 80:8080 --udp-ports 53:5353",
        command(",net=192.168.7.0/26,host=192.168.7.1,dns=9.9.9.9,dnssearch=example.org,ipv6=off,"
            + "hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=udp::53-:5353,hostfwd=tcp::80-:8080"));
    assertEquals("--ipv6-only", command(",ipv4=off"));
  }

  private Path program(String script) throws IOException {
    Path file = directory.resolve("passt");
    Files.writeString(file, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file;
  }

  @Test
  void whatPasstSaysWhenItCannotStartIsTold() throws IOException {
    Path program = program("echo 'Failed to bind port 22' >&2; exit 1\n");
    String told = assertThrows(UserError.class, () -> new UserNetdev(loop, user(""), program)).getMessage();
    assertEquals("-netdev user,id=n: passt cannot be used: Failed to bind port 22", told);
  }

  @Test
  void aPortThatTheHostDoesNotGiveIsTold() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      NetdevConfig.User wanted = user(",hostfwd=tcp::" + taken.getLocalPort() + "-:22");
      String told = assertThrows(UserError.class, () -> new UserNetdev(loop, wanted, Path.of("/bin/true")))
          .getMessage();
      assertTrue(told.startsWith("-netdev user,id=n: hostfwd=tcp::" + taken.getLocalPort() + "-:22: the host does not"),
          told);
    }
  }

  @Test
  void aProgramThatIsNoneIsTold() throws IOException {
    Path program = program("");
    Files.writeString(program, "#!/nowhere/interpreter\n");
    String told = assertThrows(UserError.class, () -> new UserNetdev(loop, user(""), program)).getMessage();
    assertTrue(told.startsWith("-netdev user,id=n: passt cannot be started: "), told);
  }

  @Test
  void passtIsLookedForInPath() throws IOException {
    Path program = program("exit 0\n");
    assertEquals(Optional.of(program), ServingProgram.find("passt", "/nowhere:" + directory + ":/usr/bin"));
    assertEquals(Optional.empty(), ServingProgram.find("passt", "/nowhere"));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rw-------"));
    assertFalse(ServingProgram.find("passt", directory.toString()).isPresent()
        && !"root".equals(System.getProperty("user.name")));
  }
}
