package org.ballastvm.virtio.console;

/**
 * What a guest knows of a port's number, by what was sent to it.
 *
 * @param announced that there is a port
 * @param leaving not yet that this port is gone
 * @param ready the driver has set it up
 * @param console that it is one
 * @param named what it is called
 * @param open that its other end is open
 * @param columns its size; 0 for none
 * @param rows its size; 0 for none
 */
public record KnownPort(boolean announced, boolean leaving, boolean ready, boolean console, boolean named, boolean open,
    int columns, int rows) {}
