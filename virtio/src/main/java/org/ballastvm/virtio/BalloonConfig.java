package org.ballastvm.virtio;

/**
 * What the user asked of a balloon.
 *
 * @param deflateOnOom the guest may take pages back when it runs out of memory
 */
public record BalloonConfig(boolean deflateOnOom) {}
