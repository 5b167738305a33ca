#include "session.h"
#include "exec.h"
#include "files.h"

/* Where its bytes come from and go to. */
struct session {
  u32 id; /* 0: free */
  byte type;
  int on_terminal;
  int connecting;
  int pid; /* 0: none, or it has ended */
  int input, output[3]; /* output[OUTPUT] and output[ERRORS] */
  int failed;           /* FAILED was sent: the rest is silence */
  int input_ends;       /* behind what is in the buffer */
  u32 ending, value;
  u32 waiting_from, waiting, taken; /* of the buffer; taken is not yet credited */
  u32 credit[3];
  byte buffer[WINDOW_BYTES]; /* a ring */
};

static struct session sessions[MOST_SESSIONS];

static struct session *find(u32 id) {
  for (int i = 0; i < MOST_SESSIONS; i++) {
    if (sessions[i].id == id) {
      return &sessions[i];
    }
  }
  return 0;
}

static void tell(struct session *session, byte type, byte stream, u32 first, u32 count, u32 second) {
  if (!session->failed) {
    port_send_numbers(session->id, type, stream, first, count, second);
  }
}

static void close_all(struct session *session) {
  shut(&session->input);
  shut(&session->output[OUTPUT]);
  shut(&session->output[ERRORS]);
}

static void kill_group(struct session *session, u32 signal) {
  if (session->pid > 0 && call(kill, -session->pid, signal) < 0) {
    call(kill, session->pid, signal); /* it has no group of its own yet */
  }
}

/* The process, if there is one, is waited for all the same: its session is free when it has ended. */
static void fail(struct session *session, byte step, u32 error) {
  tell(session, FAILED, step, error, 1, 0);
  session->failed = 1;
  kill_group(session, SIGKILL);
  close_all(session);
  if (session->pid == 0) {
    session->id = 0;
  }
}

static void open_program(struct session *session, const struct frame *frame) {
  struct command command;
  struct started started;
  if (!exec_parse(frame->body, frame->length, &command)) {
    fail(session, FAILED_RULES, EINVAL);
    return;
  }
  long error = exec_start(&command, &started);
  if (error < 0) {
    fail(session, FAILED_RESOURCES, (u32)-error);
    return;
  }
  session->on_terminal = command.on_terminal;
  session->pid = started.pid;
  session->input = started.input;
  session->output[OUTPUT] = started.output;
  session->output[ERRORS] = started.errors;
  if (started.failed) {
    fail(session, (byte)started.failed, started.error);
  } else {
    tell(session, STARTED, 0, (u32)started.pid, 1, 0);
  }
}

static void open_other(struct session *session, const struct frame *frame) {
  u32 number = 0;
  const char *path = file_request(frame, &number);
  if (!path) {
    fail(session, FAILED_RULES, EINVAL);
    return;
  }
  long file = frame->type == READ    ? file_read(path, &number)
              : frame->type == WRITE ? file_write(path, number)
                                     : connect_to(path, number, &session->connecting);
  if (file < 0) {
    fail(session, frame->type == CONNECT ? FAILED_CONNECTION : FAILED_FILE, (u32)-file);
    return;
  }
  session->input = frame->type == READ ? -1 : (int)file;
  session->output[OUTPUT] = frame->type == READ      ? (int)file
                            : frame->type == CONNECT ? (int)call(fcntl, file, F_DUPFD_CLOEXEC, 3)
                                                     : -1;
  session->ending = DONE;
  if (!session->connecting) {
    tell(session, STARTED, 0, number, 1, 0);
  }
}

static void open_session(const struct frame *frame) {
  struct session *session = find(0);
  if (frame->session == 0 || find(frame->session)) {
    return; /* no host of ours does so */
  }
  if (!session) {
    port_send_numbers(frame->session, FAILED, FAILED_RESOURCES, EUSERS, 1, 0);
    return;
  }
  memset(session, 0, __builtin_offsetof(struct session, buffer));
  session->id = frame->session;
  session->type = frame->type;
  session->input = session->output[OUTPUT] = session->output[ERRORS] = -1;
  session->credit[OUTPUT] = session->credit[ERRORS] = WINDOW_BYTES;
  if (frame->type == EXEC) {
    open_program(session, frame);
  } else {
    open_other(session, frame);
  }
}

