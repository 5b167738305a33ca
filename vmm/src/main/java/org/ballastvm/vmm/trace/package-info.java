/** What a machine does, recorded as it happens: by Java Flight Recorder, and as text. Nothing here is loaded before it is used. */
package org.ballastvm.vmm.trace;
