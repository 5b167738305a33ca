/* Gives ranges of touched memory back, as a VMM in C would at best. Prints the nanoseconds that took.
   usage: discard SIZE RANGES     SIZE in bytes; RANGES is a file of pairs of 64-bit numbers: offset, length */
#define _GNU_SOURCE
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

int main(int argc, char **argv) {
  if (argc != 3) errx(2, "usage: discard SIZE RANGES");
  size_t size = strtoull(argv[1], 0, 10), count = 0, room = 1 << 20;
  uint64_t(*ranges)[2] = malloc(room * sizeof *ranges);
  FILE *file = fopen(argv[2], "r");
  if (!file) err(1, "%s", argv[2]);
  while (count < room && fread(ranges[count], sizeof *ranges, 1, file) == 1) count++;
  char *memory = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) err(1, "mmap");
  madvise(memory, size, MADV_HUGEPAGE);
  for (size_t at = 0; at < size; at += 4096) memory[at] = 1;

  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (size_t i = 0; i < count; i++) {
    if (madvise(memory + ranges[i][0], ranges[i][1], MADV_DONTNEED)) err(1, "madvise");
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%ld\n", (end.tv_sec - start.tv_sec) * 1000000000L + end.tv_nsec - start.tv_nsec);
  return 0;
}
