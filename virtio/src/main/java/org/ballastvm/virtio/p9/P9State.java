package org.ballastvm.virtio.p9;

import org.ballastvm.virtio.VirtioDevice;

/**
 * What a driver can make of the device. Its fids are files that this host has open, and are not part of it: a driver that
 * finds itself with another device is answered that they are unknown, until it mounts anew.
 *
 * @param messageBytes the longest message that was agreed on, 0 before there was a {@code Tversion}
 */
public record P9State(int messageBytes) implements VirtioDevice.State {
  /** After power-on, and after each reset. */
  public static final P9State POWER_ON = new P9State(0);
}
