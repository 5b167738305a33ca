/** What is known of a guest that was asked to change its memory and has not: how far it is, and why not further. */
package org.ballastvm.vmm.diagnosis;
