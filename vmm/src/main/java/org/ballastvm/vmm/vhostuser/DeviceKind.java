package org.ballastvm.vmm.vhostuser;

/**
 * What a front-end has to know of a kind of device.
 *
 * @param name how sentences call the device
 * @param features of the device's own, bits 0 to 23, that are passed on
 * @param queues how many it has
 * @param orFewer whether it has fewer where the back-end serves fewer
 * @param queueSize of each, in entries
 * @param configBytes of configuration space that the back-end has; 0 if it is ours
 * @param outlives whether a back-end that comes in place of one that has gone can go on with its queues: one that has files
 *        open for its guest cannot
 */
public record DeviceKind(String name, long features, int queues, boolean orFewer, int queueSize, int configBytes,
    boolean outlives) {
  /** The same for a back-end that serves so many queues. */
  DeviceKind servedBy(int mostQueues) {
    return orFewer && mostQueues < queues
        ? new DeviceKind(name, features, mostQueues, true, queueSize, configBytes, outlives)
        : this;
  }
}
