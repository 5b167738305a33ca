/** How quick Ballast is, beside the same work done in C on the same machine. */
package org.ballastvm.testkit.bench;
