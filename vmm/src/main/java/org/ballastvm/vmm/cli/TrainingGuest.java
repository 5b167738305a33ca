package org.ballastvm.vmm.cli;

import java.io.ByteArrayOutputStream;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.pci.PciBus;

/**
 * The guest of a {@link Training}: 32-bit code that does with its devices once what their drivers do. It gives memory to a
 * balloon and takes it back, plugs and unplugs memory by blocks, acknowledges a DIMM, ejects it and powers off.
 *
 * <p>
 * Registers are those of virtio 1.3, 4.1.4; encodings those of Intel's SDM, volume 2.
 */
final class TrainingGuest {
  /** The slot that its balloon is to be in. */
  static final int BALLOON_SLOT = 1;
  /** The slot that its virtio-mem device is to be in. */
  static final int MEMORY_SLOT = 5;

  private static final int COM1 = 0x3f8;
  private static final int RTC = 0x70;
  private static final int RTC_REGISTERS = 12;

  private static final int COMMAND = 0x04;
  private static final int MEMORY_AND_BUS_MASTER = 6;
  private static final int MSIX_BAR = 0x14;
  private static final int REGISTERS_BAR = 0x20;
  private static final int MSIX_CONTROL = 0x42;
  private static final int MSIX_ENABLE = 0x8000;
  private static final int LOCAL_APIC = 0xfee0_0000;
  private static final int FIRST_VECTOR = 0x40;
  /** Where this guest puts a function's BARs, a megabyte for each slot. */
  private static final int BARS = 0xd000_0000;
  private static final int MSIX_OFFSET = 0x8000;

  private static final int DEVICE = 0x2000;
  private static final int NOTIFY = 0x3000;
  private static final int DRIVER_OK = 4;
  private static final int FEATURES_OK = 8;

  /** Where this guest keeps its queues: three pages each for the rings, and what their chains name behind those. */
  private static final int QUEUES = 0x40_0000;
  private static final int QUEUE_BYTES = 0x1_0000;
  private static final int AVAILABLE = 0x1000;
  private static final int USED = 0x2000;
  private static final int BUFFERS = 0x3000;
  private static final int QUEUE_ENTRIES = 8;

  private static final int PAGES_IN_A_LIST = 256;
  private static final int GIVEN_PAGE = 0x8000;

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();

  /** {@return what it runs, wherever it is loaded} */
  static byte[] code() {
    TrainingGuest guest = new TrainingGuest();
    guest.run();
    return guest.code.toByteArray();
  }

  private void run() {
    out8(COM1, 'x');
    for (int register = 0; register < RTC_REGISTERS; register++) {
      out8(RTC, register);
      in8(RTC + 1);
    }
    balloon();
    memory();
    dimm();
    out8(AcpiPorts.SLEEP_CONTROL, AcpiPorts.SLEEP_ENABLE | AcpiPorts.SLEEP_TYPE_S5 << AcpiPorts.SLEEP_TYPE_SHIFT);
    bytes(0xeb, 0xfe); // jmp to itself
  }

  private void balloon() {
    int inflate = queueAt(BALLOON_SLOT, 0);
    int deflate = queueAt(BALLOON_SLOT, 1);
    int stats = queueAt(BALLOON_SLOT, 2);
    beginDriver(BALLOON_SLOT, 3);
    for (int list = 0; list < 2; list++) { // 2 MiB in all, which the device gives the host as one
      for (int page = 0; page < PAGES_IN_A_LIST; page++) {
        store32(inflate + BUFFERS + 4 * page, GIVEN_PAGE + PAGES_IN_A_LIST * list + page);
      }
      offer(BALLOON_SLOT, 0, list, 4 * PAGES_IN_A_LIST, 0);
    }
    store32(bar(BALLOON_SLOT) + DEVICE + 4, 2 * PAGES_IN_A_LIST); // actual
    store32(deflate + BUFFERS, GIVEN_PAGE);
    offer(BALLOON_SLOT, 1, 0, 4, 0);
    store32(bar(BALLOON_SLOT) + DEVICE + 4, 2 * PAGES_IN_A_LIST - 1);
    store32(stats + BUFFERS, 4); // free memory, a tag of 16 bits before 64 bits
    ring(BALLOON_SLOT, 2, 0, 10, 0); // it comes back when the device wants it renewed
  }

  private void memory() {
    int request = queueAt(MEMORY_SLOT, 0) + BUFFERS;
    beginDriver(MEMORY_SLOT, 1);
    copy32(bar(MEMORY_SLOT) + DEVICE + 16, request + 8); // where its blocks begin
    copy32(bar(MEMORY_SLOT) + DEVICE + 20, request + 12);
    int[] kinds = {2, 0, 3, 1}; // unplug all, plug, state, unplug
    for (int i = 0; i < kinds.length; i++) {
      store32(request, kinds[i]);
      store32(request + 16, kinds[i] == 1 ? 8 : 16); // blocks
      offer(MEMORY_SLOT, 0, i, 24, 10);
    }
  }

  private void dimm() {
    int block = AcpiPorts.MEMORY_HOTPLUG_BASE;
    in32(AcpiPorts.GED_SELECTOR);
    out32(block, 0); // selects the slot
    for (int register = 0; register < 0x14; register += 4) {
      in32(block + register);
    }
    in8(block + 0x14);
    out8(block + 0x14, 2); // seen that it came
    report(block, 1); // and taken
    out8(block + 0x14, 4); // seen that it should go
    report(block, 0x103);
    out8(block + 0x14, 8); // ejected
    report(block, 3);
  }

