/** The balloon over real memory: its device, its transport and the host's calls, with a driver written in Java. */
package org.ballastvm.vmm.balloon;
