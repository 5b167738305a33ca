/* Files that the host reads and writes, and sockets that it connects to. */
#ifndef FILES_H
#define FILES_H

#include "port.h"

u32 file_number(const byte *at);
/* The path that a READ, WRITE or CONNECT names, and the number before it; null if it breaks a rule. */
const char *file_request(const struct frame *frame, u32 *number);
/* Opens a file, and finds its permissions. Descriptors, or errnos, here and below. */
long file_read(const char *path, u32 *permissions);
long file_write(const char *path, u32 permissions);
/* Connects to a port of 127.0.0.1, or if that is 0 to a Unix socket; it may take longer. */
long connect_to(const char *path, u32 port, int *takes_longer);
/* The errno of a connection that has taken longer; 0 if it stands. */
long connect_result(int socket);

#endif
