/* What the host has asked for and has not ended: programs, files, connections. */
#ifndef SESSION_H
#define SESSION_H

#include "port.h"

#define DESCRIPTORS_OF_SESSION 3

/* Carries out a frame of the host that concerns a session. */
void session_obey(const struct frame *frame);
/* Adds what sessions wait for; returns how many entries were added. */
int sessions_wait(struct pollfd *entries);
/* Moves what can be moved, after a wait. */
void sessions_move(void);
/* A process of somebody's has ended, with a status of wait(2). */
void session_child_ended(int pid, int status);
/* Kills and forgets all of them, without a word to the host. */
void sessions_forget(void);

#endif
