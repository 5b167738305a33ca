/** ACPI tables and AML: pure data in, bytes out. */
module org.ballastvm.acpi {
  exports org.ballastvm.acpi;
}
