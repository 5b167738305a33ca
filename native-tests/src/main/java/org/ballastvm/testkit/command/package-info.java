/** Sub-commands that boot guests, or say whether they would boot. */
package org.ballastvm.testkit.command;
