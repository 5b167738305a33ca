/** Faults of devices as data: what goes wrong, when, and what has gone wrong so far. Knows no device. */
package org.ballastvm.fault;
