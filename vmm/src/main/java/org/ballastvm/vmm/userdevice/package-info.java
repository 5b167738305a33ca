/** Finds devices that users wrote: in a file of Java source, which is compiled, or on a class path. */
package org.ballastvm.vmm.userdevice;
