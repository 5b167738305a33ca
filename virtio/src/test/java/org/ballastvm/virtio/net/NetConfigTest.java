package org.ballastvm.virtio.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetConfigTest {
  @Test
  void anAddressIsReadAndWrittenAsPeopleDo() {
    assertEquals(OptionalLong.of(0x5254_00ab_cdefL), MacAddress.parse("52:54:00:AB:cd:ef"));
    assertEquals(OptionalLong.of(0x5254_00ab_cdefL), MacAddress.parse("52-54-00-ab-cd-ef"));
    assertEquals("52:54:00:ab:cd:ef", new MacAddress(0x5254_00ab_cdefL).toString());
    assertEquals(0xefcd_ab00_5452L, new MacAddress(0x5254_00ab_cdefL).littleEndian());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "52:54:00:ab:cd", "52:54:00:ab:cd:ef:00", "525400abcdef", "5:4:0:a:b:c",
      "52:54:00:ab:cd:eg"})
  void whatIsNoAddressIsNone(String text) { assertEquals(OptionalLong.empty(), MacAddress.parse(text)); }

  @ParameterizedTest
  @CsvSource({"0x010000000001, 1, 1500, 256, mac=01:00:00:00:00:01", "2, 0, 1500, 256, queues=0",
      "2, 32, 1500, 256, queues=32",
      "2, 1, 67, 256, host_mtu=67", "2, 1, 65536, 256, host_mtu=65536", "2, 1, 1500, 128, rx_queue_size=128",
      "2, 1, 1500, 300, rx_queue_size=300", "2, 1, 1500, 2048, rx_queue_size=2048"})
  void whatNoCardCanBeIsRefusedByName(String mac, int pairs, int mtu, int queue, String named) {
    MacAddress address = new MacAddress(Long.decode(mac));
    String sentence = assertThrows(IllegalArgumentException.class,
        () -> new NetConfig(address, pairs, OptionalInt.of(mtu), queue, queue)).getMessage();
    assertEquals(named, sentence.substring(0, sentence.indexOf(": must")));
  }
}
