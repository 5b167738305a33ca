package org.ballastvm.virtio;

/** What a queue of the balloon is for. Virtio 1.3, 5.5.2. */
enum BalloonQueue {
  /** Pages that the driver took from the guest. */
  INFLATE,
  /** Pages that the guest has back. */
  DEFLATE
}
