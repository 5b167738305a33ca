#include "linux.h"

void *memcpy(void *to, const void *from, u64 bytes) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
  return start;
}

void *memmove(void *to, const void *from, u64 bytes) {
  if ((byte *)to <= (const byte *)from || (byte *)to >= (const byte *)from + bytes) {
    return memcpy(to, from, bytes);
  }
  for (u64 i = bytes; i > 0; i--) {
    ((byte *)to)[i - 1] = ((const byte *)from)[i - 1];
  }
  return to;
}

void *memset(void *to, int value, u64 bytes) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(value) : "memory");
  return start;
}

int memcmp(const void *one, const void *other, u64 bytes) {
  const byte *a = one, *b = other;
  for (u64 i = 0; i < bytes; i++) {
    if (a[i] != b[i]) {
      return a[i] - b[i];
    }
  }
  return 0;
}

u64 length_of(const char *text) {
  u64 length = 0;
  while (text[length]) {
    length++;
  }
  return length;
}

int same(const char *one, const char *other) {
  u64 length = length_of(one);
  return length == length_of(other) && memcmp(one, other, length) == 0;
}

int begins(const char *text, const char *with) {
  while (*with) {
    if (*text++ != *with++) {
      return 0;
    }
  }
  return 1;
}

u32 number_of(const char *text) {
  u32 number = 0;
  while (*text >= '0' && *text <= '9') {
    number = number * 10 + (u32)(*text++ - '0');
  }
  return number;
}

void append(char *text, u64 size, const char *more) {
  u64 length = length_of(text);
  while (*more && length + 1 < size) {
    text[length++] = *more++;
  }
  text[length] = 0;
}

void append_number(char *text, u64 size, u32 number) {
  char digits[11];
  int at = sizeof digits - 1;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number);
  append(text, size, digits + at);
}

void shut(int *descriptor) {
  if (*descriptor >= 0) {
    call(close, *descriptor);
    *descriptor = -1;
  }
}

void pause_millis(u32 millis) {
  long time[2] = {millis / 1000, (long)(millis % 1000) * 1000000};
  call(nanosleep, time, 0);
}

void complain(const char *what, const char *about, long result) {
  char line[256] = "ballast-agent: ";
  append(line, sizeof line - 1, what);
  append(line, sizeof line - 1, about);
  if (result < 0) {
    append(line, sizeof line - 1, ": errno ");
    append_number(line, sizeof line - 1, (u32)-result);
  }
  append(line, sizeof line, "\n");
  call(write, STANDARD_ERROR, line, length_of(line));
}

long read_file(const char *path, char *buffer, u64 size) {
  int file = (int)call(open, path, O_RDONLY | O_CLOEXEC, 0);
  if (file < 0) {
    return file;
  }
  u64 length = 0;
  long got = 1;
  while (got > 0 && length + 1 < size) {
    got = call(read, file, buffer + length, size - 1 - length);
    length += got > 0 ? (u64)got : 0;
  }
  buffer[length] = 0;
  call(close, file);
  return got < 0 ? got : (long)length;
}
