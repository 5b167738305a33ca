package org.ballastvm.vmm.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ballastvm.kvm.HostStream;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file, a pseudo-terminal, and nothing at all. */
@Timeout(60)
class PlainChardevsTest {
  @TempDir
  private Path directory;

  private final LoopOfTest test = new LoopOfTest();
  private final FakeFrontend frontend = new FakeFrontend();

  @AfterEach
  void end() { test.close(); }

  @Test
  void aFileIsMadeAnewAndTakesAllThatIsSent() throws Exception {
    Path path = Files.writeString(directory.resolve("log"), "of last time, which was longer");
    Chardev chardev = test.start(new ChardevConfig.File("c", false, path, false), frontend);
    String text = "0123456789".repeat(300_000);
    for (int i = 0; i < text.length(); i += 100_000) {
      assertTrue(test.on(chardev::sendRoom) >= 100_000);
      test.send(chardev, text.substring(i, i + 100_000));
    }
    assertEquals(text, Files.readString(path));
    assertEquals("file", chardev.describe());
  }

  @Test
  void whatIsInAFileIsKeptWhereThatIsAskedForAndItsEndIsWhereARotationPutsIt() throws Exception {
    Path path = Files.writeString(directory.resolve("log"), "of last time, ");
    Chardev chardev = test.start(new ChardevConfig.File("c", false, path, true), frontend);
    test.send(chardev, "and of this");
    assertEquals("of last time, and of this", Files.readString(path));

    Files.writeString(path, ""); // by others, after they have copied it
    test.send(chardev, "after the rotation");
    assertEquals("after the rotation", Files.readString(path));
  }

  @Test
  void aFullDiskIsWarnedOfAndKeepsNobodyWaiting() throws Exception {
    Chardev chardev = test.start(new ChardevConfig.File("c", false, Path.of("/dev/full"), false), frontend);
    for (int i = 0; i < 10; i++) {
      test.send(chardev, "0123456789".repeat(10_000));
    }
    assertEquals(StreamLine.MOST_QUEUED_BYTES, test.on(chardev::sendRoom));
  }

  @Test
  void aTerminalThatNobodyReadsKeepsNobodyWaiting() throws Exception {
    try (HostStream unread = HostStream.openPty()) {
      Chardev chardev = test.start(new ChardevConfig.File("c", false, unread.ptyPath(), false), frontend);
      for (int sent = 0; sent < 64; sent++) {
        test.send(chardev, "0123456789abcde\n".repeat(64));
      }
      assertTrue(test.on(chardev::sendRoom) < StreamLine.MOST_QUEUED_BYTES, "nothing is lost, and nothing waited for");
    }
  }

  @Test
  void whatASocketIsSentIsInItsLogToo() throws Exception {
    Path log = Files.writeString(directory.resolve("log"), "kept: ");
    ChardevConfig socket = new ChardevConfig.Unix("c", false, directory.resolve("socket"), true, false);
    Chardev chardev = test.start(new ChardevConfig.Logged(socket, log, true), frontend);
    test.send(chardev, "before anybody came");
    assertEquals("kept: before anybody came", Files.readString(log));
    assertTrue(chardev.describe().startsWith("disconnected:unix:"), chardev.describe());
  }

  @Test
  void aFileThatCannotBeMadeIsRefusedByName() {
    Path path = directory.resolve("absent").resolve("log");
    UserError refusal = assertThrows(UserError.class,
        () -> Chardevs.open(new ChardevConfig.File("c", false, path, false), test.loop, () -> {
          // Nobody quits.
        }));
    assertTrue(refusal.getMessage().startsWith("-chardev id=c file:" + path + ": open " + path + ": ENOENT"),
        refusal.getMessage());
  }

  @Test
  void aPseudoTerminalPassesEveryByteAndEchoesNone() throws Exception {
    Chardev chardev = test.start(new ChardevConfig.Pty("c", false), frontend);
    try (RandomAccessFile terminal = new RandomAccessFile(chardev.describe().substring("pty:".length()), "rw")) {
      test.send(chardev, "login:\n\3");
      byte[] read = new byte[8];
      terminal.readFully(read);
      assertEquals("login:\n\3", new String(read, StandardCharsets.US_ASCII));
      terminal.write("root\r\3\4".getBytes(StandardCharsets.US_ASCII));
      frontend.await(seen -> seen.endsWith("root\r\3\4"));
    }
    test.on(() -> {
      chardev.close();
      return true;
    });
    assertEquals(1, frontend.seen().split("root", -1).length - 1);
    assertTrue(!frontend.seen().contains("login"), frontend.seen());
  }

  @Test
  void aPseudoTerminalCanBeLeftAndOpenedAgain() throws Exception {
    Chardev chardev = test.start(new ChardevConfig.Pty("c", false), frontend);
    String name = chardev.describe().substring("pty:".length());
    try (RandomAccessFile terminal = new RandomAccessFile(name, "rw")) {
      terminal.write('1');
      frontend.await(seen -> seen.endsWith("1"));
    }
    frontend.await(seen -> seen.endsWith("<closed>"));
    test.send(chardev, "nobody sees this");
    try (RandomAccessFile terminal = new RandomAccessFile(name, "rw")) {
      frontend.await(seen -> seen.endsWith("<opened>"));
      terminal.write('2');
      frontend.await(seen -> seen.endsWith("2"));
    }
  }

  @Test
  void nothingTakesEverythingAndSaysNothing() throws Exception {
    Chardev chardev = test.start(new ChardevConfig.Null("c", false), frontend);
    test.send(chardev, "into the void");
    assertEquals(Integer.MAX_VALUE, test.on(chardev::sendRoom));
  }
}
