/** What a guest was asked to do with its memory, and how it is brought to a total. */
package org.ballastvm.vmm.goal;
