#include "files.h"

#include <linux/in.h>
#include <linux/socket.h>
#include <linux/stat.h>
#include <linux/un.h>
#include <asm/socket.h>
#include <asm/stat.h>

#define AF_UNIX 1
#define AF_INET 2
#define SOCK_STREAM 1
#define SOCK_FLAGS (O_NONBLOCK | O_CLOEXEC)
#define MOST_PORT 65535
#define PERMISSIONS 07777

u32 file_number(const byte *at) { return at[0] | at[1] << 8 | at[2] << 16 | (u32)at[3] << 24; }

const char *file_request(const struct frame *frame, u32 *number) {
  u32 before = frame->type == READ ? 0 : 4;
  if (frame->length <= before || frame->body[frame->length - 1] != 0) {
    return 0;
  }
  *number = before ? file_number(frame->body) : 0;
  const char *path = (const char *)frame->body + before;
  return length_of(path) + 1 == frame->length - before ? path : 0;
}

/* A FIFO without a writer reads as empty; so does a device that has nothing. */
long file_read(const char *path, u32 *permissions) {
  struct stat status;
  long file = call(open, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
  if (file < 0) {
    return file;
  }
  long error = call(fstat, file, &status);
  error = error == 0 && S_ISDIR(status.st_mode) ? -EISDIR : error;
  if (error < 0) {
    call(close, file);
    return error;
  }
  *permissions = status.st_mode & PERMISSIONS;
  return file;
}

long file_write(const char *path, u32 permissions) {
  long file = call(open, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, permissions & PERMISSIONS);
  if (file >= 0) {
    call(fchmod, file, permissions & PERMISSIONS);
  }
  return file;
}

long connect_to(const char *path, u32 port, int *takes_longer) {
  struct sockaddr_un local = {.sun_family = AF_UNIX};
  struct sockaddr_in inet = {.sin_family = AF_INET, .sin_port = (u16)(port << 8 | port >> 8), .sin_addr = {0x0100007f}};
  u64 length = length_of(path);
  if (port > MOST_PORT || (port == 0 && (length == 0 || length >= sizeof local.sun_path))) {
    return -EINVAL;
  }
  memcpy(local.sun_path, path, length);
  long socket = call(socket, port ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_FLAGS, 0);
  if (socket < 0) {
    return socket;
  }
  long error = port ? call(connect, socket, &inet, sizeof inet) : call(connect, socket, &local, sizeof local);
  *takes_longer = error == -EINPROGRESS;
  if (error < 0 && !*takes_longer) {
    call(close, socket);
    return error;
  }
  return socket;
}

long connect_result(int socket) {
  int error = 0, size = sizeof error;
  long result = call(getsockopt, socket, SOL_SOCKET, SO_ERROR, &error, &size);
  return result < 0 ? -result : error;
}
