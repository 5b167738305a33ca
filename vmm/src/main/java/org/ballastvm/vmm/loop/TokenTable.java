package org.ballastvm.vmm.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What an epoll watches, by token: a place in this table, and above it which of those that were ever there, because events
 * may be late. Any thread.
 *
 * @param <T> what is watched
 */
final class TokenTable<T> {
  private static final int PLACE_BITS = 16;
  private static final int USUAL = 32;

  private Object[] entries = new Object[USUAL];
  private int[] tokens = new int[USUAL];
  private int generation;

  /** Gives it a place, and the token that leads there. */
  synchronized int add(T entry) {
    int place = 0;
    while (place < entries.length && entries[place] != null) {
      place++;
    }
    if (place == entries.length) {
      entries = Arrays.copyOf(entries, place * 2);
      tokens = Arrays.copyOf(tokens, place * 2);
    }
    entries[place] = entry;
    tokens[place] = generation++ << PLACE_BITS | place;
    return tokens[place];
  }

  /** {@return what the token is of; null if that has been removed, or for a token that was never given} */
  @SuppressWarnings("unchecked") // Only add() puts something there.
  synchronized T at(int token) {
    int place = place(token);
    return place < tokens.length && tokens[place] == token ? (T) entries[place] : null;
  }

  /** Removes what the token is of. {@return whether it was there} */
  synchronized boolean remove(int token) {
    boolean known = at(token) != null;
    if (known) {
      entries[place(token)] = null;
    }
    return known;
  }

  /** {@return what is there now} */
  @SuppressWarnings("unchecked")
  synchronized List<T> all() {
    List<T> found = new ArrayList<>();
    for (Object entry : entries) {
      if (entry != null) {
        found.add((T) entry);
      }
    }
    return found;
  }

  private static int place(int token) { return token & (1 << PLACE_BITS) - 1; }
}
