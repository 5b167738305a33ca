package org.ballastvm.kvm;

/**
 * Requests to the host's kernel that are handed over many at a time and answered in any order: io_uring(7).
 *
 * <p>
 * All but {@link #close} belongs to one thread, the first that calls {@link #start}. Nothing here throws for what the kernel
 * answers, and nothing allocates.
 */
public interface IoRing extends AutoCloseable {
  /** Makes it the calling thread's. Again is harmless. */
  void start();

  /** {@return whether another request can be put in} */
  boolean hasRoom();

  /**
   * Puts in a read. Its pieces and their memory stay as they are until it is answered; the answer is how many bytes were read,
   * perhaps fewer than asked for, 0 at the end, or a negated errno.
   *
   * @param file where from
   * @param into where to
   * @param offsetBytes from the start of the file
   * @param token comes back with the answer, from 0 on
   */
  void read(DiskFile file, IoVectors into, long offsetBytes, long token);

  /**
   * Puts in a write, as {@link #read}.
   *
   * @param file where to
   * @param from where from
   * @param offsetBytes from the start of the file
   * @param durable whether it is to be safe from a loss of power when it is answered
   * @param token comes back with the answer
   */
  void write(DiskFile file, IoVectors from, long offsetBytes, boolean durable, long token);

  /**
   * Puts in what {@link DiskFile#sync} does; for what was answered before it is handed over.
   *
   * @param file which
   * @param token comes back with the answer
   */
  void sync(DiskFile file, long token);

  /**
   * Puts in what {@link DiskFile#punchHole} does.
   *
   * @param file which
   * @param offsetBytes from the start of the file
   * @param lengthBytes above zero
   * @param token comes back with the answer
   */
  void punchHole(DiskFile file, long offsetBytes, long lengthBytes, long token);

  /**
   * Puts in what {@link DiskFile#zeroRange} does.
   *
   * @param file which
   * @param offsetBytes from the start of the file
   * @param lengthBytes above zero
   * @param token comes back with the answer
   */
  void zeroRange(DiskFile file, long offsetBytes, long lengthBytes, long token);

  /**
   * Hands over what was put in, and lets the kernel bring what it has answered. Asks it nothing if there is neither.
   *
   * @param wait whether to wait for an answer if there is none; a signal ends that
   * @return 0; or a negated errno if the kernel did not take all, EAGAIN, EBUSY, EINTR or ENOMEM: the rest is still in
   */
  long submit(boolean wait);

  /**
   * Takes back the last request that was put in and not handed over.
   *
   * @return its token, -1 if there is none
   */
  long takeBack();

  /**
   * Takes the next answer.
   *
   * @return whether there is one: {@link #token} and {@link #result} are its
   */
  boolean next();

  /** {@return what came with the request that was answered} */
  long token();

  /** {@return the answer: a count, 0, or a negated errno} */
  long result();

  /** Gives it back to the host. Nobody uses it any more; what is under way goes on or not. */
  @Override
  void close();
}
