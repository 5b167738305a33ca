package org.ballastvm.pci;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The 256 bytes of a function's configuration space, and which of their bits a guest can write. Source: PCI Local Bus
 * Specification 3.0, chapter 6.
 */
public final class PciConfigSpace {
  /** Bytes. */
  public static final int BYTES = 256;

  /** Where the status register is, 2 bytes. */
  public static final int STATUS = 0x06;

  static final int COMMAND = 0x04;
  static final int BAR_0 = 0x10;
  static final int BARS = 6;
  static final int CAPABILITIES = 0x34;
  static final int INTERRUPT_LINE = 0x3c;
  static final int INTERRUPT_PIN = 0x3d;

  private static final int STATUS_HAS_CAPABILITIES = 0x10;
  private static final int FIRST_CAPABILITY = 0x40;
  private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * All that a guest can read.
   *
   * @param bytes all {@link #BYTES} of them
   */
  public record State(List<Byte> bytes) {
    /** Keeps a copy. */
    public State {
      bytes = List.copyOf(bytes);
    }
  }

  private final byte[] bytes = new byte[BYTES];
  private final byte[] writable = new byte[BYTES];
  private int nextCapability = FIRST_CAPABILITY;

  /**
   * A type 0 header.
   *
   * @param identity who the function is
   */
  public PciConfigSpace(PciIdentity identity) {
    put16(0x00, identity.vendor());
    put16(0x02, identity.device());
    put8(0x08, identity.revision());
    put8(0x09, identity.classCode() & 0xff);
    put16(0x0a, identity.classCode() >> 8);
    put16(0x2c, identity.subsystemVendor());
    put16(0x2e, identity.subsystem());
    allow(INTERRUPT_LINE, 1, 0xff);
  }

  /**
   * Adds a capability at the end of the list.
   *
   * @param id of the capability
   * @param body what follows the id and the link
   * @return where it begins
   * @throws IllegalStateException if there is no room for it
   */
  public int addCapability(int id, byte[] body) {
    int at = nextCapability;
    if (at + 2 + body.length > BYTES) {
      throw new IllegalStateException("no room for PCI capability " + id);
    }
    put16(STATUS, get16(STATUS) | STATUS_HAS_CAPABILITIES);
    int link = CAPABILITIES;
    while (get8(link) != 0) {
      link = get8(link) + 1;
    }
    put8(link, at);
    put8(at, id);
    System.arraycopy(body, 0, bytes, at + 2, body.length);
    nextCapability = (at + 2 + body.length + 3) & ~3;
    return at;
  }

  /**
   * Lets the guest write bits.
   *
   * @param offset of the register, below {@link #BYTES}
   * @param width its bytes, 1 to 4
   * @param mask a bit for each that it may write; the others it may not
   */
  public void allow(int offset, int width, int mask) {
    for (int i = 0; i < width; i++) {
      writable[offset + i] = (byte) (mask >> 8 * i);
    }
  }

  /** {@return what a guest finds there now} */
  State state() { return stateOf(bytes); }

  /** {@return what a guest finds after power-on: what it may write is 0, but for what firmware has placed} */
  State powerOn() {
    byte[] clean = bytes.clone();
    for (int at = 0; at < BYTES; at++) {
      boolean placed = at >= BAR_0 && at < BAR_0 + 4 * BARS || at == INTERRUPT_LINE;
      clean[at] &= (byte) (placed ? -1 : ~writable[at]);
    }
    return stateOf(clean);
  }

  private static State stateOf(byte[] bytes) {
    List<Byte> all = new ArrayList<>(BYTES);
    for (byte one : bytes) {
      all.add(one);
    }
    return new State(all);
  }

  /** Puts all of it back to how it was. */
  void restore(State state) {
    for (int at = 0; at < BYTES; at++) {
      bytes[at] = state.bytes().get(at);
    }
  }

  /** What the guest reads; all ones outside. */
  int read(int offset, int width) {
    if (offset < 0 || offset > BYTES - width) {
      return -1;
    }
    return switch (width) {
      case 1 -> get8(offset);
      case 2 -> get16(offset);
      default -> get32(offset);
    };
  }

  /** Takes what the guest writes to bits it may write. */
  void write(int offset, int width, int value) {
    if (offset < 0 || offset > BYTES - width) {
      return;
    }
    for (int i = 0; i < width; i++) {
      int mask = writable[offset + i];
      int given = value >> 8 * i;
      bytes[offset + i] = (byte) (bytes[offset + i] & ~mask | given & mask);
    }
  }

  /**
   * Reads a byte.
   *
   * @param offset below {@link #BYTES}
   * @return its value, zero-extended
   */
  public int get8(int offset) { return bytes[offset] & 0xff; }

  /**
   * Reads two bytes.
   *
   * @param offset of both, below {@link #BYTES}
   * @return their value, zero-extended
   */
  public int get16(int offset) { return (short) SHORT.get(bytes, offset) & 0xffff; }

  /**
   * Reads four bytes.
   *
   * @param offset of all four, below {@link #BYTES}
   * @return their value
   */
  public int get32(int offset) { return (int) INT.get(bytes, offset); }

  void put8(int offset, int value) { bytes[offset] = (byte) value; }

  /**
   * Writes two bytes, whatever the guest may write.
   *
   * @param offset of both, below {@link #BYTES}
   * @param value its low 16 bits
   */
  public void put16(int offset, int value) { SHORT.set(bytes, offset, (short) value); }

  /**
   * Writes four bytes, whatever the guest may write.
   *
   * @param offset of all four, below {@link #BYTES}
   * @param value what
   */
  public void put32(int offset, int value) { INT.set(bytes, offset, value); }
}
