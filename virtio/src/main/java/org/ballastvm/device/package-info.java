/**
 * Devices that users write: the interface that they implement, versioned by {@link org.ballastvm.device.Device#API_VERSION},
 * and what they have of the machine.
 */
package org.ballastvm.device;
