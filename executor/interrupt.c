#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static const int asking[] = {SIGINT, SIGTERM, SIGHUP};
static const size_t count = sizeof asking / sizeof *asking;

void interrupt_hold(void)
{
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < count; i++)
		sigaddset(&held, asking[i]);
	sigprocmask(SIG_BLOCK, &held, NULL);
}

bool interrupt_is_pending(void)
{
	sigset_t pending;

	if (sigpending(&pending))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (sigismember(&pending, asking[i]) == 1)
			return true;
	}
	return false;
}
