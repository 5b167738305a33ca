/** The processors as a guest sees them: topology, CPUID, and how a vCPU begins. */
package org.ballastvm.vmm.cpu;
