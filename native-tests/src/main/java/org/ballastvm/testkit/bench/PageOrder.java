package org.ballastvm.testkit.bench;

import java.util.Random;

/** In which order a guest names its pages, and how many chains of them before it rings. */
enum PageOrder {
  /** As a fresh guest does. */
  ASCENDING("ascending, chain by chain", 1) {
    @Override
    int at(int i, int pageCount, int[] shuffled) { return i; }
  },
  DESCENDING("descending, chain by chain", 1) {
    @Override
    int at(int i, int pageCount, int[] shuffled) { return pageCount - 1 - i; }
  },
  /** Neighbours that come in any order, but soon after each other. */
  SHUFFLED_NEARBY("shuffled within 16 MiB, 16 chains at once", 16) {
    @Override
    int at(int i, int pageCount, int[] shuffled) { return i - i % shuffled.length + shuffled[i % shuffled.length]; }
  },
  /** As a guest does whose memory is in pieces. */
  RANDOM("random, chain by chain", 1) {
    @Override
    int at(int i, int pageCount, int[] shuffled) { return shuffled[i]; }
  };

  static final int SEED = 1;
  private static final int NEARBY_PAGES = 16 * BalloonPages.PER_CHAIN;

  private final String title;
  private final int chainsAtOnce;

  PageOrder(String title, int chainsAtOnce) {
    this.title = title;
    this.chainsAtOnce = chainsAtOnce;
  }

  abstract int at(int i, int pageCount, int[] shuffled);

  String title() { return title; }

  int chainsAtOnce() { return chainsAtOnce; }

  /** {@return all pages, from 0 on; their count must be a multiple of 16 chains} */
  int[] pages(int pageCount) {
    int[] shuffled = shuffle(this == SHUFFLED_NEARBY ? NEARBY_PAGES : this == RANDOM ? pageCount : 0);
    int[] pages = new int[pageCount];
    for (int i = 0; i < pageCount; i++) {
      pages[i] = at(i, pageCount, shuffled);
    }
    return pages;
  }

  private static int[] shuffle(int count) {
    Random random = new Random(SEED);
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      numbers[i] = numbers[other];
      numbers[other] = i;
    }
    return numbers;
  }
}
