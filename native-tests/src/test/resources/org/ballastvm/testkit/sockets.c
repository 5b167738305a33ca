/* One connection of a kind of socket: to the guest's, to the host's, or to a Unix socket before a guest.
 *   sockets listen PORT             takes a connection: what comes goes to the output, and then "got it" goes back
 *   sockets connect CID PORT        sends the input, and writes what comes back
 *   sockets listen-at PATH          the same two by Unix sockets,
 *   sockets connect-at PATH PORT    the second with Firecracker's words
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/vm_sockets.h>

static void need(int good, const char *what) {
  if (!good) {
    perror(what);
    exit(1);
  }
}

static void copy(int from, int to) {
  static char bytes[65536];
  ssize_t count;
  while ((count = read(from, bytes, sizeof bytes)) > 0) {
    for (ssize_t done = 0; done < count;) {
      ssize_t written = write(to, bytes + done, count - done);
      need(written > 0, "write");
      done += written;
    }
  }
  need(count == 0, "read");
}

static int open_socket(char **words, int there, struct sockaddr_storage *address, socklen_t *length) {
  memset(address, 0, sizeof *address);
  if (strstr(words[1], "-at")) {
    struct sockaddr_un *name = (struct sockaddr_un *) address;
    name->sun_family = AF_UNIX;
    strncpy(name->sun_path, words[2], sizeof name->sun_path - 1);
    *length = sizeof *name;
  } else {
    struct sockaddr_vm *port = (struct sockaddr_vm *) address;
    port->svm_family = AF_VSOCK;
    port->svm_cid = there ? strtoul(words[2], NULL, 0) : VMADDR_CID_ANY;
    port->svm_port = strtoul(words[there ? 3 : 2], NULL, 0);
    *length = sizeof *port;
  }
  int made = socket(address->ss_family, SOCK_STREAM, 0);
  need(made >= 0, "socket");
  return made;
}

int main(int count, char **words) {
  struct sockaddr_storage address;
  socklen_t length;
  need(count >= 3, "sockets WORD ...");
  int connects = !strncmp(words[1], "connect", 7);
  int line = open_socket(words, connects, &address, &length);
  if (connects) {
    int tries = 100; /* whoever listens may be about to */
    while (connect(line, (struct sockaddr *) &address, length) && --tries) {
      usleep(100000);
    }
    need(tries, "connect");
    if (!strcmp(words[1], "connect-at")) {
      dprintf(line, "CONNECT %s\n", words[3]);
      for (char one = 0; one != '\n';) {
        need(read(line, &one, 1) == 1, "no answer");
      }
    }
    copy(0, line);
    need(!shutdown(line, SHUT_WR), "shutdown");
    copy(line, 1);
    return 0;
  }
  unlink(strstr(words[1], "-at") ? words[2] : "");
  need(!bind(line, (struct sockaddr *) &address, length), "bind");
  need(!listen(line, 1), "listen");
  int client = accept(line, NULL, NULL);
  need(client >= 0, "accept");
  copy(client, 1);
  need(write(client, "got it\n", 7) == 7, "write");
  close(client);
  return 0;
}