  /** {@code _OST}, with success. */
  private void report(int block, int event) {
    out32(block + 4, event);
    out32(block + 8, 0);
  }

  private static int bar(int slot) { return BARS + (slot << 20); }

  private static int queueAt(int slot, int queue) { return QUEUES + (4 * slot + queue) * QUEUE_BYTES; }

  /** Virtio 1.3, 3.1.1: takes all features that are offered, and has each queue interrupt by a vector of its own. */
  private void beginDriver(int slot, int queues) {
    int common = bar(slot);
    config(slot, REGISTERS_BAR, common);
    config(slot, MSIX_BAR, common + MSIX_OFFSET);
    config16(slot, COMMAND, MEMORY_AND_BUS_MASTER);
    for (int vector = 0; vector <= queues; vector++) {
      int entry = common + MSIX_OFFSET + 16 * vector;
      store32(entry, LOCAL_APIC);
      store32(entry + 4, 0);
      store32(entry + 8, FIRST_VECTOR + vector);
      store32(entry + 12, 0);
    }
    config16(slot, MSIX_CONTROL, MSIX_ENABLE);
    store8(common + 0x14, 0);
    store8(common + 0x14, 1 | 2);
    for (int half = 0; half < 2; half++) {
      store32(common, half);
      store32(common + 8, half);
      copy32(common + 4, common + 12);
    }
    store8(common + 0x14, 1 | 2 | FEATURES_OK);
    store16(common + 0x10, 0); // the vector for changes of configuration
    for (int queue = 0; queue < queues; queue++) {
      int at = queueAt(slot, queue);
      store16(common + 0x16, queue);
      store16(common + 0x18, QUEUE_ENTRIES);
      store16(common + 0x1a, queue + 1);
      store64(common + 0x20, at);
      store64(common + 0x28, at + AVAILABLE);
      store64(common + 0x30, at + USED);
      store16(common + 0x1c, 1);
    }
    store8(common + 0x14, 1 | 2 | FEATURES_OK | DRIVER_OK);
  }

  /** Offers what is behind the rings and waits until the device has used it. */
  private void offer(int slot, int queue, int index, int readable, int writable) {
    ring(slot, queue, index, readable, writable);
    await16(queueAt(slot, queue) + USED + 2, index + 1);
  }

  private void ring(int slot, int queue, int index, int readable, int writable) {
    int at = queueAt(slot, queue);
    store64(at, at + BUFFERS);
    store32(at + 8, readable);
    store32(at + 12, writable > 0 ? 1 | 1 << 16 : 0); // more follows: descriptor 1
    store64(at + 16, at + BUFFERS + QUEUE_BYTES / 4);
    store32(at + 24, writable);
    store32(at + 28, 2); // for the device to write
    store16(at + AVAILABLE + 4 + 2 * QUEUE_ENTRIES, index); // used_event: an interrupt for this one
    store16(at + AVAILABLE + 2, index + 1);
    store16(bar(slot) + NOTIFY + 4 * queue, queue);
  }

  private void config(int slot, int register, int value) {
    out32(PciBus.BASE, 1 << 31 | slot << 11 | register);
    out32(PciBus.BASE + 4, value);
  }

  private void config16(int slot, int register, int value) {
    out32(PciBus.BASE, 1 << 31 | slot << 11 | register & ~3);
    port(PciBus.BASE + 4 + (register & 3));
    bytes(0x66, 0xb8, value, value >> 8, 0x66, 0xef); // mov ax,value; out dx,ax
  }

  private void out8(int port, int value) {
    port(port);
    bytes(0xb0, value, 0xee); // mov al,value; out dx,al
  }

  private void out32(int port, int value) {
    port(port);
    bytes(0xb8);
    word(value);
    bytes(0xef); // mov eax,value; out dx,eax
  }

  private void in8(int port) {
    port(port);
    bytes(0xec);
  }

  private void in32(int port) {
    port(port);
    bytes(0xed);
  }

  /** mov dx,port. */
  private void port(int port) { bytes(0x66, 0xba, port, port >> 8); }

  private void store8(int address, int value) {
    bytes(0xc6, 0x05);
    word(address);
    bytes(value);
  }

  private void store16(int address, int value) {
    bytes(0x66, 0xc7, 0x05);
    word(address);
    bytes(value, value >> 8);
  }

  private void store32(int address, int value) {
    bytes(0xc7, 0x05);
    word(address);
    word(value);
  }

  private void store64(int address, int value) {
    store32(address, value);
    store32(address + 4, 0);
  }

  private void copy32(int from, int to) {
    bytes(0xa1);
    word(from); // mov eax,[from]
    bytes(0xa3);
    word(to); // mov [to],eax
  }

  private void await16(int address, int value) {
    bytes(0x66, 0x81, 0x3d);
    word(address);
    bytes(value, value >> 8, 0x75, -11); // cmp word [address],value; jne back to it
  }

  private void word(int value) { bytes(value, value >> 8, value >> 16, value >> 24); }

  private void bytes(int... values) {
    for (int value : values) {
      code.write(value);
    }
  }
}
