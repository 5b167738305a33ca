/** Boots guests from JUnit: the extension, the rig and the benchmarks. */
package org.ballastvm.testkit;
