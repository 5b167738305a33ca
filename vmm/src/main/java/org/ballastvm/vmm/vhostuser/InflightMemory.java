package org.ballastvm.vmm.vhostuser;

import org.ballastvm.kvm.HostFile;

/**
 * Memory in which a back-end keeps what is under way, so that the next one goes on with it. It is never looked at here.
 *
 * @param file what it is in
 * @param sizeBytes its size
 * @param offsetBytes where in the file it begins
 * @param queues how many queues it is for
 * @param queueSize of each, in entries
 */
record InflightMemory(HostFile file, long sizeBytes, long offsetBytes, int queues, int queueSize)
    implements
      AutoCloseable {
  @Override
  public void close() { file.close(); }
}
