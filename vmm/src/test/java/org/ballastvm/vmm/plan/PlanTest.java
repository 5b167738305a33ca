package org.ballastvm.vmm.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.plan.Means.Balloon;
import org.ballastvm.vmm.plan.Means.Blocks;
import org.ballastvm.vmm.plan.Means.Room;
import org.ballastvm.vmm.plan.Means.Whole;
import org.junit.jupiter.api.Test;

/** Which steps lead to a total. */
class PlanTest {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final Room NO_ROOM = room(0);
  private static final Balloon NO_BALLOON = new Balloon(0, 0, 0);

  private static Room room(int slots, long... gaps) {
    return new Room(slots, LongStream.of(gaps).boxed().toList(), 128 * MIB, Long.MAX_VALUE);
  }

  private static Blocks blocks(long requested, long most) { return new Blocks("vm", requested, 0, most, 4 * MIB); }

  private static Balloon balloon(long bytes) { return new Balloon(bytes, 0, 4 * GIB); }

  private static void refused(Means means, long wanted, String part) {
    UserError e = assertThrows(UserError.class, () -> Plan.of(means, wanted));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @Test
  void virtioMemComesFirstThenADimmThenTheBalloon() {
    Means means = new Means(4 * GIB, List.of(blocks(GIB, 2 * GIB)), List.of(), room(2, 8 * GIB), balloon(GIB));
    assertEquals(List.of(new Step.Resize(0, GIB, 2 * GIB)), Plan.of(means, 5 * GIB).steps());
    assertEquals(List.of(new Step.Resize(0, GIB, 2 * GIB), new Step.PlugDimm(3 * GIB),
        new Step.Inflate(GIB, GIB - MIB)), Plan.of(means, 8 * GIB + MIB).steps());
    assertEquals(8 * GIB + MIB, Plan.of(means, 8 * GIB + MIB).totalBytes());
  }

  @Test
  void aSmallGuestGetsALargeDimmAfterOneThatItHasRoomFor() {
    Means small = new Means(256 * MIB, List.of(), List.of(), room(8, 40 * GIB), balloon(MIB));
    Plan plan = Plan.of(small, 32 * GIB + 256 * MIB);
    assertEquals(List.of(new Step.PlugDimm(16 * 255 * MIB & -128 * MIB), new Step.Inflate(MIB, 0),
        new Step.PlugDimm(28 * GIB + 128 * MIB)), plan.steps());
    assertEquals(2, plan.atOnce(), "the second DIMM waits for the first");
  }

  @Test
  void whatTheGuestTurnedDownIsOfferedInHalves() {
    Room after = new Room(2, List.of(40 * GIB), 128 * MIB, 2 * GIB);
    assertEquals(List.of(new Step.PlugDimm(2 * GIB), new Step.PlugDimm(2 * GIB)),
        Plan.of(new Means(GIB, List.of(), List.of(), after, NO_BALLOON), 8 * GIB).steps());
    Room none = new Room(2, List.of(40 * GIB), 128 * MIB, 64 * MIB);
    refused(new Means(GIB, List.of(blocks(0, GIB)), List.of(), none, NO_BALLOON), 3 * GIB, "can have, 2 GiB with all");
  }

  @Test
  void severalGapsTakeADimmEach() {
    Means means = new Means(4 * GIB, List.of(), List.of(), room(2, GIB, 3 * GIB, 2 * GIB + MIB), NO_BALLOON);
    assertEquals(List.of(new Step.PlugDimm(3 * GIB), new Step.PlugDimm(2 * GIB)), Plan.of(means, 9 * GIB).steps());
    refused(means, 9 * GIB + MIB, "can have, 9 GiB with all");
  }

  @Test
  void aDimmIsOfWholeBlocksOfTheGuest() {
    Room room = new Room(2, List.of(40 * GIB), 2 * GIB, Long.MAX_VALUE);
    Means means = new Means(65 * GIB, List.of(), List.of(), room, NO_BALLOON);
    assertEquals(new Plan(List.of(new Step.PlugDimm(4 * GIB)), 69 * GIB), Plan.of(means, 70 * GIB + 128 * MIB));
  }

  @Test
  void itShrinksInTheSameOrder() {
    Means means = new Means(4 * GIB, List.of(blocks(GIB, 2 * GIB)),
        List.of(new Whole("d0", GIB, true), new Whole("d1", GIB, true), new Whole("d2", 2 * GIB, false)), NO_ROOM,
        balloon(0));
    assertEquals(List.of(new Step.Resize(0, GIB, 0), new Step.UnplugDimm(1, GIB), new Step.Inflate(0, 512 * MIB)),
        Plan.of(means, 9 * GIB - 2 * GIB - 512 * MIB).steps());
  }

  @Test
  void whatGoesDoesNotFillWhatIsToGoAsWell() {
    List<Whole> dimms = List.of(new Whole("d0", GIB, true), new Whole("d1", GIB, true));
    Means means = new Means(4 * GIB, List.of(blocks(GIB, 2 * GIB), blocks(GIB, 2 * GIB)), dimms, room(1, GIB),
        balloon(GIB));
    assertEquals(2, Plan.of(means, 2 * GIB).atOnce(), "blocks first");
    assertEquals(4, Plan.of(means, 11 * GIB).atOnce(), "more of all at once");
    Means noBlocks = new Means(4 * GIB, List.of(blocks(0, 2 * GIB)), dimms, NO_ROOM, balloon(GIB));
    assertEquals(2, Plan.of(noBlocks, 2 * GIB).atOnce(), "then DIMMs");
    Means baseAlone = new Means(4 * GIB, List.of(blocks(0, 2 * GIB)), List.of(), NO_ROOM, balloon(GIB));
    assertEquals(new Plan(List.of(new Step.Inflate(GIB, 2 * GIB)), 2 * GIB), Plan.of(baseAlone, 2 * GIB));
    assertEquals(1, Plan.of(baseAlone, 2 * GIB).atOnce(), "the balloon last");
    assertEquals(0, Plan.of(baseAlone, 3 * GIB).atOnce());
  }

  @Test
  void devicesAreKeptEqual() {
    Means means = new Means(GIB, List.of(blocks(0, 4 * GIB), blocks(GIB, 4 * GIB), blocks(0, 512 * MIB)), List.of(),
        NO_ROOM, NO_BALLOON);
    assertEquals(List.of(new Step.Resize(0, 0, 2 * GIB - 256 * MIB), new Step.Resize(1, GIB, 2 * GIB - 256 * MIB),
        new Step.Resize(2, 0, 512 * MIB)), Plan.of(means, 5 * GIB).steps());
    Means full = new Means(GIB, List.of(blocks(3 * GIB, 4 * GIB), blocks(GIB, 4 * GIB)), List.of(), NO_ROOM,
        NO_BALLOON);
    assertEquals(List.of(new Step.Resize(0, 3 * GIB, GIB)), Plan.of(full, 3 * GIB).steps());
  }

  @Test
  void whatIsThereAlreadyTakesNoSteps() {
    Means means = new Means(GIB, List.of(blocks(GIB, 2 * GIB)), List.of(), NO_ROOM, NO_BALLOON);
    assertEquals(new Plan(List.of(), 2 * GIB), Plan.of(means, 2 * GIB));
  }

  @Test
  void withoutABalloonTheNearestThereIsIsReached() {
    Means means = new Means(GIB, List.of(blocks(0, 2 * GIB)), List.of(), NO_ROOM, NO_BALLOON);
    assertEquals(GIB + 8 * MIB, Plan.of(means, GIB + 11 * MIB).totalBytes());
  }

  @Test
  void hostileTotalsAreRefusedInASentence() {
    Means means = new Means(GIB, List.of(blocks(0, 2 * GIB)), List.of(), NO_ROOM, NO_BALLOON);
    refused(means, 3 * GIB + 4096, "can have, 3 GiB with all");
    refused(means, Long.MAX_VALUE, "is more than this guest can have");
    refused(means, GIB - MIB, "be left with, 1 GiB; only a balloon takes from base memory");
    refused(means, -1, "is less than");
    Means ballooned = new Means(GIB, List.of(), List.of(), NO_ROOM, new Balloon(0, 0, GIB));
    refused(ballooned, 0, "be left with, 64 MiB");
    refused(new Means(GIB, List.of(), List.of(), NO_ROOM, NO_BALLOON), 2 * GIB, "nothing of this machine");
  }

  @Test
  void aRandomMachineGetsWhatIsWantedOrTheNearestWithinAStep() {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int round = 0; round < 5000; round++) {
      Means means = random(random);
      if (means.isAny()) {
        long wanted = random.nextLong(means.leastBytes(), means.mostBytes() + 1);
        check(means, wanted, Plan.of(means, wanted), "seed " + seed + ", round " + round + ": " + means);
      }
    }
  }

