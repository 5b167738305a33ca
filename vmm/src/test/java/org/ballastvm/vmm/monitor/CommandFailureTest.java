package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.ObjectModels;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;

/** A command of the human monitor that fails in a way that nobody foresaw. */
class CommandFailureTest {
  @Test
  void aBugIsAnAnswerAndNothingElse() {
    String answer = Commands.run(null, "stop"); // A machine that is not there stands for any bug.
    assertTrue(answer.startsWith("Error: stop: a bug in Ballast ended this command ("), answer);
  }

  @Test
  void aNameThatNoFileCanHaveIsAMistakeOfTheUser() {
    UserError mistake = assertThrows(UserError.class,
        () -> ObjectModels
            .parse(KeyValues.parse("", "memory-backend-file,id=m,size=4k,mem-path=/tmp/\0", "qom-type")));
    assertEquals(
        "mem-path=/tmp/?: no file can have this name (Nul character not allowed); characters beyond ASCII need a"
            + " UTF-8 locale (LC_ALL)",
        mistake.getMessage());
  }
}
