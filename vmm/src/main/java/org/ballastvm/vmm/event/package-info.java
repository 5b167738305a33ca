/** What happens to a machine, as its monitors and the program around it hear of it. */
package org.ballastvm.vmm.event;
