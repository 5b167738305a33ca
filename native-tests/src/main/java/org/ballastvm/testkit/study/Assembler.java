package org.ballastvm.testkit.study;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * As much of an assembler for 64-bit x86 as {@link GuestTool} needs: every operand is of 64 bits, every displacement of 32.
 * Encodings are those of Intel's SDM, volume 2. What is assembled becomes a static ELF program.
 */
final class Assembler {
  /** Registers, by their numbers. */
  enum Register {
    RAX(0), RCX(1), RDX(2), RBX(3), RSP(4), RBP(5), RSI(6), RDI(7), R8(8), R9(9), R10(10), R12(12), R13(13), R14(
        14), R15(15);

    private final int number;

    Register(int number) { this.number = number; }

    private int low() { return number & 7; }

    private int high() { return number >> 3; }
  }

  /** What two operands can be put to; the second is a register, or a number. */
  enum Operation {
    ADD(0x01, 0), OR(0x09, 1), AND(0x21, 4), SUB(0x29, 5), XOR(0x31, 6), CMP(0x39, 7);

    private final int opcode;
    private final int digit;

    Operation(int opcode, int digit) {
      this.opcode = opcode;
      this.digit = digit;
    }
  }

  /** When a jump is taken, after a comparison of unsigned numbers. */
  enum Condition {
    BELOW(2), ABOVE_OR_EQUAL(3), EQUAL(4), NOT_EQUAL(5), BELOW_OR_EQUAL(6), ABOVE(7);

    private final int code;

    Condition(int code) { this.code = code; }
  }

  private static final long BASE = 0x40_0000;
  private static final int HEADER_BYTES = 64 + 56;
  private static final int REX_W = 0x48;
  private static final int SIB_FOLLOWS = 4;

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  private final Map<String, Integer> labels = new HashMap<>();
  private final List<Reference> references = new ArrayList<>();

  /** Four bytes that will say how far a label is from their end. */
  private record Reference(int at, String label) {}

  /** Names the place where the next instruction goes. */
  Assembler label(String name) {
    if (labels.put(name, code.size()) != null) {
      throw new IllegalStateException("label " + name + " is there twice");
    }
    return this;
  }

  Assembler mov(Register to, long number) {
    if (number == (int) number) {
      bytes(REX_W | to.high(), 0xc7, 0xc0 | to.low());
      return number32(number);
    }
    bytes(REX_W | to.high(), 0xb8 | to.low());
    return number32(number).number32(number >> Integer.SIZE);
  }

  Assembler mov(Register to, Register from) { return registers(0x89, from, to); }

  Assembler load(Register to, Register base, int displacement) { return memory(0x8b, to, base, displacement); }

  Assembler store(Register base, int displacement, Register from) { return memory(0x89, from, base, displacement); }

  /** Adds to a number in memory. */
  Assembler addTo(Register base, int displacement, Register from) {
    return memory(0x01, from, base, displacement);
  }

  /** Adds to the element of an array of numbers. */
  Assembler addToElement(Register base, Register index, int displacement, Register from) {
    bytes(REX_W | from.high() << 2 | index.high() << 1 | base.high(), 0x01, 0x80 | from.low() << 3 | SIB_FOLLOWS,
        3 << 6 | index.low() << 3 | base.low());
    return number32(displacement);
  }

  Assembler loadByte(Register to, Register base) {
    bytes(REX_W | to.high() << 2 | base.high(), 0x0f, 0xb6);
    return address(to, base, 0);
  }

  Assembler apply(Operation operation, Register to, Register with) { return registers(operation.opcode, with, to); }

  Assembler apply(Operation operation, Register to, int with) {
    bytes(REX_W | to.high(), 0x81, 0xc0 | operation.digit << 3 | to.low());
    return number32(with);
  }

  Assembler multiply(Register to, Register with) {
    bytes(REX_W | to.high() << 2 | with.high(), 0x0f, 0xaf, 0xc0 | to.low() << 3 | with.low());
    return this;
  }

  /** Multiplies rax; the upper half goes to rdx. */
  Assembler multiplyWide(Register with) {
    return single(0xf7, 4, with);
  }

  /** Divides rdx and rax: the quotient goes to rax, the rest to rdx. */
  Assembler divide(Register by) {
    return single(0xf7, 6, by);
  }

  Assembler shiftLeft(Register register, int bits) {
    single(0xc1, 4, register);
    code.write(bits);
    return this;
  }

