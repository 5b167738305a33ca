package org.ballastvm.vmm.vhostuser;

/** What a front-end asks of a back-end, "Front-end message types". */
enum UserRequest {
  GET_FEATURES(1, true), SET_FEATURES(2, false), SET_OWNER(3, false), SET_MEM_TABLE(5, false), SET_VRING_NUM(8,
      false), SET_VRING_ADDR(9, false), SET_VRING_BASE(10, false), GET_VRING_BASE(11, true), SET_VRING_KICK(12,
          false), SET_VRING_CALL(13, false), SET_VRING_ERR(14, false), GET_PROTOCOL_FEATURES(15,
              true), SET_PROTOCOL_FEATURES(16, false), GET_QUEUE_NUM(17, true), SET_VRING_ENABLE(18,
                  false), SET_BACKEND_REQ_FD(21, false), GET_CONFIG(24, true), SET_CONFIG(25, false), GET_INFLIGHT_FD(
                      31, true), SET_INFLIGHT_FD(32, false), RESET_DEVICE(34,
                          false), GET_MAX_MEM_SLOTS(36, true), ADD_MEM_REG(37, false), REM_MEM_REG(38, false);

  private final int number;
  private final boolean answered;

  UserRequest(int number, boolean answered) {
    this.number = number;
    this.answered = answered;
  }

  /** Its number on the wire. */
  int number() { return number; }

  /** Whether a reply belongs to it, with or without REPLY_ACK. */
  boolean isAnswered() { return answered; }

  /** Its name in the specification. */
  @Override
  public String toString() { return "VHOST_USER_" + name(); }
}
