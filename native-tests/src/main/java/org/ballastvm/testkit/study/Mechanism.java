package org.ballastvm.testkit.study;

import java.util.List;

/** A way to change how much memory a guest has: what it is started with, and what its monitor is sent. */
sealed interface Mechanism {
  long MIB = 1L << 20;

  /** {@return all there are, in the order of the table} */
  static List<Mechanism> all() {
    return List.of(new Balloon(), new VirtioMem(), new Dimm());
  }

  /** {@return the word that a user names it by} */
  String word();

  /** {@return the guest's options for memory and devices} */
  List<String> options(GuestSizes sizes);

  /** {@return what makes a guest that was just started small} */
  List<String> begin(GuestSizes sizes);

  /** {@return what asks the guest to grow} */
  List<String> grow(GuestSizes sizes);

  /** {@return what asks the guest to shrink} */
  List<String> shrink(GuestSizes sizes);

  /** {@return what shows how far the guest is} */
  String question();

  /** {@return whether the guest is small, by the answer to {@link #question}} */
  boolean isSmall(GuestSizes sizes, String answer);

  /** {@return what shows why it is not where it should be} */
  String why();

  /** {@return what gives the host its memory back, once the guest has let go} */
  List<String> afterShrink();

  /** {@return whether a guest should use the new memory for what can be moved only, so that it can go again} */
  boolean wantsMovable();

  /** Pages that the guest's driver allocates and hands over. */
  record Balloon() implements Mechanism {
    @Override
    public String word() { return "balloon"; }

    @Override
    public List<String> options(GuestSizes sizes) {
      return List.of("-m", sizes.largeBytes() / MIB + "M", "-device", "virtio-balloon-pci,id=balloon0");
    }

    @Override
    public List<String> begin(GuestSizes sizes) { return shrink(sizes); }

    @Override
    public List<String> grow(GuestSizes sizes) { return List.of("balloon " + sizes.largeBytes() / MIB); }

    @Override
    public List<String> shrink(GuestSizes sizes) { return List.of("balloon " + sizes.smallBytes() / MIB); }

    @Override
    public String question() { return "info balloon"; }

    @Override
    public String why() { return "info balloon -v"; }

    @Override
    public boolean isSmall(GuestSizes sizes, String answer) {
      return answer.strip().equals("balloon: actual=" + sizes.smallBytes() / MIB);
    }

    @Override
    public List<String> afterShrink() { return List.of(); }

    @Override
    public boolean wantsMovable() { return false; }
  }

  /** Blocks that the guest's driver plugs and unplugs. */
  record VirtioMem() implements Mechanism {
    @Override
    public String word() { return "virtio-mem"; }

    @Override
    public List<String> options(GuestSizes sizes) {
      return List.of("-m", sizes.smallBytes() / MIB + "M,maxmem=" + sizes.largeBytes() / MIB + "M", "-object",
          "memory-backend-ram,id=mem0,size=" + sizes.resizeBytes() / MIB + "M", "-device",
          "virtio-mem-pci,id=vm0,memdev=mem0");
    }

    @Override
    public List<String> begin(GuestSizes sizes) { return List.of(); }

    @Override
    public List<String> grow(GuestSizes sizes) { return List.of("qom-set vm0 requested-size " + sizes.resizeBytes()); }

    @Override
    public List<String> shrink(GuestSizes sizes) { return List.of("qom-set vm0 requested-size 0"); }

    @Override
    public String question() { return "qom-get vm0 size"; }

    @Override
    public String why() { return "info memory-devices -v"; }

    @Override
    public boolean isSmall(GuestSizes sizes, String answer) { return answer.strip().equals("0"); }

    @Override
    public List<String> afterShrink() { return List.of(); }

    @Override
    public boolean wantsMovable() { return true; }
  }

  /** One module of memory, plugged and ejected whole through ACPI. */
  record Dimm() implements Mechanism {
    @Override
    public String word() { return "dimm"; }

    @Override
    public List<String> options(GuestSizes sizes) {
      return List.of("-m", sizes.smallBytes() / MIB + "M,slots=1,maxmem=" + sizes.largeBytes() / MIB + "M");
    }

    @Override
    public List<String> begin(GuestSizes sizes) { return List.of(); }

    @Override
    public List<String> grow(GuestSizes sizes) {
      return List.of("object_add memory-backend-ram,id=mem0,size=" + sizes.resizeBytes() / MIB + "M",
          "device_add pc-dimm,id=dimm0,memdev=mem0");
    }

    @Override
    public List<String> shrink(GuestSizes sizes) { return List.of("device_del dimm0"); }

    @Override
    public String question() { return "info memory-devices"; }

    @Override
    public String why() { return "info memory-devices -v"; }

    @Override
    public boolean isSmall(GuestSizes sizes, String answer) { return !answer.contains("dimm0"); }

    @Override
    public List<String> afterShrink() { return List.of("object_del mem0"); }

    @Override
    public boolean wantsMovable() { return true; }
  }
}