  Assembler shiftRight(Register register, int bits) {
    single(0xc1, 5, register);
    code.write(bits);
    return this;
  }

  /** Shifts by rcx. */
  Assembler shiftLeft(Register register) { return single(0xd3, 4, register); }

  /** Shifts by rcx. */
  Assembler shiftRight(Register register) { return single(0xd3, 5, register); }

  /** Finds the highest bit that is set. */
  Assembler highestBit(Register to, Register of) {
    bytes(REX_W | to.high() << 2 | of.high(), 0x0f, 0xbd, 0xc0 | to.low() << 3 | of.low());
    return this;
  }

  Assembler push(Register register) {
    bytes(0x40 | register.high(), 0x50 | register.low());
    return this;
  }

  Assembler pop(Register register) {
    bytes(0x40 | register.high(), 0x58 | register.low());
    return this;
  }

  Assembler address(Register to, String label) {
    bytes(REX_W | to.high() << 2, 0x8d, to.low() << 3 | 5);
    return reference(label);
  }

  Assembler jump(String label) {
    code.write(0xe9);
    return reference(label);
  }

  Assembler jump(Condition condition, String label) {
    bytes(0x0f, 0x80 | condition.code);
    return reference(label);
  }

  Assembler call(String label) {
    code.write(0xe8);
    return reference(label);
  }

  Assembler ret() {
    code.write(0xc3);
    return this;
  }

  /** Calls the kernel; the result is in rax, and rcx and r11 are lost. */
  Assembler syscall(int number) {
    mov(Register.RAX, number);
    bytes(0x0f, 0x05);
    return this;
  }

  /** Reads the time-stamp counter into rax; rdx is lost. */
  Assembler timeStamp() {
    bytes(0x0f, 0x31);
    return shiftLeft(Register.RDX, Integer.SIZE).apply(Operation.OR, Register.RAX, Register.RDX);
  }

  Assembler text(String text) {
    code.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  private Assembler registers(int opcode, Register reg, Register rm) {
    bytes(REX_W | reg.high() << 2 | rm.high(), opcode, 0xc0 | reg.low() << 3 | rm.low());
    return this;
  }

  private Assembler memory(int opcode, Register register, Register base, int displacement) {
    bytes(REX_W | register.high() << 2 | base.high(), opcode);
    return address(register, base, displacement);
  }

  private Assembler address(Register register, Register base, int displacement) {
    code.write(0x80 | register.low() << 3 | base.low());
    if (base.low() == SIB_FOLLOWS) {
      code.write(SIB_FOLLOWS << 3 | SIB_FOLLOWS);
    }
    return number32(displacement);
  }

  private Assembler single(int opcode, int digit, Register register) {
    bytes(REX_W | register.high(), opcode, 0xc0 | digit << 3 | register.low());
    return this;
  }

  private Assembler reference(String label) {
    references.add(new Reference(code.size(), label));
    return number32(0);
  }

  private Assembler number32(long number) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      code.write((int) (number >> shift));
    }
    return this;
  }

  private void bytes(int... bytes) {
    for (int each : bytes) {
      code.write(each);
    }
  }

  /** {@return a static ELF program for x86-64 that begins with the first instruction; it can write to its stack alone} */
  byte[] program() {
    ByteBuffer file = ByteBuffer.allocate(HEADER_BYTES + code.size()).order(ByteOrder.LITTLE_ENDIAN);
    // Elf64_Ehdr: magic, 64 bits, little-endian, version 1; an executable for x86-64; one program header behind it.
    file.put(new byte[]{0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    file.putShort((short) 2).putShort((short) 62).putInt(1).putLong(BASE + HEADER_BYTES).putLong(64).putLong(0)
        .putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) 1).putShort((short) 64)
        .putShort((short) 0)
        .putShort((short) 0);
    // Elf64_Phdr: PT_LOAD, to be read and run, all of the file.
    file.putInt(1).putInt(5).putLong(0).putLong(BASE).putLong(BASE).putLong(file.capacity()).putLong(file.capacity())
        .putLong(0x1000);
    file.put(code.toByteArray());
    for (Reference reference : references) {
      Integer target = labels.get(reference.label);
      if (target == null) {
        throw new IllegalStateException("there is no label " + reference.label);
      }
      file.putInt(HEADER_BYTES + reference.at, target - reference.at - Integer.BYTES);
    }
    return file.array();
  }
}
