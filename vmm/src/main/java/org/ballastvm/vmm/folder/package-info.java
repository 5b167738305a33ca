/** Folders of the host for guests: a file server behind a 9P device, which nothing leads out of. */
package org.ballastvm.vmm.folder;
