package org.ballastvm.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A device that is all somebody else's work. */
class ServedDeviceTest {
  private static final int WRITABLE = 2;

  private final List<String> heard = new ArrayList<>();
  private final ServedDevice device = new ServedDevice(new ServedDevice.Shape(2, "d", 0x010000, 4, 3, 128, 6),
      new ServedDevice.Owner() {
        @Override
        public QueueServer queues() { return QueueServer.NONE; }

        @Override
        public boolean configWritten(int offset, byte[] bytes) {
          heard.add(offset + ":" + HexFormat.of().formatHex(bytes));
          return offset == WRITABLE;
        }

        @Override
        public void reset() { heard.add("reset"); }
      }, new byte[]{1, 2, 3, 4, 5, 6, 7, 8});

  @Test
  void itIsWhatItsShapeSays() {
    assertEquals(2, device.type());
    assertEquals(4, device.features());
    assertEquals(3, device.queueCount());
    assertEquals(128, device.queueSize(2));
    assertEquals(4, device.vectorCount());
    assertSame(QueueServer.NONE, device.server());
  }

  @Test
  void configurationSpaceEndsWithZeros() {
    assertEquals(0x0000_0605_0403_0201L, device.configRead(0));
    assertEquals(6, device.configRead(5));
  }

  @Test
  void aWriteIsTheOwnersAndReadWhereItMayBe() {
    device.configWrite(WRITABLE, 1, 0x99);
    device.configWrite(4, 2, 0xabcd);

    assertEquals(List.of("2:99", "4:cdab"), heard);
    assertEquals(0x0605_0499_0201L, device.configRead(0));
  }

  @Test
  void theOwnerChangesConfigurationSpaceWithItsGeneration() {
    List<String> changes = new ArrayList<>();
    device.attached(change -> {
      change.run();
      changes.add(Long.toHexString(device.configRead(0)));
    });
    device.configChanged(new byte[]{9});

    assertEquals(List.of("60504030209"), changes);
  }

  @Test
  void aResetIsTheOwners() {
    device.reset();
    assertEquals(List.of("reset"), heard);
    assertEquals(ServedDevice.POWER_ON, device.state());
  }
}
