/** What stands behind {@code ballast} as a word: the sub-commands, which modules provide as services. */
package org.ballastvm.vmm.command;
