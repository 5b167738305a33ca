/*
 * The agent of Ballast's guests. As process 1 it is init as well: it mounts the root and waits for all processes. Else it
 * is a helper beside another init. It does what the host asks for on a port of a virtio-serial card (protocol.h).
 */
#include "exec.h"
#include "init.h"
#include "session.h"

#include <linux/reboot.h>

#define PORT_MILLIS 30000
#define AWAY_MILLIS 10
/* That a program runs, and that it closes its streams, is said together with its end if that comes so soon. */
#define HELD_MILLIS 2
#define SET_BYTES 8
#define HELLO_BODY_BYTES 16
#define SIGNAL_INFO_BYTES 128

static void say_hello(const struct frame *frame) {
  byte answer[HELLO_BODY_BYTES] = {PROTOCOL_VERSION, 0, 0, 0, MOST_SESSIONS};
  sessions_forget();
  if (frame->length == HELLO_BODY_BYTES) {
    memcpy(answer + 8, frame->body + 8, 8);
    port_send(0, HELLO, 'B', answer, sizeof answer);
  }
}

static void obey(const struct frame *frame) {
  if (frame->type == HELLO) {
    say_hello(frame);
  } else if (frame->type == SYNC) {
    call(sync);
    port_send(0, SYNCED, 0, 0, 0);
  } else {
    session_obey(frame);
  }
}

static void reap(void) {
  int status;
  long pid;
  while ((pid = call(wait4, -1, &status, WNOHANG, 0)) > 0) {
    session_child_ended((int)pid, status);
  }
}

/* SIGCHLD becomes readable; writing where nobody reads is an errno. */
static int hear_children(void) {
  u64 set = 1UL << (SIGCHLD - 1), ignored[4] = {1 /* SIG_IGN */, 0, 0, 0};
  call(rt_sigaction, SIGPIPE, ignored, 0, SET_BYTES);
  call(rt_sigprocmask, 0 /* SIG_BLOCK */, &set, 0, SET_BYTES);
  return (int)call(signalfd4, -1, &set, SET_BYTES, O_NONBLOCK | O_CLOEXEC);
}

/* Everything that waits: the port, children, sessions. Returns when the host is gone, if there can be no other. */
static void serve(int children, int only_host) {
  static struct pollfd entries[3 + MOST_SESSIONS * DESCRIPTORS_OF_SESSION];
  int host_is_there = 1, frames_wait = 0;
  for (;;) {
    struct frame frame;
    long at_once[2] = {0, 0}, away[2] = {0, AWAY_MILLIS * 1000000}, brief[2] = {0, HELD_MILLIS * 1000000};
    const long *patience = !host_is_there ? away : frames_wait && port_is_calm() ? at_once : port_holds_back() ? brief : 0;
    entries[0] = (struct pollfd){children, POLLIN, 0};
    entries[1] = (struct pollfd){host_is_there && port_is_calm() ? port_input() : -1, POLLIN, 0};
    entries[2] = (struct pollfd){host_is_there && port_has_output() ? port_output() : -1, POLLOUT, 0};
    int count = 3 + sessions_wait(entries + 3);
    int silent = call(ppoll, entries, count, patience, 0, 0) == 0;
    if (entries[0].revents) {
      byte info[SIGNAL_INFO_BYTES];
      while (call(read, children, info, sizeof info) > 0) {
      }
      reap();
    }
    sessions_move();
    if (entries[1].revents || !host_is_there) {
      if (!port_fill()) {
        if (host_is_there) {
          port_forget();
          sessions_forget();
        }
        if (only_host) {
          return;
        }
        host_is_there = 0;
      } else {
        host_is_there = 1;
      }
    }
    while ((frames_wait = !port_is_calm()) == 0 && port_take(&frame)) {
      obey(&frame);
    }
    sessions_move();
    port_flush(silent && patience == brief);
  }
}

/* The stack is as the kernel has it for a new program: a count, and arguments. Any argument: it serves standard input and
   output, and not a port. */
__attribute__((used)) static void start(const long *stack) {
  int is_init = call(getpid) == 1;
  if (is_init && !init_guest()) {
    pause_millis(100); /* the console gets what was complained of */
    call(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_POWER_OFF, 0);
  }
  exec_reset_signals();
  int children = hear_children();
  if (!is_init && stack[0] > 1) {
    port_use_standard_streams();
    serve(children, 1);
    call(exit_group, 0);
  }
  if (port_open(PORT_MILLIS)) {
    serve(children, 0);
  }
  complain("there is no port " PORT_NAME, "", 0);
  if (is_init) {
    call(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_POWER_OFF, 0);
  }
  call(exit_group, 1);
}

__asm__(".globl _start\n_start:\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call start\n");