static void take_data(struct session *session, const struct frame *frame) {
  if (frame->stream != INPUT || session->input_ends || frame->length > WINDOW_BYTES - session->waiting - session->taken) {
    fail(session, FAILED_RULES, EOVERFLOW);
    return;
  }
  if (session->input < 0) {
    return; /* nobody reads it, and the host has been told */
  }
  u32 at = (session->waiting_from + session->waiting) % WINDOW_BYTES;
  u32 first = frame->length < WINDOW_BYTES - at ? frame->length : WINDOW_BYTES - at;
  memcpy(session->buffer + at, frame->body, first);
  memcpy(session->buffer, frame->body + first, frame->length - first);
  session->waiting += frame->length;
}

static void add_credit(struct session *session, const struct frame *frame, u32 bytes) {
  if (frame->stream != OUTPUT && frame->stream != ERRORS) {
    return;
  }
  u32 *credit = &session->credit[frame->stream];
  *credit = bytes > WINDOW_BYTES - *credit ? WINDOW_BYTES : *credit + bytes;
}

static void close_stream(struct session *session, byte stream) {
  if (stream == WHOLE_SESSION) {
    session->failed = 1; /* nothing of it is of interest any more */
    fail(session, 0, 0);
  } else if (stream == OUTPUT || stream == ERRORS) {
    shut(&session->output[stream]);
  }
}

void session_obey(const struct frame *frame) {
  if (frame->type >= EXEC && frame->type <= CONNECT) {
    open_session(frame);
    return;
  }
  struct session *session = frame->session ? find(frame->session) : 0;
  if (!session || session->failed) {
    return;
  }
  u32 number = frame->length >= 4 ? file_number(frame->body) : 0;
  switch (frame->type) {
    case DATA: take_data(session, frame); break;
    case END_OF_STREAM: session->input_ends = 1; break;
    case CREDIT: add_credit(session, frame, number); break;
    case CLOSE: close_stream(session, frame->stream); break;
    case SIGNAL: kill_group(session, number); break;
    case RESIZE:
      if (session->on_terminal && session->output[OUTPUT] >= 0) {
        exec_resize(session->output[OUTPUT], (u16)number, (u16)(number >> 16));
      }
      break;
  }
}

/* What a reader does not take any more. */
static void input_is_shut(struct session *session) {
  shut(&session->input);
  session->waiting = 0;
  tell(session, CLOSE, INPUT, 0, 0, 0);
}

static void end_input(struct session *session) {
  if (session->type == CONNECT) {
    call(shutdown, session->input, 1 /* SHUT_WR */);
  } else if (session->on_terminal) {
    call(write, session->input, "\4", 1); /* the end of a line discipline's input */
  }
  shut(&session->input);
}

static void move_input(struct session *session) {
  while (session->input >= 0 && session->waiting > 0) {
    u32 to_end = WINDOW_BYTES - session->waiting_from;
    u32 bytes = session->waiting < to_end ? session->waiting : to_end;
    long written = call(write, session->input, session->buffer + session->waiting_from, bytes);
    if (written == -EAGAIN) {
      return;
    }
    if (written <= 0) {
      if (session->type == WRITE) {
        fail(session, FAILED_FILE, (u32)-written);
      } else {
        input_is_shut(session);
      }
      return;
    }
    session->waiting_from = (session->waiting_from + (u32)written) % WINDOW_BYTES;
    session->waiting -= (u32)written;
    session->taken += (u32)written;
    if (session->taken >= WINDOW_BYTES / 2) {
      tell(session, CREDIT, INPUT, session->taken, 1, 0);
      session->taken = 0;
    }
  }
  if (session->input >= 0 && session->input_ends && session->waiting == 0) {
    end_input(session);
  }
}

