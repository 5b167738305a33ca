#include "exec.h"
#include "protocol.h"

#include <asm/termbits.h>
#include <asm/termios.h>

#define MOST_GROUPS 64
#define TABLE_BYTES (64 << 10)
#define PATH_BYTES 4096
#define USUAL_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define SET_BYTES 8

static char *words[MOST_WORDS + 2];

static u32 read_number(const byte *at) { return at[0] | at[1] << 8 | at[2] << 16 | (u32)at[3] << 24; }

int exec_parse(const byte *body, u32 length, struct command *command) {
  if (length < 16 || body[length - 1] != 0) {
    return 0;
  }
  u32 arguments = read_number(body + 8), variables = read_number(body + 12);
  if (arguments < 1 || arguments > MOST_WORDS || variables > MOST_WORDS - arguments) {
    return 0;
  }
  char *text = (char *)body + 16, *end = (char *)body + length;
  char *heads[2];
  u32 wanted = 2 + arguments + variables;
  for (u32 i = 0; i < wanted; i++) {
    if (text >= end) {
      return 0;
    }
    if (i < 2) {
      heads[i] = text;
    } else {
      words[i - 2 + (i >= 2 + arguments)] = text; /* a null stands between both lists */
    }
    text += length_of(text) + 1;
  }
  words[arguments] = 0;
  words[arguments + 1 + variables] = 0;
  *command = (struct command){(int)(read_number(body) & ON_TERMINAL), (u16)(body[4] | body[5] << 8),
                              (u16)(body[6] | body[7] << 8), heads[0], heads[1], words, words + arguments + 1};
  return text == end;
}

void exec_resize(int terminal, u16 rows, u16 columns) {
  struct winsize size = {rows, columns, 0, 0};
  call(ioctl, terminal, TIOCSWINSZ, &size);
}

void exec_reset_signals(void) {
  u64 usual[4] = {0, 0, 0, 0};
  for (int signal = 1; signal <= 8 * SET_BYTES; signal++) { // The two that cannot be set are as usual anyway.
    call(rt_sigaction, signal, usual, 0, SET_BYTES);
  }
}

/* What the agent has changed since is as a program wants it. */
static void restore_signals(void) {
  u64 none = 0, usual[4] = {0, 0, 0, 0};
  call(rt_sigaction, SIGPIPE, usual, 0, SET_BYTES);
  call(rt_sigprocmask, 2 /* SIG_SETMASK */, &none, 0, SET_BYTES);
}

/* The process that is to become the program shares the agent's memory. */
static __attribute__((noreturn)) void fail(struct started *started, u32 step, long error) {
  started->failed = step;
  started->error = (u32)-error;
  for (;;) {
    call(exit_group, 127);
  }
}

/* The line of a table such as /etc/passwd whose field has a value; ends of fields are made NULs. */
static char *line_with(char *table, int field, const char *value, char **fields, int count) {
  while (*table) {
    char *line = table;
    while (*table && *table != '\n') {
      table++;
    }
    if (*table) {
      *table++ = 0;
    }
    int found = 0;
    for (char *at = line; found < count; found++) {
      fields[found] = at;
      while (*at && *at != ':') {
        at++;
      }
      if (*at) {
        *at++ = 0;
      } else {
        fields[found][at - fields[found]] = 0;
      }
    }
    if (same(fields[field], value)) {
      return table;
    }
  }
  return 0;
}

static int names(const char *list, const char *name) {
  u64 length = length_of(name);
  while (*list) {
    if (begins(list, name) && (list[length] == ',' || list[length] == 0)) {
      return 1;
    }
    while (*list && *list++ != ',') {
    }
  }
  return 0;
}

/* Becomes a user: a name of /etc/passwd, or the numbers UID or UID:GID. */
static void become(const char *user, struct started *started) {
  static char table[TABLE_BYTES];
  u32 groups[MOST_GROUPS], group_count = 0, uid, gid;
  char *fields[4];
  if (*user >= '0' && *user <= '9') {
    const char *colon = user;
    while (*colon && *colon != ':') {
      colon++;
    }
    uid = number_of(user);
    gid = *colon ? number_of(colon + 1) : uid;
  } else {
    if (read_file("/etc/passwd", table, sizeof table) < 0 || !line_with(table, 0, user, fields, 4)) {
      fail(started, FAILED_USER, -ENOENT);
    }
    uid = number_of(fields[2]);
    gid = number_of(fields[3]);
    if (read_file("/etc/group", table, sizeof table) > 0) {
      char *rest = table;
      while (*rest && group_count < MOST_GROUPS) {
        char *line = rest;
        while (*rest && *rest != '\n') {
          rest++;
        }
        if (*rest) {
          *rest++ = 0;
        }
        int colons = 0;
        const char *number = 0;
        for (char *at = line; *at && colons < 3; at++) {
          if (*at == ':' && ++colons == 2) {
            number = at + 1;
          }
          if (colons == 3 && number && names(at + 1, user)) {
            groups[group_count++] = number_of(number);
          }
        }
      }
    }
  }
  long error = call(setgroups, group_count, groups);
  error = error < 0 ? error : call(setgid, gid);
  error = error < 0 ? error : call(setuid, uid);
  if (error < 0) {
    fail(started, FAILED_USER, error);
  }
}

