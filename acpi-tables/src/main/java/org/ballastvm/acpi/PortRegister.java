package org.ballastvm.acpi;

/** A register of one byte at an I/O port, as tables name registers (ACPI 6.5, 5.2.3.2: Generic Address Structure). */
public record PortRegister(int port) {
  /** Checks the port. */
  public PortRegister {
    if (port < 1 || port > 0xffff) {
      throw new IllegalArgumentException("an I/O port is 1 to 0xffff here, not " + port);
    }
  }

  void writeTo(ByteSink out) {
    int systemIo = 1;
    int byteAccess = 1;
    out.u8(systemIo).u8(8).u8(0).u8(byteAccess).u64(port);
  }
}
