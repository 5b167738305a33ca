package org.ballastvm.testkit.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.command.SubCommands;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DialogueCommandTest {
  private static final String HEAD = "ballast-dialogue 1 type=2 name=virtio-blk class=0x10000 offered=0x0 queues=8 config="
      + " status=0x0 features=0x0 bytes=256\n";

  @TempDir
  Path directory;
  private String one;
  private String later;
  private String other;

  @BeforeEach
  void write() throws IOException {
    one = file("one", HEAD + "1 offer queue=0 chain=0 head=0 read=1 write= data=aa\n");
    later = file("later", HEAD + "9 offer queue=0 chain=0 head=0 read=1 write= data=aa\n");
    other = file("other", HEAD + "1 offer queue=0 chain=0 head=0 read=1 write= data=bb\n");
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  private static int run(SubCommand command, String... words) {
    return command.run(SubCommands.parse(command, List.of(words)));
  }

  private static int compare(String... words) { return run(new DialogueCompareCommand(), words); }

  @Test
  void theExitStatusSaysWhetherTwoDiffer() {
    assertEquals(0, compare(one, later));
    assertEquals(0, compare("--ignoring-times", one, later));
    assertEquals(1, compare("--exactly", one, later));
    assertEquals(1, compare(one, other));
  }

  @Test
  void whatIsShownIsOneFile() {
    assertEquals(0, run(new DialogueShowCommand(), one));
    assertEquals("dialogue show: takes one FILE, not 2",
        assertThrows(UserError.class, () -> run(new DialogueShowCommand(), one, other)).getMessage());
  }

  @Test
  void whatCannotBeReadIsASentence() throws IOException {
    assertEquals("dialogue compare " + directory + "/none: there is no such file",
        assertThrows(UserError.class, () -> compare(one, directory + "/none")).getMessage());
    String text = file("text", "hello\n");
    assertEquals("dialogue show " + text + ": not a recording: it must begin with 'ballast-dialogue 1'",
        assertThrows(UserError.class, () -> run(new DialogueShowCommand(), text)).getMessage());
  }
}
