/** Which lines of a kernel ran: gcov's counters, and lcov's tracefiles of them. */
package org.ballastvm.testkit.coverage;
