package org.ballastvm.virtio;

import java.util.function.LongSupplier;
import org.ballastvm.virtio.VirtioDevice.Context;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * A queue whose chains are requests: each is answered when its turn comes, and goes back to the driver with the answer.
 * Allocates nothing.
 */
public final class RequestQueue {
  private final int mostInATurn;
  private final Turn turn;
  private final Service service;

  /**
   * A queue.
   *
   * @param mostInATurn how many requests are answered before others on the event loop have their turn, above zero
   * @param nanos the time, as System.nanoTime
   * @param service answers them
   */
  public RequestQueue(int mostInATurn, LongSupplier nanos, Service service) {
    this.mostInATurn = mostInATurn;
    this.turn = new Turn(nanos);
    this.service = service;
  }

  /**
   * Answers what is ready, for at most a turn, and asks for another turn if there is more.
   *
   * @param driver what the device has of it
   * @param queue which queue, enabled by the driver
   * @throws GuestError if a request breaks a rule
   */
  public void serve(Context driver, int queue) {
    Virtqueue ring = driver.queue(queue);
    turn.begin();
    for (int taken = 0; taken < mostInATurn && !turn.isOver(); taken++) {
      DescriptorChain chain = ring.next();
      if (chain == null) {
        break;
      }
      ring.pushUsed(chain.head(), service.answer(chain));
    }
    if (driver.finish(queue)) {
      driver.resumeLater(queue);
    }
  }

  /** What a device does for a request. */
  @FunctionalInterface
  public interface Service {
    /**
     * Answers a request.
     *
     * @param request what the driver offered
     * @return how many bytes of it the device has written
     * @throws GuestError if it breaks a rule
     */
    int answer(DescriptorChain request);
  }
}
