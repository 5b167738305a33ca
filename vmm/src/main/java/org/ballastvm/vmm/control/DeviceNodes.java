package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.device.PanicDevice;
import org.ballastvm.vmm.machine.Dimm;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.PlacedDevice;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyType;
import org.ballastvm.vmm.qom.PropertyTypes;
import org.ballastvm.vmm.qom.QomNode;

/** Devices as objects: one method for each kind, with its properties. */
final class DeviceNodes {
  private DeviceNodes() {}

  static QomNode of(String name, Machine vm, PlacedDevice device) {
    // No switch over types: the first resize comes here, and that would spin a class.
    if (device.config() instanceof DeviceConfig.Balloon balloon) {
      return virtio(name, "virtio-balloon",
          BalloonProperties.of(balloon, (BalloonDevice) device.virtio().orElseThrow(), vm));
    } else if (device.config() instanceof DeviceConfig.Mem mem) {
      return virtio(name, "virtio-mem", MemoryDeviceProperties.of(mem,
          vm.devices().memories().of(device.virtio().orElseThrow()).orElseThrow()));
    } else if (device.config() instanceof DeviceConfig.Rng) {
      return virtio(name, "virtio-rng", List.of());
    }
    throw new IllegalStateException("no object stands for a " + device.config().driver());
  }

  static QomNode of(String name, Dimm dimm) {
    return new QomNode(name, dimm.config().driver(),
        List.of(Property.readOnly("addr", PropertyTypes.SIZE, dimm::address),
            Property.readOnly("slot", PropertyTypes.INT, () -> (long) dimm.slot()),
            Property.readOnly("node", PropertyTypes.UINT32, () -> (long) dimm.config().node()),
            Property.readOnly("size", PropertyTypes.SIZE, dimm::sizeBytes),
            Property.readOnly("memdev", new PropertyType.Link("memory-backend"),
                () -> MachineTree.OBJECTS + dimm.config().memdev()),
            Property.number("request-timeout", MemoryDeviceProperties.TIMEOUT, dimm::overdueSeconds,
                dimm::overdueSeconds),
            Property.readOnly("hotplugged", PropertyTypes.BOOL, dimm::hotplugged),
            Property.readOnly("hotpluggable", PropertyTypes.BOOL, () -> true)),
        List.of());
  }

  /** A device at fixed ports. */
  static QomNode of(String name, DeviceConfig fixed) {
    if (fixed instanceof DeviceConfig.DebugExit exit) {
      PropertyType number = new PropertyType.Whole("uint32", 0, 0xffff);
      return new QomNode(name, exit.driver(), List.of(Property.readOnly("iobase", number, () -> (long) exit.port()),
          Property.readOnly("iosize", number, () -> (long) exit.portCount())), List.of());
    }
    if (fixed instanceof DeviceConfig.Panic) {
      return panic(name);
    }
    throw new IllegalStateException("no object stands for a " + fixed.driver());
  }

  private static QomNode panic(String name) {
    return new QomNode(name, "pvpanic",
        List.of(Property.readOnly("ioport", new PropertyType.Whole("uint16", 0, 0xffff), () -> (long) AcpiPorts.PANIC),
            Property.readOnly("events", new PropertyType.Whole("uint8", 0, 0xff), () -> (long) PanicDevice.EVENTS)),
        List.of());
  }

  /** A virtio device on PCI: its properties are told of both objects, as QEMU does. */
  private static QomNode virtio(String name, String kind, List<Property> properties) {
    QomNode backend = new QomNode("virtio-backend", kind + "-device", properties, List.of());
    return new QomNode(name, kind + "-pci", properties, List.of(backend));
  }
}
