/* The kernel's calls, and what is needed of strings and memory: the agent is linked without a C library. */
#ifndef LINUX_H
#define LINUX_H

#include <asm/ioctls.h>
#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/mount.h>
#include <linux/poll.h>
#include <linux/wait.h>

#define STANDARD_ERROR 2
#define SIGKILL 9
#define SIGPIPE 13
#define SIGCHLD 17
#define SEEK_SET 0

typedef unsigned char byte;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

static inline long call6(long number, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

#define CALL_OF(_0, _1, _2, _3, _4, _5, _6, name, ...) name
#define CALL0(n) call6(n, 0, 0, 0, 0, 0, 0)
#define CALL1(n, a) call6(n, (long)(a), 0, 0, 0, 0, 0)
#define CALL2(n, a, b) call6(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define CALL3(n, a, b, c) call6(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define CALL4(n, a, b, c, d) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define CALL5(n, a, b, c, d, e) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define CALL6(n, a, b, c, d, e, f) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
/* A call of the kernel by its name; a result from -4095 to -1 is an errno. */
#define call(name, ...) \
  CALL_OF(_0, ##__VA_ARGS__, CALL6, CALL5, CALL4, CALL3, CALL2, CALL1, CALL0)(__NR_##name, ##__VA_ARGS__)

void *memcpy(void *to, const void *from, u64 bytes);
void *memmove(void *to, const void *from, u64 bytes);
void *memset(void *to, int value, u64 bytes);
int memcmp(const void *one, const void *other, u64 bytes);
u64 length_of(const char *text);
int same(const char *one, const char *other);
/* Whether a text begins with another. */
int begins(const char *text, const char *with);
/* The number that a text begins with. */
u32 number_of(const char *text);
/* Appends to a text of at most size bytes, its NUL among them; what does not fit is left out. */
void append(char *text, u64 size, const char *more);
void append_number(char *text, u64 size, u32 number);
/* Closes a descriptor, if there is one, and marks it as closed. */
void shut(int *descriptor);
void pause_millis(u32 millis);
/* A line on standard error, which is the console for init: the kernel's errno stands at its end, if there is one. */
void complain(const char *what, const char *about, long result);
/* Reads a file whole; returns how many bytes of it are in the buffer, which a NUL follows, or an errno. */
long read_file(const char *path, char *buffer, u64 size);

#endif
