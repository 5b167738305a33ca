package org.ballastvm.vmm.control;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.IoThreadConfig;
import org.ballastvm.vmm.devices.PluggedDevice;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.memory.MemoryObjects;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyTypes;
import org.ballastvm.vmm.qom.QomNode;

/** A machine as a tree of objects, with QEMU's paths. */
public final class MachineTree {
  /** What processors are. */
  static final String CPU_TYPE = "host-x86_64-cpu";

  private MachineTree() {}

  static String cpuPath(int index) { return "/machine/unattached/device[" + index + "]"; }

  /**
   * The tree as it is now.
   *
   * @param vm the machine; on its event loop
   * @return the root
   */
  public static QomNode of(Machine vm) {
    List<QomNode> named = new ArrayList<>();
    List<QomNode> anonymous = new ArrayList<>();
    for (PluggedDevice device : vm.devices().all()) {
      (device.id().isPresent() ? named : anonymous).add(device.node());
    }
    List<QomNode> cpus = vm.vcpus().stream().map(cpu -> cpu(cpu.index())).toList();
    QomNode machine = new QomNode("machine", "ballast-machine", List.of(),
        List.of(QomNode.container("peripheral", named), QomNode.container("peripheral-anon", anonymous),
            QomNode.container("unattached", cpus)));
    List<QomNode> objects = Stream.concat(vm.objects().memory().all().stream().map(MachineTree::object),
        vm.objects().threads().all().stream().map(thread -> thread(thread.config()))).toList();
    return new QomNode("", "container", List.of(), List.of(machine, QomNode.container("objects", objects)));
  }

  private static QomNode cpu(int index) { return new QomNode("device[" + index + "]", CPU_TYPE, List.of(), List.of()); }

  private static QomNode thread(IoThreadConfig config) {
    return new QomNode(config.id(), config.qomType(),
        List.of(Property.readOnly("poll-max-ns", PropertyTypes.INT, config::pollMaxNs),
            Property.readOnly("poll-grow", PropertyTypes.INT, config::pollGrow),
            Property.readOnly("poll-shrink", PropertyTypes.INT, config::pollShrink),
            Property.readOnly("aio-max-batch", PropertyTypes.INT, config::aioMaxBatch)),
        List.of());
  }

  private static QomNode object(MemoryObjects.Entry entry) {
    BackendConfig config = entry.backend().config();
    BackendConfig.Common common = config.common();
    List<Property> properties = List.of(
        Property.readOnly("size", PropertyTypes.SIZE, config::sizeBytes),
        Property.readOnly("share", PropertyTypes.BOOL, common::share),
        Property.readOnly("prealloc", PropertyTypes.BOOL, common::prealloc),
        Property.readOnly("prealloc-threads", PropertyTypes.INT, () -> (long) common.preallocThreads()),
        Property.readOnly("reserve", PropertyTypes.BOOL, common::reserve),
        Property.readOnly("merge", PropertyTypes.BOOL, common::merge),
        Property.readOnly("dump", PropertyTypes.BOOL, common::dump));
    return new QomNode(config.id(), config.qomType(), properties, List.of());
  }
}
