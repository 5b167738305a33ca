/** The balloon's automatic mode: when to take memory from a guest, and when to give it back. */
package org.ballastvm.vmm.policy;
