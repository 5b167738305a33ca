/**
 * Line editing for people at terminals, by JLine: on this process's own, and on those at the far end of a chardev. And what
 * is put back when the process ends.
 */
package org.ballastvm.vmm.terminal;
