/** Drawings of what was measured, and the files that they are written to. */
package org.ballastvm.testkit.chart;
