package org.ballastvm.vmm.machine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.ballastvm.vmm.acpi.AcpiPorts;

/** A guest of a few instructions, in 64-bit machine code that runs wherever it is put. */
public final class Program {
  private static final int COM1 = 0x3f8;
  private static final String STREAM_SETUP = """
      488d0598000000bf 0000520066898700 040000c787020400 001000008e48c1e8 1066898706040000 c787080400000000
      000066c747f0ff0f 48897ff20f015ff0 bc00005400bb0000 c0fec70319000000 c7431000000000c7 0318000000c74310
      40000000bbf000e0 fec703ff01000066 bafa03b001ee66ba fc03b00beebd
      """;
  private static final String STREAM_BODY = """
      41b80300000066ba f903b003eefa4585 c07404fbf4ebf6ff cd75e5eb6966bafa 03eca801754366ba
      fd03ec88c4a80174 0c66baf803ec66ba fd03ecebf0f6c420 74db4585c074d666 baf803be00005000
      b910000000aceeff c975fa41ffc875bd 66baf903b001eeeb b4b9b000e0fec701 00000000488d0d99
      ffffff48390c2475 03ff042448cf
      """;
  private final ByteArrayOutputStream code = new ByteArrayOutputStream();

  private Program bytes(int... bytes) {
    for (int b : bytes) {
      code.write(b);
    }
    return this;
  }

  private Program imm16(int value) { return bytes(value & 0xff, value >> 8 & 0xff); }

  private Program imm32(long value) { return imm16((int) value & 0xffff).imm16((int) (value >> 16) & 0xffff); }

  /** dx = port. */
  private Program port(int port) { return bytes(0x66, 0xba).imm16(port); }

  /** eax = value. */
  public Program set(long value) { return bytes(0xb8).imm32(value); }

  public Program outByte(int port, int value) { return set(value).port(port).bytes(0xee); }

  public Program outWord(int port, int value) { return set(value).port(port).bytes(0x66, 0xef); }

  public Program outInt(int port, long value) { return set(value).port(port).bytes(0xef); }

  /** eax = what the port says. */
  public Program inByte(int port) { return set(0).port(port).bytes(0xec); }

  public Program inWord(int port) { return set(0).port(port).bytes(0x66, 0xed); }

  public Program inInt(int port) { return port(port).bytes(0xed); }

