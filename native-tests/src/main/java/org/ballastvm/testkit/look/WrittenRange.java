package org.ballastvm.testkit.look;

/**
 * Guest memory that was written to.
 *
 * @param address physical, a multiple of 4096
 * @param sizeBytes a multiple of 4096, above zero
 * @param by {@code vcpus}, {@code devices} or {@code both}; {@code unknown} for memory that has come since
 */
public record WrittenRange(long address, long sizeBytes, String by) {}
