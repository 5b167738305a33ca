/** The other ends of network cards' wires: connections, passt, taps. */
package org.ballastvm.vmm.net;
