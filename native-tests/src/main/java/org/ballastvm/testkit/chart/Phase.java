package org.ballastvm.testkit.chart;

/**
 * A part of a run, up to the next one.
 *
 * @param seconds when it began, since the run did
 * @param name what was done
 */
public record Phase(double seconds, String name) {}
