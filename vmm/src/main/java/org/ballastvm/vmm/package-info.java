/** Virtual machines: what a program that embeds them uses. */
package org.ballastvm.vmm;
