package org.ballastvm.testkit.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.images.DebianDisk;
import org.ballastvm.images.DebianDiskConfig;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.testkit.command.DebianMachine.Place;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.command.SubCommands;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.ParseResult;

/** What a user says of a Debian disk and of the guest on it, and what becomes of that. */
class DebianCommandsTest {
  private static final DebianDisk DISK = new DebianDisk(Path.of("/c/a,b"));

  @TempDir
  private Path directory;

  private static ParseResult parse(SubCommand command, String line) {
    ParseResult given = SubCommands.parse(command, List.of(line.split(" ")));
    return given.hasSubcommand() ? given.subcommand() : given;
  }

  private static DebianDiskConfig disk(String line) {
    return DebianWish.of(parse(new ImageCommand(), "debian" + line));
  }

  private static DebianRunCommand.Wish run(String line) {
    return DebianRunCommand.Wish.of(parse(new RunCommand(), "debian" + line));
  }

  @Test
  void whatIsNotSaidIsTheUsualDisk() { assertEquals(DebianDiskConfig.usual(), disk("")); }

  @Test
  void aDiskIsMadeAsItIsWished() throws IOException {
    Path key = Files.writeString(directory.resolve("id.pub"), "ssh-ed25519 AAAA me\n");
    DebianDiskConfig config = disk(" -suite sid --include fio,iperf3 --include git --size 8G --hostname box --ssh-key "
        + key + " --kernel-package stock");

    assertEquals("sid", config.suite());
    assertEquals(List.of("fio", "iperf3", "git"), config.include());
    assertEquals(8L << 30, config.sizeBytes());
    assertEquals("box", config.hostname());
    assertEquals("ssh-ed25519 AAAA me", config.authorizedKey().orElseThrow());
    assertEquals(DebianFlavour.STOCK, config.kernel());
  }

  @Test
  void aPrivateKeyIsNotPutOnADisk() throws IOException {
    Path key = Files.writeString(directory.resolve("id"), "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    UserError error = assertThrows(UserError.class, () -> disk(" --ssh-key " + key));

    assertEquals("image debian --ssh-key " + key + ": is a private key; name the public one, which ends in .pub",
        error.getMessage());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "image | debian --suite | image debian --suite: a value must follow: --suite SUITE",
      "image | debian --size 1M | image debian --size 1048576: must be whole MiB, from 1G to 16T",
      "image | debian --size much | image debian --size much: must be a size",
      "image | debian --include a,,b | image debian --include : must be names of packages",
      "image | debian --ssh-key /no | image debian --ssh-key /no: cannot be read",
      "image | debian --kernel-package 2 | image debian --kernel-package 2: must be one of cloud, stock, 6.12",
      "image | --newest debian | image --newest: does not go with debian, whose options stand behind it",
      "image | import | image import: one FILE must follow, not 0",
      "image | import a b | image import: one FILE must follow, not 2",
      "image | import a --format zip | image import --format zip: must be one of qcow2, vmdk",
      "image | seed | image seed: --user-data FILE must be given",
      "run | debian -m 1 | run debian -m 1: must be at least 256 MiB",
      "run | debian -smp 0 | run debian -smp 0: must be a number from 1 to 254",
      "run | debian --port 70000 | run debian --port 70000: must be a number from 1 to 65535",
      "run | debian --hostname -x | run debian --hostname"})
  void whatMakesNoSenseIsNamed(String command, String line, String sentence) {
    SubCommand whole = command.equals("run") ? new RunCommand() : new ImageCommand();
    UserError error = assertThrows(UserError.class, () -> SubCommands.run(whole, List.of(line.split(" "))));

    assertTrue(error.getMessage().startsWith(sentence), error.getMessage());
  }

  @Test
  void aWordMustFollowRun() { assertThrows(UserError.class, () -> SubCommands.run(new RunCommand(), List.of())); }

  @Test
  void theGuestCanGrowToHalfOfTheHost() {
    List<String> options = run(" -m 2G").machine(DISK, 2022, 16L << 30, Place.HOST).options();

    assertEquals("2048M,maxmem=8192M", after("-m", options));
    assertTrue(options.contains("memory-backend-ram,id=mem0,reserve=off,size=6144M"), options.toString());
    assertTrue(options.contains("user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:2022-:22"), options.toString());
  }

  @Test
  void aHostThatHasNoMoreGivesNoMore() {
    List<String> options = run(" -m 2G").machine(DISK, 2022, 3L << 30, Place.HOST).options();

    assertEquals("2048M", after("-m", options));
    assertFalse(options.toString().contains("virtio-mem-pci"), options.toString());
  }

  @Test
  void whatTheGuestWritesIsForgottenUnlessItsDiskIsKept() {
    assertEquals("file=/c/a,,b/disk.img,if=virtio,format=raw,snapshot=on",
        after("-drive", run("").machine(DISK, 1, 1, Place.HOST).options()));
    assertEquals("file=/c/a,,b/disk.img,if=virtio,format=raw,snapshot=off",
        after("-drive", run(" --keep " + directory).machine(DISK, 1, 1, Place.HOST).options()));
  }

  @Test
  void inTheRigItsPortIsTheRigsAndServicesHaveTheirTime() {
    List<String> options = run("").machine(DISK, 2022, 1, Place.RIG).options();

    assertTrue(options.contains("user,model=virtio-net-pci,hostfwd=tcp::2022-:22"), options.toString());
    assertTrue(after("-append", options).contains("systemd.default_timeout_start_sec="), options.toString());
  }

  @Test
  void furtherOptionsStandLast() {
    List<String> options = run(" -smp 2 -- -device pvpanic").machine(DISK, 1, 1, Place.HOST).options();

    assertEquals(List.of("-device", "pvpanic"), options.subList(options.size() - 2, options.size()));
    assertEquals("2", after("-smp", options));
  }

  private static String after(String option, List<String> options) { return options.get(options.indexOf(option) + 1); }
}