  public Program print(String text) {
    port(COM1);
    for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
      bytes(0xb0, b & 0xff, 0xee);
    }
    return this;
  }

  /** Sends al as it is. */
  public Program printByte() { return port(COM1).bytes(0xee); }

  /** Sends eax as four bytes, the lowest first. */
  public Program printInt() {
    for (int i = 0; i < 4; i++) {
      printByte().bytes(0xc1, 0xe8, 8); // shr eax, 8
    }
    return this;
  }

  /** Sends 16 bytes from an address again and again, each time that the transmitter says it is empty, as drivers do. */
  public Program stream(int address, int times) {
    bytes(0xbd).imm32(times); // mov ebp, times
    port(COM1 + 5).bytes(0xec, 0xa8, 0x20, 0x74, 0xf7); // wait: in al, dx; test al, 0x20; jz wait
    port(COM1).bytes(0xbe).imm32(address).bytes(0xb9).imm32(16); // mov esi, address; mov ecx, 16
    return bytes(0xf3, 0x6e, 0xff, 0xcd, 0x75, 0xe3); // rep outsb; dec ebp; jnz wait
  }

  /**
   * Sends lines of three times the 16 bytes at 0x500000 by a handler of the port's interrupt that does as Linux's does: it
   * reads the interrupt's number until there is none, takes what arrived, and turns the transmitter's off behind a line.
   *
   * <pre>
   *          gate 0x40 of an IDT at 0x520000 is the handler; I/O APIC pin 4 gives 0x40; local APIC on; FIFOs on
   *          mov ebp, lines
   * line:    mov r8d, 3; mov dx, 0x3f9; mov al, 3; out dx, al           interrupts: transmitter empty, received
   * wait:    cli; test r8d, r8d; jz done; sti; hlt; jmp wait
   * done:    dec ebp; jnz line; jmp end
   * handler: mov dx, 0x3fa; in al, dx; test al, 1; jnz eoi
   *          mov dx, 0x3fd; in al, dx; mov ah, al
   * input:   test al, 1; jz took; mov dx, 0x3f8; in al, dx; mov dx, 0x3fd; in al, dx; jmp input
   * took:    test ah, 0x20; jz handler; test r8d, r8d; jz handler
   *          mov dx, 0x3f8; mov esi, 0x500000; mov ecx, 16
   * byte:    lodsb; out dx, al; dec ecx; jnz byte
   *          dec r8d; jnz handler; mov dx, 0x3f9; mov al, 1; out dx, al; jmp handler
   * eoi:     mov ecx, 0xfee000b0; mov dword [rcx], 0
   *          lea rcx, [rel of the hlt]; cmp [rsp], rcx; jne back; inc dword [rsp]; back: iretq
   * end:
   * </pre>
   *
   * The last line skips a {@code hlt} that the interrupt came before: QEMU 7.2, which emulates the rig's processor, forgets
   * the shadow of {@code sti} when the guest leaves in it.
   */
  public Program streamByInterrupts(int lines) {
    code.writeBytes(HexFormat.of().parseHex(STREAM_SETUP.replaceAll("\\s", "")));
    imm32(lines);
    code.writeBytes(HexFormat.of().parseHex(STREAM_BODY.replaceAll("\\s", "")));
    return this;
  }

  /** Sends the byte that arrives on COM1, once it is there. */
  public Program echo() {
    // wait: mov dx, 0x3fd; in al, dx; test al, 1; jz wait; mov dx, 0x3f8; in al, dx; out dx, al
    return port(COM1 + 5).bytes(0xec, 0xa8, 1, 0x74, 0xfb).port(COM1).bytes(0xec, 0xee);
  }

  /** eax = *address + 1; *address = eax. */
  public Program count(int address) {
    return bytes(0x8b, 0x04, 0x25).imm32(address).bytes(0xff, 0xc0, 0x89, 0x04, 0x25).imm32(address);
  }

  /** Counts for ever. */
  public Program countForever(int address) {
    return count(address).bytes(0xeb, 0xee); // jmp to where it began
  }

  /** Jumps over what follows unless eax is below a number. */
  public Program ifBelow(int number, Program then) {
    byte[] body = then.code();
    bytes(0x3d).imm32(number).bytes(0x0f, 0x83).imm32(body.length);
    code.writeBytes(body);
    return this;
  }

  /** rbx = eax, without its low bits: where a BAR is. */
  public Program baseFromBar() {
    return bytes(0x83, 0xe0, 0xf0, 0x89, 0xc3);
  }

  /** eax = *(rbx + offset). */
  public Program load(int offset) { return bytes(0x8b, 0x83).imm32(offset); }

  /** Spins until a register of 32 bits has one of some bits set. */
  public Program awaitRegister(int offset, long bits) {
    return load(offset).bytes(0xa9).imm32(bits).bytes(0x74, 0xf3); // wait: load; test eax, bits; jz wait
  }

  public Program store8(int offset, int value) { return bytes(0xc6, 0x83).imm32(offset).bytes(value & 0xff); }

  public Program store16(int offset, int value) { return bytes(0x66, 0xc7, 0x83).imm32(offset).imm16(value); }

  public Program store32(int offset, long value) { return bytes(0xc7, 0x83).imm32(offset).imm32(value); }

  /** *address = value, in the lower 2 GiB. */
  public Program poke(int address, long value) {
    return bytes(0xc7, 0x04, 0x25).imm32(address).imm32(value);
  }

  /** Spins until the 16 bits at an address in the lower 2 GiB are a value. */
  public Program await16(int address, int value) {
    // wait: pause; cmp word [address], value; jne wait
    return bytes(0xf3, 0x90, 0x66, 0x81, 0x3c, 0x25).imm32(address).imm16(value).bytes(0x75, 0xf2);
  }

  /** Spins until a port of 32 bits has one of some bits set. */
  public Program awaitPort(int port, long bits) {
    // wait: in eax, dx; test eax, bits; jz wait
    return port(port).bytes(0xed, 0xa9).imm32(bits).bytes(0x74, 0xf8);
  }

  /** Does something again and again. */
  public Program forever(Program body) {
    byte[] again = body.code();
    code.writeBytes(again);
    return bytes(0xe9).imm32(-5L - again.length);
  }

  /** eax = *address, in the lower 2 GiB. */
  public Program peek(int address) {
    return bytes(0x8b, 0x04, 0x25).imm32(address);
  }

  /**
   * Brings up the modern virtio device in a PCI slot with queue 0 of four entries: the table at an address in the lower 2
   * GiB, the rings on the two pages behind it, a buffer on the third. Leaves the place of its registers in rbx.
   */
  public Program startVirtio(int slot, int ring) {
    long device = 0x8000_0000L | (long) slot << 11;
    poke(ring + 0x2000, 0); // used: index 0
    outInt(0xcf8, device | 4).outWord(0xcfc, 6); // command: memory space, bus master
    outInt(0xcf8, device | 0x20).inInt(0xcfc).baseFromBar(); // BAR 4
    store8(0x14, 0).store8(0x14, 1).store8(0x14, 3); // device_status: reset, acknowledge, driver
    store32(0x08, 1).store32(0x0c, 1).store8(0x14, 0xb); // VERSION_1 alone, features ok
    store16(0x16, 0).store16(0x18, 4); // queue_select, queue_size
    store32(0x20, ring).store32(0x24, 0).store32(0x28, ring + 0x1000).store32(0x2c, 0);
    return store32(0x30, ring + 0x2000).store32(0x34, 0).store16(0x1c, 1).store8(0x14, 0xf); // enable, driver ok
  }

  /** Offers the buffer, rings the doorbell and waits until the device has used it. */
  public Program offer(int ring, int lengthBytes, boolean deviceWrites) {
    poke(ring, ring + 0x3000).poke(ring + 4, 0).poke(ring + 8, lengthBytes).poke(ring + 12, deviceWrites ? 2 : 0);
    poke(ring + 0x1004, 0).poke(ring + 0x1000, 1 << 16); // avail: descriptor 0, index 1
    return store16(0x3000, 0).await16(ring + 0x2002, 1);
  }

  /** Shows guest memory from 4 GiB on, that many times 2 MiB, from 1 GiB on: in the page tables of the boot protocol. */
  public Program mapHighMemory(int largePages) {
    for (int i = 0; i < largePages; i++) {
      poke(0xc000 + 8 * i, (long) i << 21 | 0x83).poke(0xc004 + 8 * i, 1);
    }
    return this;
  }

  /** Asks a memory device, as the driver's n-th request, and leaves the answer's type in eax. */
  public Program askForMemory(int ring, int n, int type, long gpa, int blocks) {
    poke(ring + 0x3000, type).poke(ring + 0x3004, 0).poke(ring + 0x3008, gpa & 0xffff_ffffL);
    poke(ring + 0x300c, gpa >>> 32).poke(ring + 0x3010, blocks).poke(ring + 0x3014, 0);
    poke(ring, ring + 0x3000).poke(ring + 4, 0).poke(ring + 8, 24).poke(ring + 12, 1 << 16 | 1);
    poke(ring + 16, ring + 0x3100).poke(ring + 20, 0).poke(ring + 24, 10).poke(ring + 28, 2);
    poke(ring + 0x1004, 0).poke(ring + 0x1008, 0).poke(ring + 0x1000, (long) n << 16);
    return store16(0x3000, 0).await16(ring + 0x2002, n).peek(ring + 0x3100);
  }

  /** Writes to each of so many pages; leaves in eax the bits that all of them had before. */
  public Program touchPages(int address, int pages) {
    bytes(0xbf).imm32(address).bytes(0xb9).imm32(pages).bytes(0xbd).imm32(-1); // mov edi; mov ecx; mov ebp, -1
    // next: mov eax, [rdi]; and ebp, eax; mov dword [rdi], 0x5a5a; add edi, 4096; dec ecx; jnz next; mov eax, ebp
    bytes(0x8b, 0x07, 0x21, 0xc5, 0xc7, 0x07).imm32(0x5a5a).bytes(0x81, 0xc7).imm32(4096);
    return bytes(0xff, 0xc9, 0x75, 0xec, 0x89, 0xe8);
  }

  /** Goes on with another. */
  public Program then(Program next) {
    code.writeBytes(next.code());
    return this;
  }

  public Program powerOff() { return outByte(AcpiPorts.SLEEP_CONTROL, AcpiPorts.SLEEP_ENABLE | 5 << 2).halt(); }

  public Program reset() { return outByte(AcpiPorts.RESET_CONTROL, AcpiPorts.RESET_VALUE).halt(); }

  /** An exception, with no descriptor for it nor for what follows from that. */
  public Program tripleFault() {
    return bytes(0x0f, 0x0b);
  }

  public Program halt() { return bytes(0xf4, 0xeb, 0xfd); }

  public byte[] code() { return code.toByteArray(); }

  public static int intAt(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }
}
