package org.ballastvm.acpi;

/** Where a value can be stored (ACPI 6.5, 20.2.2: SuperName and Target). What can be written can also be read. */
public sealed interface AmlTarget extends AmlValue permits NamePath, AmlTarget.Local, AmlTarget.Arg, AmlTarget.Index {
  /** A method's local variable, {@code Local0} to {@code Local7}. */
  record Local(int number) implements AmlTarget {
    public Local {
      if (number < 0 || number > 7) {
        throw new IllegalArgumentException("there is no Local" + number);
      }
    }
  }

  /** A method's argument, {@code Arg0} to {@code Arg6}. */
  record Arg(int number) implements AmlTarget {
    public Arg {
      if (number < 0 || number > 6) {
        throw new IllegalArgumentException("there is no Arg" + number);
      }
    }
  }

  /** An element of a package, buffer or string. */
  record Index(AmlValue container, AmlValue position) implements AmlTarget {}
}
