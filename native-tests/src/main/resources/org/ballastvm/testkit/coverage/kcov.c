/*
 * Runs a program and writes where in the kernel it has been (Documentation/dev-tools/kcov.rst), each place as often as it
 * was there:
 * kcov WORDS FILE PROGRAM [ARGUMENT]...
 *
 * WORDS is how many fit. What the program starts in its turn is not seen. Ends as the program does, as a shell says it, or
 * with 125.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define KCOV_INIT_TRACE _IOR('c', 1, unsigned long)
#define KCOV_ENABLE _IO('c', 100)
#define KCOV_TRACE_PC 0

static void fail(const char *what)
{
	perror(what);
	_exit(125);
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 125;
	unsigned long words = strtoul(argv[1], NULL, 10);
	int kcov = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (kcov < 0)
		fail("/sys/kernel/debug/kcov");
	if (ioctl(kcov, KCOV_INIT_TRACE, words))
		fail("KCOV_INIT_TRACE");
	unsigned long *area = mmap(NULL, words * sizeof *area, PROT_READ | PROT_WRITE, MAP_SHARED, kcov, 0);
	if (area == MAP_FAILED)
		fail("mmap");
	pid_t child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		if (ioctl(kcov, KCOV_ENABLE, KCOV_TRACE_PC))
			fail("KCOV_ENABLE");
		__atomic_store_n(area, 0, __ATOMIC_RELAXED);
		execvp(argv[3], argv + 3);
		int status = errno == ENOENT ? 127 : 126;
		perror(argv[3]);
		_exit(status);
	}
	int status;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			fail("waitpid");
	int out = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (out < 0)
		fail(argv[2]);
	/* The first word says how many follow. */
	const char *from = (const char *)area;
	size_t left = (area[0] + 1) * sizeof *area;
	while (left > 0) {
		ssize_t count = write(out, from, left);
		if (count < 0)
			fail(argv[2]);
		from += count;
		left -= count;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
