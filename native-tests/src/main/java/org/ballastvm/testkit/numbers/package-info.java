/** What benchmarks and studies compute from what they measured. */
package org.ballastvm.testkit.numbers;
