package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options from a file, as QEMU's -writeconfig left them. */
class ReadConfigTest {
  @TempDir
  private Path directory;

  private List<String> expand(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("config"), text);
    return ReadConfig.expand(List.of("-S", "-readconfig", file.toString(), "-nographic"));
  }

  @Test
  void groupsStandWhereTheOptionStood() throws IOException { assertEquals(
      List.of("-S", "-m", "size=1G", "-chardev", "id=c,backend=socket,path=a,,b", "-mon", "chardev=c",
          "-kernel", "vmlinuz", "-append", "a=b c", "-machine", "accel=kvm", "-nographic"),
      expand("""
          # qemu config file

          [memory]
            size = "1G"
          [chardev "c"]
            backend = "socket"
            path = "a,b"
          [mon "m"]
            chardev = "c"
          [rtc]
          [machine]
            kernel = "vmlinuz"
            accel = "kvm"
            append = "a=b c"
          """)); }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "[tpmdev \"n\"] | there is no group 'tpmdev'; there are accel, boot-opts, chardev, device, drive, fsdev, machine, "
          + "memory, mon, msg, name, netdev, nic, numa, object, overcommit, rtc, smp-opts",
      "size = \"1G\" | must be [GROUP], [GROUP \"ID\"] or, within a group, KEY = \"VALUE\"",
      "[memory | must be [GROUP], [GROUP \"ID\"] or, within a group, KEY = \"VALUE\""})
  void aMistakeIsReportedWithItsLine(String line, String mistake) {
    String message = assertThrows(UserError.class, () -> expand("\n" + line + "\n")).getMessage();
    assertEquals("-readconfig " + directory.resolve("config") + ", line 2: " + mistake, message);
  }
}
