package org.ballastvm.testkit.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.vmm.command.SubCommands;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageCommandTest {
  private final ImageCommand command = new ImageCommand();

  @ParameterizedTest
  @ValueSource(strings = {"--kernel", "--kernel-package huge", "--modules /lib/modules/x", "--output", "kernel"})
  void whatMakesNoSenseIsRefusedByName(String words) {
    List<String> arguments = List.of(words.split(" "));
    UserError error = assertThrows(UserError.class, () -> SubCommands.run(command, arguments));
    assertTrue(error.getMessage().startsWith("image " + arguments.getFirst()), error.getMessage());
  }

  @Test
  void aKernelThatIsNotThereIsOneSentenceAndAStatus() {
    assertEquals(1, SubCommands.run(command, List.of("--kernel", "/nowhere/vmlinuz")));
  }
}