/* A program that has ended leaves what it wrote; whatever it started and left behind is not waited for. */
static void move_output(struct session *session, byte stream) {
  int ended = session->type == EXEC && session->pid == 0;
  while (session->output[stream] >= 0 && session->credit[stream] > 0) {
    u32 room = port_room();
    if (room == 0) {
      return;
    }
    u32 wanted = session->credit[stream] < room ? session->credit[stream] : room;
    long got = call(read, session->output[stream], port_body(), wanted);
    if (got == -EAGAIN && !ended) {
      return;
    }
    if (got <= 0) {
      shut(&session->output[stream]);
      tell(session, END_OF_STREAM, stream, 0, 0, 0);
      return;
    }
    session->credit[stream] -= (u32)got;
    port_sent_data(session->id, stream, (u32)got);
  }
}

static void end_if_over(struct session *session) {
  int quiet = session->output[OUTPUT] < 0 && session->output[ERRORS] < 0;
  int over = session->type == EXEC ? session->pid == 0 && quiet
             : session->type == WRITE ? session->input < 0
                                      : quiet && (session->type == READ || session->input < 0);
  if (session->id && !session->failed && over) {
    tell(session, ENDED, 0, session->ending, 2, session->value);
    close_all(session);
    session->id = 0;
  }
}

static void finish_connecting(struct session *session, short events) {
  if (!(events & (POLLOUT | POLLERR | POLLHUP))) {
    return;
  }
  long error = connect_result(session->input);
  session->connecting = 0;
  if (error) {
    fail(session, FAILED_CONNECTION, (u32)error);
  } else {
    tell(session, STARTED, 0, 0, 1, 0);
  }
}

/* The entries of the last wait, to know what has happened without another call. */
static struct pollfd *awaited;
static int awaited_count;

static int add(struct pollfd *entry, int descriptor, short events) {
  *entry = (struct pollfd){descriptor, events, 0};
  return 1;
}

int sessions_wait(struct pollfd *entries) {
  int count = 0;
  for (int i = 0; i < MOST_SESSIONS; i++) {
    struct session *session = &sessions[i];
    if (!session->id) {
      continue;
    }
    /* An idle pipe is asked for as well: that nobody reads it is an event. */
    int idle_pipe = session->type == EXEC && !session->on_terminal;
    if (session->input >= 0 && (session->waiting || session->connecting || idle_pipe)) {
      count += add(entries + count, session->input, session->waiting || session->connecting ? POLLOUT : 0);
    }
    for (int stream = OUTPUT; stream <= ERRORS; stream++) {
      if (session->output[stream] >= 0 && session->credit[stream] && !session->connecting && port_room()) {
        count += add(entries + count, session->output[stream], POLLIN);
      }
    }
  }
  awaited = entries;
  awaited_count = count;
  return count;
}

static short events_of(int descriptor) {
  for (int i = 0; descriptor >= 0 && i < awaited_count; i++) {
    if (awaited[i].fd == descriptor) {
      return awaited[i].revents;
    }
  }
  return 0;
}

void sessions_move(void) {
  for (int i = 0; i < MOST_SESSIONS; i++) {
    struct session *session = &sessions[i];
    if (!session->id) {
      continue;
    }
    if (session->connecting) {
      finish_connecting(session, events_of(session->input));
    }
    if (session->failed || session->connecting || !session->id) {
      continue;
    }
    if (session->input >= 0 && !session->waiting && !session->on_terminal && session->type == EXEC
        && events_of(session->input) & POLLERR) {
      input_is_shut(session);
    }
    move_input(session);
    move_output(session, OUTPUT);
    move_output(session, ERRORS);
    end_if_over(session);
  }
  awaited_count = 0; /* a descriptor of a new session may have a number of those */
}

void session_child_ended(int pid, int status) {
  for (int i = 0; i < MOST_SESSIONS; i++) {
    struct session *session = &sessions[i];
    if (session->id && session->pid == pid) {
      session->pid = 0;
      session->ending = status & 0x7f ? KILLED : EXITED;
      session->value = status & 0x7f ? (u32)(status & 0x7f) : (u32)(status >> 8 & 0xff);
      if (session->failed) {
        session->id = 0;
      }
      return;
    }
  }
}

void sessions_forget(void) {
  for (int i = 0; i < MOST_SESSIONS; i++) {
    if (sessions[i].id) {
      close_stream(&sessions[i], WHOLE_SESSION);
    }
  }
}
