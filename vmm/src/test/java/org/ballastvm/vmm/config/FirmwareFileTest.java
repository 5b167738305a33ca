package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirmwareFileTest {
  private static List<FirmwareFile> of(String... texts) { return FirmwareFile.parse(List.of(texts), Path::of); }

  @Test
  void aFileIsATextOrAFile() {
    assertEquals(
        List.of(new FirmwareFile("opt/a", new FirmwareFile.Content.Text("one,two")),
            new FirmwareFile("opt/b", new FirmwareFile.Content.OfFile(Path.of("/tmp/x")))),
        of("opt/a,string=one,,two", "name=opt/b,file=/tmp/x"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', textBlock = """
      opt/a > -fw_cfg name=opt/a: needs one of file=FILE and string=TEXT
      opt/a,file=x,string=y > -fw_cfg name=opt/a: needs one of file=FILE and string=TEXT
      file=x > -fw_cfg: parameter 'name' is missing
      opt/a,gen_id=x > -fw_cfg opt/a: there is no property 'gen_id'; allowed are name, file, string
      name=opt/a b,string=x > -fw_cfg name=opt/a b: must be 1 to 55 printable characters of ASCII
      """)
  void whatIsNoFileIsRefused(String text, String sentence) {
    assertEquals(sentence, assertThrows(UserError.class, () -> of(text)).getMessage());
  }

  @Test
  void aNameIsNotLongerThanTheDirectoryHasRoomFor() {
    assertThrows(UserError.class, () -> of("x".repeat(56) + ",string=a"));
    assertEquals(1, of("x".repeat(55) + ",string=a").size());
  }
}