static const char *search_path(char **environment) {
  for (; *environment; environment++) {
    if (begins(*environment, "PATH=")) {
      return *environment + length_of("PATH=");
    }
  }
  return USUAL_PATH;
}

/* As execvp(3): the first that can be run; a file that may not be run is remembered. */
static long run(const struct command *command) {
  const char *name = command->arguments[0];
  for (const char *at = name; *at; at++) {
    if (*at == '/') {
      return call(execve, name, command->arguments, command->environment);
    }
  }
  long error = -ENOENT;
  for (const char *path = search_path(command->environment);; path++) {
    char file[PATH_BYTES];
    u64 length = 0;
    for (; *path && *path != ':'; path++) {
      if (length < sizeof file - 2) {
        file[length++] = *path;
      }
    }
    file[length] = 0;
    append(file, sizeof file, length ? "/" : "./");
    append(file, sizeof file, name);
    long result = call(execve, file, command->arguments, command->environment);
    if (result == -EACCES) {
      error = result;
    } else if (result != -ENOENT && result != -ENOTDIR) {
      return result;
    }
    if (!*path) {
      return error;
    }
  }
}

/* Has a stack frame of its own below that of the agent, which waits. */
static __attribute__((noinline, noreturn)) void become_program(const struct command *command, const int *ends,
                                                               int terminal, struct started *started) {
  restore_signals();
  call(setsid);
  if (terminal >= 0) {
    call(ioctl, terminal, TIOCSCTTY, 0);
  }
  for (int i = 0; i < 3; i++) {
    call(dup2, terminal >= 0 ? terminal : ends[i], i);
  }
  long moved = call(chdir, *command->directory ? command->directory : "/");
  if (*command->user) {
    become(command->user, started);
  }
  if (moved < 0) {
    fail(started, FAILED_DIRECTORY, moved);
  }
  fail(started, FAILED_PROGRAM, run(command));
}

/* The kernel's struct termios is as Linux makes it for a new one; only the size is ours. */
static long open_terminal(const struct command *command, int *ours, int *its) {
  int unlocked = 0;
  *ours = (int)call(open, "/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK, 0);
  if (*ours < 0) {
    return *ours;
  }
  call(ioctl, *ours, TIOCSPTLCK, &unlocked);
  *its = (int)call(ioctl, *ours, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  exec_resize(*ours, command->rows, command->columns);
  return *its;
}

long exec_start(const struct command *command, struct started *started) {
  int pipes[3][2], its[3] = {-1, -1, -1}, terminal = -1;
  long error = 0;
  *started = (struct started){-1, -1, -1, -1, 0, 0};
  if (command->on_terminal) {
    error = open_terminal(command, &started->output, &terminal);
    started->input = error < 0 ? -1 : (int)call(fcntl, started->output, F_DUPFD_CLOEXEC, 3);
  } else {
    for (int i = 0; i < 3 && error >= 0; i++) {
      error = call(pipe2, pipes[i], O_CLOEXEC);
      if (error >= 0) {
        int our_end = i == 0;
        its[i] = pipes[i][!our_end];
        *(i == 0 ? &started->input : i == 1 ? &started->output : &started->errors) = pipes[i][our_end];
        call(fcntl, pipes[i][our_end], F_SETFL, O_NONBLOCK);
      }
    }
  }
  if (error >= 0) {
    error = call(vfork); /* a fork copies page tables, and both then fault on each page that they write */
    if (error == 0) {
      become_program(command, its, terminal, started);
    }
  }
  for (int i = 0; i < 3; i++) {
    shut(&its[i]);
  }
  shut(&terminal);
  if (error < 0) {
    shut(&started->input);
    shut(&started->output);
    shut(&started->errors);
    return error;
  }
  started->pid = (int)error;
  return 0;
}
