package org.ballastvm.vmm.config;

/**
 * {@code -mon}: one monitor.
 *
 * @param chardev id of the chardev it talks through
 */
public record MonitorConfig(String chardev) {}
