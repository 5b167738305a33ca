/** {@code ballast run}: one command in a guest of its own. */
package org.ballastvm.testkit.run;
