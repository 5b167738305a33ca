package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.kvm.generated.Host;

/**
 * Sets of descriptors that a user has given this process, for files that it may not open itself: where a file is opened by the
 * name {@code /dev/fdset/N}, it is a copy of the first of set N that was opened to do as much. Those of a process are one table,
 * as descriptors are.
 */
public final class FdSets {
  /** What the names of sets begin with. */
  public static final String PREFIX = "/dev/fdset/";

  private static final Pattern NAME = Pattern.compile(Pattern.quote(PREFIX) + "(\\d{1,9})");
  private static final FdSets PROCESS = new FdSets();
  /** O_ACCMODE, fcntl.h. */
  private static final long ACCESS = 3;

  /**
   * A descriptor of a set.
   *
   * @param number in this process
   * @param opaque what its giver calls it, if anything
   */
  public record Member(int number, Optional<String> opaque) {}

  /**
   * A set.
   *
   * @param id its number
   * @param members its descriptors, in the order in which they came
   */
  public record FdSet(int id, List<Member> members) {}

  private record Held(PassedDescriptor descriptor, Optional<String> opaque) {}

  private final SortedMap<Integer, List<Held>> sets = new TreeMap<>();

  /** No sets yet. */
  FdSets() {}

  /** {@return the sets of this process} */
  public static FdSets ofProcess() { return PROCESS; }

  /**
   * Adds a descriptor to a set, which is made if it is not there.
   *
   * @param descriptor the set's own from now on
   * @param id of the set, from 0; the first that is not there when empty
   * @param opaque what its giver calls it, if anything
   * @return the set's id
   */
  public synchronized int add(PassedDescriptor descriptor, OptionalInt id, Optional<String> opaque) {
    int set = id.orElseGet(this::firstFree);
    sets.computeIfAbsent(set, any -> new ArrayList<>()).add(new Held(descriptor, opaque));
    return set;
  }

  private int firstFree() {
    int id = 0;
    while (sets.containsKey(id)) {
      id++;
    }
    return id;
  }

  /**
   * Closes a descriptor of a set, or all. What was opened by the set stays open; a set without descriptors is gone.
   *
   * @param id of the set
   * @param number of the descriptor; all when empty
   * @return whether there was one
   */
  public synchronized boolean remove(int id, OptionalInt number) {
    List<Held> set = sets.getOrDefault(id, List.of());
    List<Held> going = set.stream()
        .filter(held -> number.isEmpty() || held.descriptor().number() == number.getAsInt()).toList();
    going.forEach(held -> {
      set.remove(held);
      held.descriptor().close();
    });
    if (set.isEmpty()) {
      sets.remove(id);
    }
    return !going.isEmpty();
  }

  /** {@return the sets, by their ids} */
  public synchronized List<FdSet> all() {
    return sets.entrySet().stream().map(set -> new FdSet(set.getKey(), set.getValue().stream()
        .map(held -> new Member(held.descriptor().number(), held.opaque())).toList())).toList();
  }

  /** A descriptor, or a negated errno: as openat(2), by a name that may be a set's. */
  static long open(Path path, int flags, int mode) {
    Matcher set = NAME.matcher(path.toString());
    if (set.matches()) {
      return PROCESS.copy(Integer.parseInt(set.group(1)), flags);
    }
    try (Arena arena = Arena.ofConfined()) {
      return CALLS.syscall(Host.SYS_openat(), Host.AT_FDCWD(), arena.allocateFrom(path.toString()).address(),
          flags | Host.O_CLOEXEC(), mode);
    }
  }

  synchronized long copy(int id, int flags) {
    List<Held> set = sets.get(id);
    if (set == null) {
      return -Host.ENOENT();
    }
    for (Held held : set) {
      long now = CALLS.syscall(Host.SYS_fcntl(), held.descriptor().number(), Host.F_GETFL());
      if (now >= 0 && (now & ACCESS) == (flags & ACCESS)) {
        long copy = PassedDescriptor.copyOf(held.descriptor().number());
        return copy < 0 ? copy : asOpened((int) copy, now, flags);
      }
    }
    return -Host.EACCES();
  }

  /** What openat would have done besides. What a descriptor is opened as is its giver's too: it is the same open file. */
  private static long asOpened(int copy, long now, int flags) {
    long wanted = now | flags & (Host.O_APPEND() | Host.O_NONBLOCK() | Host.O_DIRECT());
    long result = wanted == now ? 0 : CALLS.syscall(Host.SYS_fcntl(), copy, Host.F_SETFL(), wanted);
    if (result >= 0 && (flags & Host.O_TRUNC()) != 0) {
      result = CALLS.syscall(Host.SYS_ftruncate(), copy, 0);
    }
    if (result < 0) {
      CALLS.syscall(Host.SYS_close(), copy);
      return result;
    }
    return copy;
  }
}
