/** What everyone may know of a machine: what it is doing, why it ended, which Ballast runs it, and its log. */
package org.ballastvm.vmm.state;
