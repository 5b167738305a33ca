/** What a Linux kernel says when it goes wrong, read from its console as values. Pure: text in, verdicts out. */
package org.ballastvm.testkit.verdict;
