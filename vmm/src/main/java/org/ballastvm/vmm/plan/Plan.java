package org.ballastvm.vmm.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.PageSize;
import org.ballastvm.vmm.config.UserError;

/**
 * The steps to a total: virtio-mem as far as it goes, since what it takes away is out of reach and it has small steps; then
 * DIMMs, which come and go whole; then the balloon, which fits every size and takes from the guest what it may need.
 *
 * @param steps in the order in which they are to be done; empty if the guest was asked for this already
 * @param totalBytes what the guest has when all are done: what is wanted, or the nearest that there is
 */
public record Plan(List<Step> steps, long totalBytes) {
  /** Keeps the list as it is now. */
  public Plan {
    steps = List.copyOf(steps);
  }

  /**
   * Plans.
   *
   * @param means what there is
   * @param wantedBytes the total that the guest should have
   * @return the plan
   * @throws UserError if it cannot be had; the sentence says what can
   */
  public static Plan of(Means means, long wantedBytes) {
    if (!means.isAny()) {
      throw new UserError("memory: nothing of this machine can change how much memory its guest has; "
          + "-device virtio-mem-pci, -m slots=,maxmem= for DIMMs, or -device virtio-balloon-pci could");
    }
    long wanted = wantedBytes & -PageSize.BYTES;
    if (wanted > means.mostBytes()) {
      throw new UserError("memory: " + ByteSize.describe(wantedBytes) + " is more than this guest can have, "
          + ByteSize.describe(means.mostBytes()) + " with all that its machine has");
    }
    if (wanted < means.leastBytes()) {
      throw new UserError("memory: " + ByteSize.describe(wantedBytes) + " is less than this guest can be left with, "
          + ByteSize.describe(means.leastBytes())
          + (means.balloon().mostBytes() == 0 ? "; only a balloon takes from base memory" : ""));
    }
    long change = wanted - means.totalBytes();
    List<Step> steps = change > 0 ? grow(means, change) : shrink(means, -change);
    return new Plan(steps, means.totalBytes() + steps.stream().mapToLong(Step::gainBytes).sum());
  }

  /**
   * {@return with how many of the steps to begin: all that grow a guest, but one DIMM after the other; of those that shrink it
   * the ones of the first kind, since what goes at the same time is filled from each other, and a balloon fills what is to go}
   */
  public int atOnce() {
    if (steps.isEmpty() || steps.getFirst().gainBytes() > 0) {
      return steps.size() - (int) Math.max(0, steps.stream().filter(Step.PlugDimm.class::isInstance).count() - 1);
    }
    Class<? extends Step> first = steps.getFirst().getClass();
    return (int) steps.stream().filter(first::isInstance).count();
  }

  private static List<Step> grow(Means means, long change) {
    List<Step> steps = new ArrayList<>(resize(means.blocks(), change));
    long left = change - gain(steps);
    List<Step> dimms = new ArrayList<>();
    means.room().dimms(means.totalBytes(), left).forEach(size -> dimms.add(new Step.PlugDimm(size)));
    left -= gain(dimms);
    dimms.stream().limit(1).forEach(steps::add);
    long held = means.balloon().bytes();
    long deflate = Math.min(left, held - Math.min(held, means.balloon().leastBytes()));
    if (deflate > 0) {
      steps.add(new Step.Inflate(held, held - deflate));
    }
    dimms.stream().skip(1).forEach(steps::add);
    return steps;
  }

  private static List<Step> shrink(Means means, long change) {
    List<Step> steps = new ArrayList<>(resize(means.blocks(), -change));
    long left = change + gain(steps);
    // The largest first, so that few go; of equals the one that came last.
    List<Integer> dimms = IntStream.range(0, means.dimms().size()).boxed()
        .sorted(Comparator.comparingLong((Integer i) -> -means.dimms().get(i).sizeBytes()).thenComparingInt(i -> -i))
        .toList();
    for (int i : dimms) {
      Means.Whole dimm = means.dimms().get(i);
      if (dimm.canGo() && dimm.sizeBytes() <= left) {
        steps.add(new Step.UnplugDimm(i, dimm.sizeBytes()));
        left -= dimm.sizeBytes();
      }
    }
    long held = means.balloon().bytes();
    long inflate = Math.min(left, Math.max(held, means.balloon().mostBytes()) - held);
    if (inflate > 0) {
      steps.add(new Step.Inflate(held, held + inflate));
    }
    return steps;
  }

  private static long gain(List<Step> steps) { return steps.stream().mapToLong(Step::gainBytes).sum(); }

  /**
   * Spreads a change over devices, so that they are as equal as can be: the smallest grow first, the largest shrink first.
   * None is moved the other way, and no more is changed than is asked for.
   */
  private static List<Step> resize(List<Means.Blocks> devices, long change) {
    long low = 0;
    long high = devices.stream().mapToLong(device -> Math.max(device.mostBytes(), device.requestedBytes())).max()
        .orElse(0);
    // The highest level that, when all grow up to it, takes no more than there is to give; or the lowest one, when all
    // shrink down to it, that gives no more than there is to take.
    while (low < high) {
      long middle = change > 0 ? low + (high - low + 1) / 2 : low + (high - low) / 2;
      boolean fits = Math.abs(sum(devices, middle, change > 0)) <= Math.abs(change);
      if (change > 0) {
        low = fits ? middle : low;
        high = fits ? high : middle - 1;
      } else {
        high = fits ? middle : high;
        low = fits ? low : middle + 1;
      }
    }
    long[] to = new long[devices.size()];
    long left = Math.abs(change);
    for (int i = 0; i < to.length; i++) {
      to[i] = at(devices.get(i), low, change > 0);
      left -= Math.abs(to[i] - devices.get(i).requestedBytes());
    }
    return steps(devices, to, left, change > 0);
  }

  /** What is left is less than a step for each. */
  private static List<Step> steps(List<Means.Blocks> devices, long[] to, long left, boolean grow) {
    List<Step> steps = new ArrayList<>();
    long rest = left;
    for (int i = 0; i < to.length; i++) {
      Means.Blocks device = devices.get(i);
      long room = grow ? device.mostBytes() - to[i] : to[i] - device.leastBytes();
      if (device.stepBytes() <= rest && room >= device.stepBytes()) {
        to[i] += grow ? device.stepBytes() : -device.stepBytes();
        rest -= device.stepBytes();
      }
      if (to[i] != device.requestedBytes()) {
        steps.add(new Step.Resize(i, device.requestedBytes(), to[i]));
      }
    }
    return steps;
  }

  private static long sum(List<Means.Blocks> devices, long level, boolean grow) {
    return devices.stream().mapToLong(device -> at(device, level, grow) - device.requestedBytes()).sum();
  }

  /** What a device is asked for, in whole steps from what it was asked for, when all are on a level. */
  private static long at(Means.Blocks device, long level, boolean grow) {
    long now = device.requestedBytes();
    long change = grow
        ? Math.min(level, device.mostBytes()) - now
        : now - Math.max(level, device.leastBytes());
    long whole = Math.max(0, change) & -device.stepBytes();
    return grow ? now + whole : now - whole;
  }
}
