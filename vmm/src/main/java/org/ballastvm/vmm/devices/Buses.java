package org.ballastvm.vmm.devices;

import org.ballastvm.vmm.board.KvmBoard;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.device.FwCfgDevice;
import org.ballastvm.vmm.device.PowerDevice;
import org.ballastvm.vmm.pci.PciBus;

/**
 * What devices are wired to.
 *
 * @param board the part of the machine that is in the kernel: interrupts and doorbells
 * @param ports I/O ports
 * @param memory memory-mapped registers
 * @param pci the PCI bus
 * @param power by which the guest is notified of devices that come and go
 * @param fwCfg named files that the guest reads
 */
public record Buses(KvmBoard board, AddressBus ports, AddressBus memory, PciBus pci, PowerDevice power,
    FwCfgDevice fwCfg) {}
