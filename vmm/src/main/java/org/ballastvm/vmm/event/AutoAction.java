package org.ballastvm.vmm.event;

/** What a balloon's automatic mode does. */
public enum AutoAction {
  /** It begins. */
  ON,
  /** It ends. */
  OFF,
  /** It leaves the balloon as it is. */
  HOLD,
  /** It takes memory from the guest. */
  SQUEEZE,
  /** It gives memory to the guest. */
  GIVE,
  /** It asks for no more than the guest has given. */
  FOLLOW
}
