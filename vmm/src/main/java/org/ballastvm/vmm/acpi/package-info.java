/** How the machine describes itself to its guest through ACPI: the register block of its power and event device, and the tables. */
package org.ballastvm.vmm.acpi;
