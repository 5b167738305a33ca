// Writes random blocks that say what they are, and checks a disk that was written so.
//
// blocks write DEVICE SEED           batches of writes and a flush, for ever; "FLUSHED vda n" when batch n, from 1 on, is flushed
// blocks check FILE SEED FLUSHED     what these batches, and no others, have left: says how many blocks it looked at
//
// A block is its seed, its batch, its number, and numbers that follow from these. One that was overwritten by a later batch than
// was flushed is as good, and so is one of an earlier seed where this one has written nothing; one that is anything else is not.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 4096
#define WORDS (BLOCK / 8)
#define MOST_WRITES 16
#define MOST_BLOCKS 32

static uint64_t state;

static uint64_t mixed(uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ x >> 27) * 0x94d049bb133111ebull;
  return x ^ x >> 31;
}

static uint64_t below(uint64_t end) { return mixed(state += 0x9e3779b97f4a7c15ull) % end; }

static void fill(uint64_t *block, uint64_t seed, uint64_t batch, uint64_t number) {
  block[0] = seed;
  block[1] = batch;
  block[2] = number;
  uint64_t x = mixed(seed) ^ mixed(batch << 32 | number);
  for (int i = 3; i < WORDS; i++) block[i] = x += 0x9e3779b97f4a7c15ull ^ x << 7;
}

static int is_whole(const uint64_t *block, uint64_t number) {
  uint64_t wanted[WORDS];
  fill(wanted, block[0], block[1], number);
  return memcmp(wanted, block, BLOCK) == 0;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

// One write of a batch: where, and how long.
static void next_write(uint64_t blocks, uint64_t *at, uint64_t *count) {
  *at = below(blocks);
  *count = 1 + below(MOST_BLOCKS);
  if (*count > blocks - *at) *count = blocks - *at;
}

static void do_write(const char *device, uint64_t seed) {
  int cached = open(device, O_RDWR), direct = open(device, O_RDWR | O_DIRECT);
  if (cached < 0 || direct < 0) die(device);
  uint64_t blocks = lseek(cached, 0, SEEK_END) / BLOCK;
  uint64_t *buffer = aligned_alloc(BLOCK, MOST_BLOCKS * BLOCK);
  for (uint64_t batch = 1;; batch++) {
    uint64_t writes = 1 + below(MOST_WRITES);
    for (uint64_t i = 0; i < writes; i++) {
      uint64_t at, count;
      next_write(blocks, &at, &count);
      for (uint64_t b = 0; b < count; b++) fill(buffer + b * WORDS, seed, batch, at + b);
      // By the guest's cache, where the flush sends all at once, or past it, one by one.
      if (pwrite(batch % 2 ? cached : direct, buffer, count * BLOCK, at * BLOCK) != (ssize_t)(count * BLOCK)) die("write");
    }
    if (fsync(cached)) die("flush");
    printf("FLUSHED %s %llu\n", basename(device), (unsigned long long)batch);
    fflush(stdout);
  }
}

static void do_check(const char *file, uint64_t seed, uint64_t flushed) {
  int fd = open(file, O_RDONLY);
  if (fd < 0) die(file);
  uint64_t blocks = lseek(fd, 0, SEEK_END) / BLOCK, written = 0;
  uint64_t *last = calloc(blocks, sizeof *last), block[WORDS];
  static const uint64_t nothing[WORDS];
  for (uint64_t batch = 1; batch <= flushed; batch++) {
    uint64_t writes = 1 + below(MOST_WRITES);
    for (uint64_t i = 0; i < writes; i++) {
      uint64_t at, count;
      next_write(blocks, &at, &count);
      for (uint64_t b = 0; b < count; b++) last[at + b] = batch;
    }
  }
  for (uint64_t b = 0; b < blocks; b++) {
    if (pread(fd, block, BLOCK, b * BLOCK) != BLOCK) die("read");
    int is_there = last[b] == 0 || (block[0] == seed && block[1] >= last[b]);
    int is_sound = is_whole(block, b) || (last[b] == 0 && memcmp(block, nothing, BLOCK) == 0);
    if (!is_there || !is_sound) {
      printf("block %llu: batch %llu was flushed, and there is batch %llu of seed %llu, %s\n", (unsigned long long)b,
          (unsigned long long)last[b], (unsigned long long)block[1], (unsigned long long)block[0],
          is_sound ? "whole" : "torn");
      exit(1);
    }
    written += last[b] != 0;
  }
  printf("%llu of %llu blocks as they were flushed\n", (unsigned long long)written, (unsigned long long)blocks);
}

int main(int count, char **words) {
  if (count < 4) return 2;
  state = strtoull(words[3], 0, 10);
  if (!strcmp(words[1], "write")) do_write(words[2], state);
  if (!strcmp(words[1], "check") && count == 5) do_check(words[2], state, strtoull(words[4], 0, 10));
  return 0;
}
