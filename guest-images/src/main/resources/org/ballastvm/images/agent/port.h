/* The port that leads to the host: frames that wait to be sent, and bytes that have come. */
#ifndef PORT_H
#define PORT_H

#include "linux.h"
#include "protocol.h"

struct frame {
  u32 length;
  u32 session;
  byte type;
  byte stream;
  const byte *body;
};

/* Opens the port; waits for it, as it comes some time after its driver. Returns 0 if it does not come in that time. */
int port_open(u32 patience_millis);
/* Takes standard input and output for the port. */
void port_use_standard_streams(void);
/* Where bytes come from, and where they go. */
int port_input(void);
int port_output(void);
/* Whether output that the host waits for has not been taken by the port yet. */
int port_has_output(void);
/* Whether there is output, and none that the host waits for: what follows soon may go with it. */
int port_holds_back(void);
/* How many bytes of DATA can be queued now; room for other frames is kept. */
u32 port_room(void);
/* Whether frames of the host may be taken: what answers them has room. */
int port_is_calm(void);
/* Where the body of a DATA frame may be read to, up to port_room() bytes; port_sent_data then makes a frame of it. */
byte *port_body(void);
void port_sent_data(u32 session, byte stream, u32 length);
void port_send(u32 session, byte type, byte stream, const void *body, u32 length);
void port_send_numbers(u32 session, byte type, byte stream, u32 first, u32 count, u32 second);
/* Writes what the port takes; what is held back, too, if all is to go. */
void port_flush(int all);
/* Reads what has come; returns 0 if nobody is at the other end. */
int port_fill(void);
/* Takes the next whole frame; returns 0 if there is none. Its body is valid until the next port_fill. */
int port_take(struct frame *frame);
/* Forgets all that is under way: the host is another, or breaks the rules. The next frame taken is a HELLO. */
void port_forget(void);

#endif
