package org.ballastvm.vmm.diagnosis;

import org.ballastvm.vmm.event.Obstacle;

/**
 * What is thought of a request that is open.
 *
 * @param cause why it is
 * @param trying whether the guest will try again by itself, as far as Linux is known
 * @param reason the same in a sentence, with numbers and what could be done
 */
public record Verdict(Obstacle cause, boolean trying, String reason) {}
