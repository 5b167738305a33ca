/** What a machine does, told as it happens: to Java Flight Recorder, and as text. Nothing here is loaded before it is used. */
package org.ballastvm.vmm.trace;
