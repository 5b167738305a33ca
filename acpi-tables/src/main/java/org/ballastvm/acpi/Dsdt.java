package org.ballastvm.acpi;

import java.util.List;

/** The machine's devices, in AML (ACPI 6.5, 5.2.11.1). Its revision makes AML's integers 64 bits wide. */
public record Dsdt(List<AmlTerm> terms) implements AcpiTable {
  /** Keeps the list as it is now. */
  public Dsdt {
    terms = List.copyOf(terms);
  }

  @Override
  public String signature() { return "DSDT"; }

  @Override
  public int revision() { return 2; }

  @Override
  public byte[] body() { return AmlCode.of(terms); }
}
