/** ACPI tables and AML: pure data in, bytes out. */
package org.ballastvm.acpi;
