/*
 * What host and guest say to each other: frames on one stream of bytes, numbers little-endian.
 *
 *   0  u32 length of what follows the header
 *   4  u32 session, which the host numbers; 0 is the connection itself
 *   8  u8  type
 *   9  u8  stream: 0 is input, 1 output, 2 errors; for FAILED, what failed
 *  10  u16 zero
 *
 * Neither side trusts the other: lengths are bounded, a stream carries no more than the credit that its reader has given,
 * and a frame of a session that has ended is dropped. A host that is new says HELLO with a number of its own; whatever came
 * before is forgotten, and its processes are killed.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#define PROTOCOL_VERSION 1
#define PORT_NAME "org.ballastvm.agent"

#define HEADER_BYTES 12
/* What an EXEC can hold: arguments and environment. */
#define MOST_BYTES (1 << 20)
/* Of the host's DATA, and of ours. */
#define MOST_DATA_BYTES (16 << 10)
/* What each stream of a session may carry before its reader gives more. */
#define WINDOW_BYTES (64 << 10)
#define MOST_SESSIONS 64

enum type {
  HELLO = 1,     /* both: u32 version, u32 most sessions (0 from the host), u64 number, which the guest repeats */
  EXEC,          /* host: u32 flags, u16 rows, u16 columns, u32 arguments, u32 variables; texts, each with its NUL: user,
                    directory, arguments, variables */
  READ,          /* host: path of a file, whose content becomes output */
  WRITE,         /* host: u32 permissions, path of a file, whose content becomes what input brings */
  CONNECT,       /* host: u32 port of 127.0.0.1, or 0 and the path of a Unix socket */
  DATA,          /* both */
  END_OF_STREAM, /* both: no more DATA on this stream */
  CREDIT,        /* both: u32, so many more bytes may come on this stream */
  CLOSE,         /* both: nobody reads this stream any more; from the host on stream 255: kill the session */
  SIGNAL,        /* host: u32, to the process and its group */
  RESIZE,        /* host: u16 rows, u16 columns */
  SYNC,          /* host: write to disks and to the host what is not there yet */
  STARTED,       /* guest: u32 process id, or the permissions of a file */
  FAILED,        /* guest: u32 errno; the session has ended */
  ENDED,         /* guest: u32 kind, u32 value; the session has ended */
  SYNCED         /* guest */
};

enum flag { ON_TERMINAL = 1 };

enum stream { INPUT, OUTPUT, ERRORS, WHOLE_SESSION = 255 };

/* What failed. */
enum step { FAILED_RESOURCES = 1, FAILED_USER, FAILED_DIRECTORY, FAILED_PROGRAM, FAILED_FILE, FAILED_CONNECTION, FAILED_RULES };

/* How it ended: with an exit status, by a signal, or with an errno (0 for none). */
enum ending { EXITED, KILLED, DONE };

#endif
