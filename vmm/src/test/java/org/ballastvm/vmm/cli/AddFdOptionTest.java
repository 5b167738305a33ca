package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddFdOptionTest {
  @Test
  void qemusWordsAreTaken() {
    assertEquals(new AddFdOption(3, 2, Optional.of("rdwr:/path")), AddFdOption.parse("fd=3,set=2,opaque=rdwr:/path"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', textBlock = """
      set=2 > -add-fd: parameter 'fd' is missing
      fd=3 > -add-fd: parameter 'set' is missing
      fd=2,set=1 > -add-fd fd=2: must be a number from 3 to 2147483647
      fd=3,set=-1 > -add-fd set=-1: must be a number from 0 to 999999999
      fd=3,set=1,mode=r > -add-fd: there is no property 'mode'; allowed are fd, set, opaque
      """)
  void whatIsNoneIsRefused(String text, String sentence) {
    assertEquals(sentence, assertThrows(UserError.class, () -> AddFdOption.parse(text)).getMessage());
  }

  @Test
  void aDescriptorThatIsNotOpenIsNamed() {
    assertEquals("-add-fd fd=999999: fd is not valid or already in use",
        assertThrows(UserError.class, () -> new AddFdOption(999_999, 1, Optional.empty()).apply()).getMessage());
  }
}
