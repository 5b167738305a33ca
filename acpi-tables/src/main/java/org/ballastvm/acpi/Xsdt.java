package org.ballastvm.acpi;

import java.util.List;

/** The list of the other tables by guest-physical address (ACPI 6.5, 5.2.8); the DSDT is not in it, the FADT leads there. */
public record Xsdt(List<Long> tableAddresses) implements AcpiTable {
  /** Keeps the list as it is now. */
  public Xsdt {
    tableAddresses = List.copyOf(tableAddresses);
  }

  @Override
  public String signature() { return "XSDT"; }

  @Override
  public int revision() { return 1; }

  @Override
  public byte[] body() {
    ByteSink out = new ByteSink();
    tableAddresses.forEach(out::u64);
    return out.toArray();
  }
}
