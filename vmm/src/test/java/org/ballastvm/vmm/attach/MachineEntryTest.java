package org.ballastvm.vmm.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a machine leaves word of, and where. */
class MachineEntryTest {
  @ParameterizedTest
  @ValueSource(strings = {"web1", "", "a \"b\" \\ c", "line\nfeed\ttab\1", "\u00fc\u4e16\ud83d\ude00"})
  void whatIsWrittenIsRead(String name) {
    MachineEntry entry = new MachineEntry(name, 17, 123_456_789_012L, 1L << 40,
        List.of(new MachineEntry.Socket("readline", "unix:/tmp/a b"),
            new MachineEntry.Socket("control", "tcp:localhost:1")),
        Path.of("/run/user/1000/ballast/17.sock"));
    assertEquals(entry, MachineEntry.parse(entry.toJson()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{}", "{\"name\": 1}", "\0"})
  void whatNoMachineWroteIsRefused(String text) { assertThrows(UserError.class, () -> MachineEntry.parse(text)); }

  @Test
  void aProcessHasItsStartAndNobodyHasNone() {
    long own = ProcessHandle.current().pid();
    assertEquals(MachineEntry.startTicks(own), MachineEntry.startTicks(own));
    assertEquals(Optional.empty(), MachineEntry.startTicks(Integer.MAX_VALUE));
  }
}
