package org.ballastvm.testkit.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/**
 * What a guest of 2 MiB does for ever, in 64-bit code, and what one round of it is. The C side loads the same bytes.
 *
 * <p>
 * None of them needs an interrupt to wait until the instruction behind {@code sti}: QEMU 7.2, which emulates the rig's
 * processor, forgets that when the guest leaves between the two, and whoever does his work behind {@code hlt} sleeps for
 * ever.
 */
enum GuestLoop {
  /** out 0x10, eax */
  PORT("port write, to the VMM and back", "e710 ebfc", ""),
  /** mov eax, 0x40000000; mov [rax], ecx */
  MEMORY("memory write, to the VMM and back", "b800000040 8908 ebfc", ""),
  /** mov eax, 0x40001000; mov [rax], ecx; out 0x10, al */
  DOORBELL("doorbell, port write, and the eventfd read", "b800100040 8908 e610 ebfa", ""),
  /** sti; hlt -- handler: out 0x11, al */
  INTERRUPT("eventfd raised, and its interrupt handled", "fb f4 ebfc", "e611"),
  /** mov eax, 0x40001000; mov [rax], ecx; then sti; hlt -- handler: mov [rax], ecx */
  PING_PONG("doorbell to a handler's thread, interrupt back", "b800100040 8908 fb f4 ebfc", "8908");

  static final long MEMORY_BYTES = 2 << 20;
  static final long CODE = 0x10_0000;
  static final long STACK = 0x8000;
  static final long PML4 = 0x1000;
  static final long GDT = 0x9000;
  static final long IDT = 0xa000;
  static final long DOORBELL_ADDRESS = 0x4000_1000L;
  static final int VECTOR = 0x40;
  static final int GSI = 24;
  static final long LAPIC = 0xfee0_0000L;

  /** mov ecx, LAPIC + 0xb0; mov dword [rcx], 0: the end of interrupt. Intel SDM volume 3, 12.8.5. */
  private static final String END_OF_INTERRUPT = "b9b000e0fe c70100000000";
  /** iretq */
  private static final String RETURN = "48cf";
  private static final long HANDLER = 0x11_0040;
  private static final long PDPT = 0x2000;
  private static final long DIRECTORIES = 0x3000;
  private static final long TABLE = 0x3; // present, writable
  private static final long LARGE_PAGE = 0x83; // present, writable, 2 MiB
  private static final long CODE_SELECTOR = 0x10;

  private final String title;
  private final String code;
  private final String handler;

  GuestLoop(String title, String code, String handler) {
    this.title = title;
    this.code = code;
    this.handler = handler;
  }

  /** What a round is, in words. */
  String title() { return title; }

  /** Fills the guest's memory: tables that map the first 4 GiB one to one, one interrupt handler, and the loop. */
  void load(MemorySegment memory) {
    memory.fill((byte) 0);
    load(memory, code, handler);
  }

  /** Writes tables, an interrupt handler and code to memory that is all zeros. */
  static void load(MemorySegment memory, String code, String handler) {
    memory.set(JAVA_LONG, PML4, PDPT | TABLE);
    for (long i = 0; i < 4; i++) {
      memory.set(JAVA_LONG, PDPT + i * 8, DIRECTORIES + i * 0x1000 | TABLE);
    }
    for (long i = 0; i < 2048; i++) {
      memory.set(JAVA_LONG, DIRECTORIES + i * 8, i << 21 | LARGE_PAGE);
    }
    memory.set(JAVA_LONG, GDT + 0x10, 0x00af_9b00_0000_ffffL); // 64-bit code
    memory.set(JAVA_LONG, GDT + 0x18, 0x00cf_9300_0000_ffffL); // data
    // An interrupt gate of ring 0: offset, selector, present and type 14. Intel SDM volume 3, 7.14.1.
    memory.set(JAVA_LONG, IDT + VECTOR * 16L,
        HANDLER & 0xffff | CODE_SELECTOR << 16 | 0x8e00L << 32 | (HANDLER >> 16) << 48);
    put(memory, CODE, code);
    put(memory, HANDLER, END_OF_INTERRUPT + handler + RETURN);
  }

  private static void put(MemorySegment memory, long at, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, at, bytes.length);
  }
}
