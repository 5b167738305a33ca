package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The device, driven as drivers/firmware/qemu_fw_cfg.c does, and as nobody should. */
class FwCfgDeviceTest {
  private static final int DIRECTORY = 0x19;
  private static final int WORD = 0x20;
  private static final int NOTE = 0x21;
  private static final int READ = 2;
  private static final int SKIP = 4;
  private static final int SELECT = 8;
  private static final int WRITE = 16;
  private static final long STRUCTURE = 0x2000;
  private static final long BUFFER = 0x3000;
  private static final int RAM_BYTES = 2 << 20;

  private final MemoryBackend backend = MemoryBackend
      .open(new BackendConfig.Ram("ram", RAM_BYTES, new BackendConfig.Common(false, false, false, false, true)));
  private final GuestRam ram = new GuestRam(GuestLayout.of(MemoryConfig.of(RAM_BYTES)), backend);
  private final FwCfgDevice device = new FwCfgDevice(ram);
  private final CoreInfo info = new CoreInfo();

  @BeforeEach
  void addItems() {
    device.add(FwCfgItem.readOnly("opt/org.example/word", "word".getBytes(StandardCharsets.US_ASCII)));
    device.add(info.item());
  }

  @AfterEach
  void giveMemoryBack() { backend.close(); }

  private byte[] readByPort(int key, int count) {
    device.write(0, 2, key);
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) device.read(1, 1);
    }
    return bytes;
  }

  /** What stands in the control field afterwards. */
  private int transfer(long structure, int control, int length, long address) {
    if (ram.contains(structure, 16)) {
      ram.putInt(structure, Integer.reverseBytes(control));
      ram.putInt(structure + 4, Integer.reverseBytes(length));
      ram.putLong(structure + 8, Long.reverseBytes(address));
    }
    device.write(4, 4, Integer.toUnsignedLong(Integer.reverseBytes((int) (structure >> 32))));
    device.write(8, 4, Integer.toUnsignedLong(Integer.reverseBytes((int) structure)));
    return ram.contains(structure, 4) ? Integer.reverseBytes(ram.getInt(structure)) : -1;
  }

  private int transfer(int control, int length) { return transfer(STRUCTURE, control, length, BUFFER); }

  private String inBuffer(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ram.getByte(BUFFER + i));
    }
    return text.toString();
  }

  @Test
  void aDriverFindsTheDeviceAndItsFiles() {
    assertEquals("QEMU", new String(readByPort(0, 4), StandardCharsets.US_ASCII));
    assertArrayEquals(new byte[]{3, 0, 0, 0}, readByPort(1, 4));
    ByteBuffer directory = ByteBuffer.wrap(readByPort(DIRECTORY, 4 + 2 * 64));
    assertEquals(2, directory.getInt());
    assertEquals(4, directory.getInt(4));
    assertEquals(WORD, directory.getShort(8));
    byte[] name = new byte[56];
    directory.get(12, name);
    assertEquals("opt/org.example/word", new String(name, StandardCharsets.US_ASCII).replace("\0", ""));
    assertEquals(0x5145_4d55L, Integer.toUnsignedLong(Integer.reverseBytes((int) device.read(4, 4))));
    assertEquals(0x2043_4647L, Integer.toUnsignedLong(Integer.reverseBytes((int) device.read(8, 4))));
  }

  @Test
  void aFileIsReadByteByByteAndEndsInZeros() {
    assertEquals("word\0\0", new String(readByPort(WORD, 6), StandardCharsets.US_ASCII));
    assertArrayEquals(new byte[3], readByPort(0x3fff, 3));
  }

  @Test
  void aFileIsReadByDma() {
    assertEquals(0, transfer(WORD << 16 | SELECT | READ, 2));
    assertEquals("wo", inBuffer(2));
    assertEquals(0, transfer(READ, 4));
    assertEquals("rd\0\0", inBuffer(4));
    assertEquals(0, transfer(WORD << 16 | SELECT | SKIP, 3));
    assertEquals(0, transfer(READ, 1));
    assertEquals("d", inBuffer(1));
  }

  @Test
  void whereTheNoteIsIsWritten() {
    ram.putLong(BUFFER, 0x0000_1000_0001_0000L);
    ram.putLong(BUFFER + 8, 0x1234_5000L);
    assertEquals(0, transfer(NOTE << 16 | SELECT | WRITE, 16));
    assertEquals(new CoreInfo.Note(1, 0x1000, 0x1234_5000L), info.note());
    info.reset();
    assertEquals(CoreInfo.Note.NONE, info.note());
    assertArrayEquals(new byte[]{1, 0, 0, 0}, readByPort(NOTE, 4));
  }

  @Test
  void whatMayNotBeWrittenIsRefusedWhole() {
    assertEquals(1, transfer(WORD << 16 | SELECT | WRITE, 4));
    assertEquals("word", new String(readByPort(WORD, 4), StandardCharsets.US_ASCII));
    assertEquals(1, transfer(NOTE << 16 | SELECT | WRITE, 17));
    assertEquals(1, transfer(0x19 << 16 | SELECT | WRITE, 1));
    assertEquals(1, transfer(0x7777 << 16 | SELECT | WRITE, 1));
    assertEquals(CoreInfo.Note.NONE, info.note());
  }

  @Test
  void aTransferOutOfMemoryIsAnErrorWhereThatCanBeSaid() {
    assertEquals(1, transfer(STRUCTURE, WORD << 16 | SELECT | READ, 4, RAM_BYTES - 2));
    assertEquals(1, transfer(STRUCTURE, WORD << 16 | SELECT | READ, 4, -2));
    assertEquals(1, transfer(WORD << 16 | SELECT | READ, -1));
    assertEquals(1, transfer(WORD << 16 | SELECT | READ, FwCfgDevice.MOST_BYTES + 1));
    assertEquals(-1, transfer(1L << 40, SELECT | READ, 4, BUFFER));
    assertEquals(-1, transfer(RAM_BYTES - 2, SELECT | READ, 4, BUFFER));
  }

  @Test
  void noGuestBreaksIt() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int[] keys = {0, 1, DIRECTORY, WORD, NOTE, 0x22, 0xffff};
    long[] addresses = {BUFFER, 0, RAM_BYTES - 1, 1L << 32, -1, Long.MIN_VALUE, STRUCTURE};
    for (int i = 0; i < 20_000; i++) {
      int control = keys[random.nextInt(keys.length)] << 16 | random.nextInt(64);
      transfer(STRUCTURE, control, random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(9000),
          addresses[random.nextInt(addresses.length)]);
      device.write(random.nextInt(FwCfgDevice.LENGTH), 1 << random.nextInt(3), random.nextInt());
      long value = device.read(random.nextInt(FwCfgDevice.LENGTH), 1 << random.nextInt(3));
      assertTrue(value >= 0 && value <= 0xffff_ffffL, "seed " + seed);
    }
    assertEquals("word", new String(readByPort(WORD, 4), StandardCharsets.US_ASCII), "seed " + seed);
  }

  @Test
  void itsStateGoesToAnotherAndAResetSelectsNothing() {
    readByPort(WORD, 2);
    FwCfgDevice.State state = device.state();
    assertEquals(new FwCfgDevice.State(WORD, 2, 0), state);
    device.restore(FwCfgDevice.POWER_ON);
    assertEquals('Q', device.read(1, 1));
    device.restore(state);
    assertEquals('r', device.read(1, 1));
  }
}
