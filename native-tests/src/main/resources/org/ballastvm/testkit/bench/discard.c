/* Gives ranges of touched memory back, as a VMM in C would at best. Prints the nanoseconds that took.
   usage: discard KIND SIZE RANGES     KIND as in BalloonMemory, SIZE in bytes; RANGES is a file of pairs of 64-bit
   numbers: offset, length */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

typedef uint64_t range[2];

static int file = -1;
static char *memory;

static int is(const char *kind, const char *name) { return !strcmp(kind, name); }

static void make_memory(const char *kind, size_t size) {
  if (is(kind, "MEMFD")) file = memfd_create("discard", 0);
  if (is(kind, "HUGETLB")) file = memfd_create("discard", MFD_HUGETLB | 21U << 26);
  if (is(kind, "SHARED_FILE") || is(kind, "PRIVATE_FILE")) file = open("/dev/shm", O_TMPFILE | O_RDWR, 0600);
  int anonymous = is(kind, "PRIVATE") || is(kind, "SHARED");
  if (!anonymous && (file < 0 || ftruncate(file, size))) err(1, "%s", kind);
  int flags = is(kind, "PRIVATE") || is(kind, "PRIVATE_FILE") ? MAP_PRIVATE : MAP_SHARED;
  size_t huge = 2 << 20;
  char *room = mmap(0, size + huge, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) err(1, "mmap");
  memory = (char *)(((uintptr_t)room + huge - 1) & -huge);
  flags |= MAP_FIXED | (anonymous ? MAP_ANONYMOUS : 0);
  if (mmap(memory, size, PROT_READ | PROT_WRITE, flags, file, 0) == MAP_FAILED) err(1, "mmap");
  if (anonymous || is(kind, "MEMFD")) madvise(memory, size, MADV_HUGEPAGE);
  if (madvise(memory, size, MADV_POPULATE_WRITE)) err(1, "MADV_POPULATE_WRITE");
}

static void punch(const range r) {
  if (fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, r[0], r[1])) err(1, "fallocate");
}

static void advise(const range r, int advice) {
  if (madvise(memory + r[0], r[1], advice)) err(1, "madvise");
}

static void give_back(const char *kind, const range *ranges, size_t count) {
  if (is(kind, "PRIVATE")) {
    for (size_t i = 0; i < count; i++) advise(ranges[i], MADV_DONTNEED);
  } else if (is(kind, "SHARED")) {
    for (size_t i = 0; i < count; i++) advise(ranges[i], MADV_REMOVE);
  } else if (is(kind, "PRIVATE_FILE")) {
    for (size_t i = 0; i < count; i++) {
      punch(ranges[i]);
      advise(ranges[i], MADV_DONTNEED);
    }
  } else {
    for (size_t i = 0; i < count; i++) punch(ranges[i]);
  }
}

int main(int argc, char **argv) {
  if (argc != 4) errx(2, "usage: discard KIND SIZE RANGES");
  int list = open(argv[3], O_RDONLY);
  struct stat status;
  if (list < 0 || fstat(list, &status)) err(1, "%s", argv[3]);
  const range *ranges = mmap(0, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, list, 0);
  if (ranges == MAP_FAILED) err(1, "%s", argv[3]);
  make_memory(argv[1], strtoull(argv[2], 0, 10));

  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  give_back(argv[1], ranges, status.st_size / sizeof *ranges);
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%ld\n", (end.tv_sec - start.tv_sec) * 1000000000L + end.tv_nsec - start.tv_nsec);
  return 0;
}
