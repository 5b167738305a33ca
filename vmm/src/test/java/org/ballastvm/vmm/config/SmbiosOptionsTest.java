package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmbiosOptionsTest {
  private static final String ID = "5f6c8a3e-0123-4567-89ab-cdef01234567";

  @Test
  void optionsOfSeveralTypesAddUp() {
    SmbiosConfig config = SmbiosOptions.parse(Optional.empty(), List.of("type=1,serial=one,sku=s", "type=1,serial=two",
        "type=0,vendor=a,,b,release=1.16", "type=2")).smbios();
    assertEquals(Map.of(SmbiosText.SYSTEM_SERIAL, "two", SmbiosText.SYSTEM_SKU, "s", SmbiosText.FIRMWARE_VENDOR, "a,b"),
        config.texts());
    assertEquals(Set.of(0, 1, 2), config.types());
    assertEquals(Optional.of(new SmbiosConfig.Release(1, 16)), config.release());
  }

  @Test
  void aUuidIsTheMachinesBothWays() {
    Optional<UUID> id = Optional.of(UUID.fromString(ID));
    assertEquals(id, SmbiosOptions.parse(Optional.of(ID), List.of()).uuid());
    assertEquals(id, SmbiosOptions.parse(Optional.empty(), List.of("type=1,uuid=" + ID)).uuid());
    assertEquals(id, SmbiosOptions.parse(Optional.of(ID), List.of("type=1,uuid=" + ID)).uuid());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', textBlock = """
      file=tables > -smbios file=tables: whole tables are not taken; give texts with type=0, 1, 2 or 3
      type=4 > -smbios type=4: must be 0, 1, 2 or 3; the others are the machine's own
      serial=x > -smbios: parameter 'type' is missing
      type=3,product=x > -smbios: there is no property 'product'; allowed are type, manufacturer, version, serial, asset, sku
      type=0,uefi=on > -smbios type=0,uefi=on: must be off; this machine has no UEFI
      type=0,release=1 > -smbios type=0,release=1: must be two numbers up to 255, such as 1.16
      type=0,release=1.256 > -smbios type=0,release=1.256: must be two numbers up to 255, such as 1.16
      type=1,uuid=00000000-0000-0000-0000-000000000001 > -smbios type=1,uuid=00000000-0000-0000-0000-000000000001: must be \
      that of -uuid, 5f6c8a3e-0123-4567-89ab-cdef01234567
      """)
  void whatMakesNoSenseIsRefused(String option, String sentence) {
    assertEquals(sentence,
        assertThrows(UserError.class, () -> SmbiosOptions.parse(Optional.of(ID), List.of(option))).getMessage());
  }

  @Test
  void aTextThatIsTooLongIsRefused() {
    String text = "x".repeat(SmbiosConfig.LONGEST_TEXT + 1);
    assertEquals("-smbios type=1,serial=...: has more than 1024 bytes", assertThrows(UserError.class,
        () -> SmbiosOptions.parse(Optional.empty(), List.of("type=1,serial=" + text))).getMessage());
  }
}