  private static Means random(Random random) {
    List<Blocks> blocks = IntStream.range(0, random.nextInt(4)).mapToObj(i -> {
      long most = random.nextInt(1, 1000) * 4L * MIB;
      return blocks(random.nextLong(most + 1) & -4 * MIB, most);
    }).toList();
    List<Whole> dimms = IntStream.range(0, random.nextInt(3))
        .mapToObj(i -> new Whole("d" + i, random.nextInt(1, 20) * 128L * MIB, random.nextBoolean())).toList();
    boolean hasBalloon = random.nextBoolean();
    return new Means(GIB, blocks, dimms,
        room(random.nextInt(4), random.nextInt(30) * 128L * MIB, random.nextInt(30) * 64L * MIB),
        hasBalloon ? new Balloon(random.nextInt(100) * MIB, 0, GIB - 64 * MIB) : NO_BALLOON);
  }

  private static void check(Means means, long wanted, Plan plan, String where) {
    long total = means.totalBytes();
    List<Long> after = new ArrayList<>(means.blocks().stream().map(Blocks::requestedBytes).toList());
    for (Step step : plan.steps()) {
      assertTrue(step.gainBytes() != 0 && step.gainBytes() > 0 == wanted > means.totalBytes(), where);
      total += step.gainBytes();
      if (step instanceof Step.Resize resize) {
        after.set(resize.device(), resize.toBytes());
        assertTrue(resize.toBytes() >= 0 && resize.toBytes() <= means.blocks().get(resize.device()).mostBytes(), where);
      }
    }
    assertEquals(plan.totalBytes(), total, where);
    boolean isShort = means.totalBytes() < wanted ? total <= wanted : total >= wanted - 4095;
    assertTrue(isShort, where + " wanted " + wanted + " has " + total);
    boolean small = after.isEmpty() && means.balloon().mostBytes() == 0; // whole DIMMs alone
    assertTrue(small || Math.abs(total - wanted) < 4 * MIB * 4 + 128 * MIB * 20, where + " wanted " + wanted);
  }
}
