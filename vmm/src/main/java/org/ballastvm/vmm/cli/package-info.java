/** The command line. */
package org.ballastvm.vmm.cli;
