/** The door for programs that run virtual machines in their own process: {@link org.ballastvm.vmm.Vm}. */
package org.ballastvm.vmm;
