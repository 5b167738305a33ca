/** Boots guests from JUnit, on this host or in a rig on it. */
package org.ballastvm.testkit;
