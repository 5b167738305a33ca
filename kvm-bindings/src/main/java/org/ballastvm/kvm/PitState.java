package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get16;
import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.get8;
import static org.ballastvm.kvm.Fields.set16;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;
import static org.ballastvm.kvm.Fields.set8;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.ballastvm.kvm.generated.Offsets.kvm_pit_channel_state;
import org.ballastvm.kvm.generated.Offsets.kvm_pit_state2;

/**
 * The in-kernel timer: {@code struct kvm_pit_state2}, asm/kvm.h.
 *
 * @param channels three of them
 * @param flags {@code KVM_PIT_FLAGS_*}
 */
public record PitState(List<Channel> channels, int flags) {
  private static final int CHANNELS = 3;

  /**
   * A timer.
   *
   * @throws IllegalArgumentException for another number of channels than three
   */
  public PitState {
    channels = List.copyOf(channels);
    if (channels.size() != CHANNELS) {
      throw new IllegalArgumentException(channels.size() + " channels of the PIT: there are 3");
    }
  }

  /**
   * A counter, with the registers of the 8254 by which it is read and written.
   *
   * @param count from which it counts down, in ticks of 1.193182 MHz, up to 65536
   * @param latchedCount the count that was latched
   * @param countLatched how much of that is still to be read
   * @param statusLatched whether the status was latched
   * @param status the status that was latched
   * @param readState which byte is read next
   * @param writeState which byte is written next
   * @param writeLatch the byte that was written first
   * @param accessMode which bytes are read and written
   * @param mode 0 to 5
   * @param bcd whether it counts in decimal digits
   * @param gate whether it counts
   * @param loadedAtNanos when it began to count, on the host's monotonic clock; KVM_SET_PIT2 sets it to now
   */
  public record Channel(int count, int latchedCount, int countLatched, int statusLatched, int status, int readState,
      int writeState, int writeLatch, int accessMode, int mode, int bcd, int gate, long loadedAtNanos) {

    static Channel read(MemorySegment c) {
      return new Channel(get32(c, kvm_pit_channel_state.count),
          get16(c, kvm_pit_channel_state.latched_count) & 0xffff, unsigned(c, kvm_pit_channel_state.count_latched),
          unsigned(c, kvm_pit_channel_state.status_latched), unsigned(c, kvm_pit_channel_state.status),
          unsigned(c, kvm_pit_channel_state.read_state), unsigned(c, kvm_pit_channel_state.write_state),
          unsigned(c, kvm_pit_channel_state.write_latch), unsigned(c, kvm_pit_channel_state.rw_mode),
          unsigned(c, kvm_pit_channel_state.mode), unsigned(c, kvm_pit_channel_state.bcd),
          unsigned(c, kvm_pit_channel_state.gate), get64(c, kvm_pit_channel_state.count_load_time));
    }

    void write(MemorySegment c) {
      set32(c, kvm_pit_channel_state.count, count);
      set16(c, kvm_pit_channel_state.latched_count, (short) latchedCount);
      set8(c, kvm_pit_channel_state.count_latched, (byte) countLatched);
      set8(c, kvm_pit_channel_state.status_latched, (byte) statusLatched);
      set8(c, kvm_pit_channel_state.status, (byte) status);
      set8(c, kvm_pit_channel_state.read_state, (byte) readState);
      set8(c, kvm_pit_channel_state.write_state, (byte) writeState);
      set8(c, kvm_pit_channel_state.write_latch, (byte) writeLatch);
      set8(c, kvm_pit_channel_state.rw_mode, (byte) accessMode);
      set8(c, kvm_pit_channel_state.mode, (byte) mode);
      set8(c, kvm_pit_channel_state.bcd, (byte) bcd);
      set8(c, kvm_pit_channel_state.gate, (byte) gate);
      set64(c, kvm_pit_channel_state.count_load_time, loadedAtNanos);
    }

    private static int unsigned(MemorySegment c, long offset) { return get8(c, offset) & 0xff; }
  }

  static PitState read(MemorySegment pit) {
    return new PitState(IntStream.range(0, CHANNELS).mapToObj(i -> Channel.read(channel(pit, i))).toList(),
        get32(pit, kvm_pit_state2.flags));
  }

  void write(MemorySegment pit) {
    for (int i = 0; i < CHANNELS; i++) {
      channels.get(i).write(channel(pit, i));
    }
    set32(pit, kvm_pit_state2.flags, flags);
  }

  private static MemorySegment channel(MemorySegment pit, int i) {
    return pit.asSlice(kvm_pit_state2.channels + i * kvm_pit_channel_state.SIZE, kvm_pit_channel_state.SIZE);
  }
}
