/** A kernel's commit that broke something, found by {@code git bisect run}. */
package org.ballastvm.testkit.bisect;
