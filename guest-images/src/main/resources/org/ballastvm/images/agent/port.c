#include "port.h"

#define PORTS "/sys/class/virtio-ports/"
#define OUT_BYTES (256 << 10)
/* For frames that are no DATA: some twenty bytes, a few for each session at once. */
#define RESERVED_BYTES (32 << 10)
#define CALM_BYTES (4 << 10)
#define HELLO_BYTES 16
#define DIRECTORY_BYTES 4096
#define NAME_BYTES 64
#define POLL_MILLIS 1

struct entry { u64 inode; long offset; u16 length; byte type; char name[]; };

static int port = -1, port_out = -1;
static byte out[OUT_BYTES];
static u32 out_from, out_to;
static int urgent; /* there is something in it that the host waits for */
static byte in[MOST_BYTES + HEADER_BYTES];
static u32 in_from, in_to;
static int lost = 1; /* until a HELLO comes */

static u32 read_number(const byte *at) { return at[0] | at[1] << 8 | at[2] << 16 | (u32)at[3] << 24; }

static void write_number(byte *at, u32 number) {
  for (int i = 0; i < 4; i++) {
    at[i] = (byte)(number >> 8 * i);
  }
}

static int open_named(const char *directory_entry) {
  char path[sizeof PORTS + NAME_BYTES + 8] = PORTS, name[NAME_BYTES] = "";
  append(path, sizeof path, directory_entry);
  append(path, sizeof path, "/name");
  long length = read_file(path, name, sizeof name);
  if (length <= 0) {
    return -1;
  }
  if (name[length - 1] == '\n') {
    name[length - 1] = 0;
  }
  if (!same(name, PORT_NAME)) {
    return -1;
  }
  char device[NAME_BYTES + 8] = "/dev/";
  append(device, sizeof device, directory_entry);
  return (int)call(open, device, O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);
}

static int find(void) {
  static byte entries[DIRECTORY_BYTES];
  int directory = (int)call(open, PORTS, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), found = -1;
  if (directory < 0) {
    return -1;
  }
  long bytes;
  while (found < 0 && (bytes = call(getdents64, directory, entries, sizeof entries)) > 0) {
    for (long at = 0; at < bytes && found < 0; at += ((struct entry *)(entries + at))->length) {
      const char *name = ((struct entry *)(entries + at))->name;
      if (name[0] != '.' && length_of(name) < NAME_BYTES) {
        found = open_named(name);
      }
    }
  }
  call(close, directory);
  return found;
}

int port_open(u32 patience_millis) {
  for (u32 waited = 0; (port = find()) < 0 && waited < patience_millis; waited += POLL_MILLIS) {
    pause_millis(POLL_MILLIS);
  }
  port_out = port;
  return port >= 0;
}

void port_use_standard_streams(void) {
  port = 0;
  port_out = 1;
  call(fcntl, port, F_SETFL, O_NONBLOCK);
  call(fcntl, port_out, F_SETFL, O_NONBLOCK);
  call(fcntl, port, F_SETFD, FD_CLOEXEC);
  call(fcntl, port_out, F_SETFD, FD_CLOEXEC);
}

int port_input(void) { return port; }

int port_output(void) { return port_out; }

int port_has_output(void) { return out_to > out_from && urgent; }

int port_holds_back(void) { return out_to > out_from && !urgent; }

static u32 room_behind(void) {
  if (out_from == out_to) {
    out_from = out_to = 0;
  } else if (OUT_BYTES - out_to < RESERVED_BYTES + HEADER_BYTES + MOST_DATA_BYTES && out_from > 0) {
    memmove(out, out + out_from, out_to - out_from);
    out_to -= out_from;
    out_from = 0;
  }
  return OUT_BYTES - out_to;
}

u32 port_room(void) {
  u32 room = room_behind();
  u32 kept = RESERVED_BYTES + HEADER_BYTES;
  if (room <= kept) {
    return 0;
  }
  return room - kept < MOST_DATA_BYTES ? room - kept : MOST_DATA_BYTES;
}

int port_is_calm(void) { return room_behind() >= RESERVED_BYTES - CALM_BYTES; }

byte *port_body(void) { return out + out_to + HEADER_BYTES; }

static void finish(u32 session, byte type, byte stream, u32 length) {
  byte *header = out + out_to;
  write_number(header, length);
  write_number(header + 4, session);
  header[8] = type;
  header[9] = stream;
  header[10] = header[11] = 0;
  urgent |= type != STARTED && type != END_OF_STREAM;
  out_to += HEADER_BYTES + length;
}

void port_sent_data(u32 session, byte stream, u32 length) { finish(session, DATA, stream, length); }

void port_send(u32 session, byte type, byte stream, const void *body, u32 length) {
  if (room_behind() >= HEADER_BYTES + length) { /* what is reserved is more than all sessions can want at once */
    memcpy(port_body(), body, length);
    finish(session, type, stream, length);
  }
}

void port_send_numbers(u32 session, byte type, byte stream, u32 first, u32 count, u32 second) {
  byte body[8];
  write_number(body, first);
  write_number(body + 4, second);
  port_send(session, type, stream, body, count * 4);
}

void port_flush(int all) {
  urgent |= all;
  while (port_has_output()) {
    long written = call(write, port_out, out + out_from, out_to - out_from);
    if (written <= 0) {
      return;
    }
    out_from += (u32)written;
  }
  urgent &= out_to > out_from;
}

int port_fill(void) {
  if (in_from > 0) {
    memmove(in, in + in_from, in_to - in_from);
    in_to -= in_from;
    in_from = 0;
  }
  while (in_to < sizeof in) {
    long got = call(read, port, in + in_to, sizeof in - in_to);
    if (got == 0) {
      return 0;
    }
    if (got < 0) {
      return got == -EAGAIN || got == -EINTR;
    }
    in_to += (u32)got;
  }
  return 1;
}

static int is_hello(const byte *header) {
  return read_number(header) == HELLO_BYTES && read_number(header + 4) == 0 && header[8] == HELLO && header[9] == 'B'
         && header[10] == 'A' && header[11] == 'L';
}

/* Drops what stands before a HELLO: it was for a connection that is gone. */
static void seek_hello(void) {
  while (in_to - in_from >= HEADER_BYTES && !is_hello(in + in_from)) {
    in_from++;
  }
  lost = in_to - in_from < HEADER_BYTES;
}

int port_take(struct frame *frame) {
  if (lost) {
    seek_hello();
  }
  if (lost || in_to - in_from < HEADER_BYTES) {
    return 0;
  }
  byte *header = in + in_from;
  u32 length = read_number(header);
  if (length > MOST_BYTES) {
    complain("the host sends a frame that is too long", "", 0);
    port_forget();
    return 0;
  }
  if (in_to - in_from < HEADER_BYTES + length) {
    return 0;
  }
  *frame = (struct frame){length, read_number(header + 4), header[8], header[9], header + HEADER_BYTES};
  in_from += HEADER_BYTES + length;
  return 1;
}

void port_forget(void) {
  out_from = out_to = in_from = in_to = 0;
  urgent = 0;
  lost = 1;
}
