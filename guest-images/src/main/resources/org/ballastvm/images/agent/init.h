/* What the first process of a guest does before anything else. */
#ifndef INIT_H
#define INIT_H

/* Mounts, loads modules and brings the root that the kernel's command line names. Returns 0 if there is no such root. */
int init_guest(void);

#endif
