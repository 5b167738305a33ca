/* Programs: what an EXEC says, and how it is started. */
#ifndef EXEC_H
#define EXEC_H

#include "linux.h"

#define MOST_WORDS 16384

/* What is to be run, in place in the frame that brought it. */
struct command {
  int on_terminal;
  u16 rows, columns;
  const char *user;
  const char *directory;
  char **arguments;
  char **environment;
};

/* What a started program has. */
struct started {
  int pid;
  int input, output, errors; /* our ends; -1 for none */
  u32 failed, error; /* the step that its process came to nothing in, and the errno; 0 if it runs */
};

/* Checks and takes apart the body of an EXEC; returns 0 if it breaks a rule. Valid until the next frame. */
int exec_parse(const byte *body, u32 length, struct command *command);
/* Starts it; returns 0, or an errno if the kernel lacks something. Until the program is loaded nothing else is done. */
long exec_start(const struct command *command, struct started *started);
void exec_resize(int terminal, u16 rows, u16 columns);
/* What whoever started the agent has ignored is not passed on. To be called first. */
void exec_reset_signals(void);

#endif
