/** What the kernel's tests say: KTAP, and TAP 13 and 14, which it came from. */
package org.ballastvm.testkit.ktap;
