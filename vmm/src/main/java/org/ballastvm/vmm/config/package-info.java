/** What the user asked for, as values: the command line, the builder and the tests all produce these. */
package org.ballastvm.vmm.config;
