package org.ballastvm.testkit.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.ballastvm.testkit.command.RigCommand.Wish;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RigCommandTest {
  @Test
  void whatStandsBehindTheDashesIsTheCommandWhateverItsOwnOptions() {
    Wish wish = Wish.of(List.of("-m", "4G", "--writable", "/tmp", "--", "ls", "-m", "--writable"));

    assertEquals(List.of("ls", "-m", "--writable"), wish.command());
    assertEquals(4096, wish.config().memoryMiB());
    assertEquals("[/tmp]", wish.config().writable().toString());
  }

  @Test
  void theFirstWordThatIsNoOptionBeginsTheCommand() {
    assertEquals(List.of("uname", "-r"), Wish.of(List.of("uname", "-r")).command());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "-m 12 x | rig -m 12: must be from 1024M to 1024G",
      "-m much x | rig -m much: must be a size such as 4096, 4096M or 4G",
      "-m | rig -m: takes a value",
      "--writable /absent x | rig --writable /absent: is no directory",
      "--cpu x | rig --cpu: is no option of rig, which are -m SIZE and --writable DIRECTORY; the command stands behind --",
      "-- | rig: no command is named; for example: ballast rig -- ballast -m 1G -kernel vmlinuz"})
  void whatMakesNoSenseIsNamed(String words, String sentence) {
    UserError error = assertThrows(UserError.class, () -> Wish.of(List.of(words.split(" "))));

    assertEquals(sentence, error.getMessage());
  }
}
