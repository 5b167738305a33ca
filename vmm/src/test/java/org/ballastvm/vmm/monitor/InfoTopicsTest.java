package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code info} shows, in QEMU's labels. */
@Tag("kvm")
class InfoTopicsTest {
  private static final String BALLOON = "/machine/peripheral/b0/virtio-backend";

  private final Machine vm = TestMachine
      .idle(DeviceModels.parse(KeyValues.parse("-device", "virtio-balloon-pci,id=b0,addr=4", "driver")));

  @AfterEach
  void endMachine() { vm.close(); }

  private String say(String line) { return Commands.run(vm, line); }

  @Test
  void whoItIs() {
    assertEquals("idle\n", say("info name"));
    assertEquals("00000000-0000-0000-0000-000000000000\n", say("info uuid"));
    assertEquals("kvm support: enabled\n", say("info kvm"));
    assertEquals("", say("info iothreads"));
    assertEquals("", say("info chardev"));
  }

  @Test
  void memoryBackendsEndWithAnEmptyLine() {
    say("object_add memory-backend-ram,id=mem0,size=2M,share=on");
    assertTrue(say("info memdev").endsWith("""
        memory backend: mem0
          size:  2097152
          merge: true
          dump: true
          prealloc: false
          share: true
          reserve: true
          policy: default
          host nodes:\s

        """), say("info memdev"));
  }

  @Test
  void placesOfProcessors() { assertTrue(say("info hotpluggable-cpus").startsWith("""
      Hotpluggable CPUs:
        type: "host-x86_64-cpu"
        vcpus_count: "1"
        qom_path: "/machine/unattached/device[0]"
        CPUInstance Properties:
          socket-id: "0"
          core-id: "0"
          thread-id: "0"
      """)); }

  @Test
  void devicesStandOnTheirBuses() {
    String tree = say("info qtree");
    assertTrue(tree.startsWith("bus: main-system-bus\n  type System\n"), tree);
    assertTrue(tree.contains("\n      dev: virtio-balloon-pci, id \"b0\"\n        addr = 04.0\n"), tree);
    assertTrue(tree.contains(" class Class 00ff, addr 00:04.0, pci id 1af4:1045 (sub 1af4:1100)\n"), tree);
    assertTrue(tree.contains("\n        bar 1: mem at 0x"), tree);
    assertTrue(tree.contains("\n        bus: virtio-bus\n          type virtio-pci-bus\n"), tree);
    assertTrue(tree.contains("\n          dev: virtio-balloon-device, id \"\"\n            deflate-on-oom"), tree);
    assertTrue(tree.contains(" guest-stats-polling-interval = 0 (0x0)\n"), tree);
  }

  @Test
  void virtioDevicesAndTheirQueues() {
    assertEquals(BALLOON + " [virtio-balloon]\n", say("info virtio"));
    String status = say("info virtio-status " + BALLOON);
    assertTrue(status.startsWith(BALLOON + ":\n  device_name:             virtio-balloon \n"), status);
    assertTrue(status.contains("\n  status:\n\n  Guest features:\n\n  Host features:\n\tVIRTIO_"), status);
    assertTrue(status.endsWith("\n  Backend features:\n\n"), status);
    String queue = say("info virtio-queue-status " + BALLOON + " 0");
    assertTrue(queue.contains("\n  VRing:\n    num:          "), queue);
    assertTrue(queue.endsWith("\n    used:         0x0000000000000000\n"), queue);
    assertEquals("Error: Invalid virtqueue number 99\n", say("info virtio-queue-status " + BALLOON + " 99"));
    assertEquals("Error: Path /foo is not a VirtIODevice\n", say("info virtio-status /foo"));
  }

  @Test
  void interruptControllers() {
    assertTrue(say("info lapic").startsWith("""
        dumping local APIC state for CPU 0\s

        LVT0\t 0x00000700 active-hi edge                              ExtINT (vec 0)
        LVT1\t 0x00000400 active-hi edge                              NMI  \s
        """), say("info lapic"));
    assertEquals("No CPU available\n", say("info lapic 77"));
    assertTrue(say("info pic").startsWith("""
        ioapic0: ver=0x11 id=0x00 sel=0x00
          pin 0  0x0000000000010000 dest=0 vec=0   active-hi edge  masked fixed  physical
        """), say("info pic"));
    assertTrue(say("info pic").endsWith("  IRR      (none)\n  Remote IRR (none)\n"), say("info pic"));
    assertTrue(say("info irq").startsWith("IRQ statistics for ioapic:\n"));
    assertEquals("", say("nmi"));
  }

  @Test
  void flatMemoryIsInTheOrderOfAddresses() { assertTrue(say("info mtree -f").startsWith("""
      FlatView #0
       AS "memory", root: system
       Root memory region: system
        0000000000000000-000000003fffffff (prio 0, ram): ram
      """)); }
}
