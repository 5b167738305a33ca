package org.ballastvm.vmm.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Serial ports that come and go by the machine protocol. Sentences are QEMU 7.2's on the same input. */
@Tag("kvm")
class SerialPortCommandsTest {
  private static final String PORT = "\"driver\": \"virtserialport\"";

  private final Client client = Client.of(TestMachine.idle(
      List.of(new ChardevConfig.Null("one", false), new ChardevConfig.Null("two", false),
          new ChardevConfig.Null("shared", true)),
      new DeviceConfig.SerialCard(Optional.of("vs0"), OptionalInt.empty(), 4),
      new DeviceConfig.SerialPort(Optional.of("con"), true, Optional.empty(), Optional.of("shared"), Optional.empty(),
          OptionalInt.empty()),
      new DeviceConfig.SerialCard(Optional.empty(), OptionalInt.empty(), 31)));

  @AfterEach
  void endMachine() { client.close(); }

  private String add(String properties) { return client.ask("device_add", "{" + PORT + ", " + properties + "}"); }

  private String qtree() { return client.ask("human-monitor-command", "{\"command-line\": \"info qtree\"}"); }

  @Test
  void aPortComesAndIsSeenByEveryQuery() {
    assertEquals("{}", add("\"id\": \"p1\", \"bus\": \"vs0.0\", \"chardev\": \"one\", \"name\": \"org.one\""));
    assertTrue(client.ask("qom-list", "{\"path\": \"/machine/peripheral\"}")
        .contains("{\"name\": \"p1\", \"type\": \"child<virtserialport>\"}"));
    assertEquals("1", client.ask("qom-get", "{\"path\": \"p1\", \"property\": \"nr\"}"));
    assertEquals("\"org.one\"", client.ask("qom-get", "{\"path\": \"p1\", \"property\": \"name\"}"));
    String tree = qtree();
    assertTrue(tree.contains("bus: vs0.0\\r\\n              type virtio-serial-bus\\r\\n"
        + "              dev: virtserialport, id \\\"p1\\\"\\r\\n                chardev = \\\"one\\\"\\r\\n"
        + "                nr = 1 (0x1)\\r\\n                name = \\\"org.one\\\"\\r\\n"
        + "                port 1, guest off, host on, throttle off\\r\\n"
        + "              dev: virtconsole, id \\\"con\\\"\\r\\n"), tree);
    assertTrue(tree.contains("port 0, guest off, host on, throttle off"), tree);
    assertTrue(tree.contains("bus: virtio-serial-bus.0\\r\\n"), tree);
  }

  @Test
  void aChardevIsTalkedThroughByAConsoleAndByAPortThatTheGuestHasOpen() {
    add("\"id\": \"p1\", \"chardev\": \"one\"");
    String all = client.ask("query-chardev");
    assertTrue(all.contains("{\"label\": \"one\", \"filename\": \"null\", \"frontend-open\": false}"), all);
    assertTrue(all.contains("{\"label\": \"shared\", \"filename\": \"mux\", \"frontend-open\": true}"), all);
  }

  @Test
  void aPortGoesAtOnceAndItsChardevIsFreeAgain() {
    add("\"id\": \"p1\", \"chardev\": \"one\", \"nr\": 3, \"name\": \"again\"");
    List<String> told = client.say("{\"execute\": \"device_del\", \"arguments\": {\"id\": \"p1\"}}");
    assertTrue(told.stream().anyMatch(line -> line.contains("\"event\": \"DEVICE_DELETED\", \"data\": "
        + "{\"device\": \"p1\", \"path\": \"/machine/peripheral/p1\"}")), told::toString);
    assertEquals("{}", add("\"id\": \"p1\", \"chardev\": \"one\", \"nr\": 3, \"name\": \"again\""));
  }

  @Test
  void aCardTakesItsPortsWithIt() {
    add("\"id\": \"p1\", \"bus\": \"vs0.0\", \"chardev\": \"one\"");
    client.ask("device_del", "{\"id\": \"vs0\"}");
    List<String> told = client.say("{\"execute\": \"system_reset\"}").stream()
        .filter(line -> line.contains("DEVICE_DELETED")).map(line -> line.replaceAll(".*\"path\": \"|\".*", ""))
        .toList();
    assertEquals(List.of("/machine/peripheral/con", "/machine/peripheral/p1",
        "/machine/peripheral/vs0/virtio-backend", "/machine/peripheral/vs0"), told);
    assertFalse(client.ask("qom-list", "{\"path\": \"/machine/peripheral\"}").contains("p1"));
    assertEquals("{}", add("\"id\": \"p1\", \"chardev\": \"one\""));
    assertTrue(qtree().contains("bus: virtio-serial-bus.0"));
  }

  @Test
  void portsWithoutANumberFillTheCardsInOrder() {
    for (int i = 1; i < 5; i++) {
      assertEquals("{}", add("\"id\": \"p" + i + "\""));
      assertEquals(i < 4 ? Integer.toString(i) : "1",
          client.ask("qom-get", "{\"path\": \"p" + i + "\", \"property\": \"nr\"}"));
    }
    assertEquals("{\"error\": {\"class\": \"GenericError\", \"desc\": "
        + "\"virtio-serial-bus: Maximum port limit for this device reached\"}}", add("\"bus\": \"vs0.0\""));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', value = {"\"bus\": \"vs1.0\" > Bus 'vs1.0' not found",
      "\"bus\": \"pci.0\" > Bus 'pci.0' not found",
      "\"chardev\": \"nope\" > Property 'virtserialport.chardev' can't find value 'nope'",
      "\"chardev\": \"two\" > Property 'virtserialport.chardev' can't take value 'two', it's in use",
      "\"nr\": 4 > virtio-serial-bus: Out-of-range port id specified, max. allowed: 3",
      "\"nr\": 2 > virtio-serial-bus: A port already exists at id 2",
      "\"name\": \"taken\" > virtio-serial-bus: A port already exists by name taken",
      "\"nr\": 0 > Port number 0 on virtio-serial devices reserved for virtconsole devices for backward compatibility.",
      "\"id\": \"p2\" > Duplicate device ID 'p2'"})
  void aPortThatCannotBeIsNamedAndNothingChanges(String properties, String sentence) {
    add("\"id\": \"p2\", \"bus\": \"vs0.0\", \"nr\": 2, \"chardev\": \"two\", \"name\": \"taken\"");
    String before = qtree();
    String bus = properties.contains("\"bus\"") ? "" : ", \"bus\": \"vs0.0\"";
    assertEquals("{\"error\": {\"class\": \"GenericError\", \"desc\": \"" + sentence + "\"}}", add(properties + bus));
    assertEquals(before, qtree());
    assertEquals("{}", add("\"bus\": \"vs0.0\", \"chardev\": \"one\", \"nr\": 3"));
  }

  @Test
  void aMachineWithoutACardHasNoPlaceForPorts() {
    try (Client bare = Client.of(TestMachine.idle())) {
      assertEquals("{\"error\": {\"class\": \"GenericError\", \"desc\": \"No 'virtio-serial-bus' bus found for device "
          + "'virtconsole'\"}}", bare.ask("device_add", "{\"driver\": \"virtconsole\"}"));
    }
  }

  @Test
  void aThousandRoundsLeaveNothingBehind() {
    String before = qtree();
    for (int i = 0; i < 1000; i++) {
      assertEquals("{}", add("\"id\": \"p\", \"chardev\": \"" + (i % 2 == 0 ? "one" : "shared") + "\""));
      assertEquals("{}", client.ask("device_del", "{\"id\": \"p\"}"));
    }
    assertEquals(before, qtree());
  }
}
