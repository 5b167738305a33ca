/**
 * A look at the guest's kernel from outside: where it is, its symbols, stacks, log and tasks, from guest memory and registers
 * alone. No agent, no symbols on disk. What is in guest memory is hostile: every address is checked as it is read, every count
 * has a bound, and what does not hold together is an error in one sentence.
 */
package org.ballastvm.vmm.look;
