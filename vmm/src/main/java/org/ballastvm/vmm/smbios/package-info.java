/** The SMBIOS tables, in which a guest reads what kind of machine it is. */
package org.ballastvm.vmm.smbios;
