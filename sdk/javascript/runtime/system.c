// Time functions that return the same in every sandbox. The capability `clock` gives the time of the
// run.

#include "system.h"

// `Date.now()` is 0, and `Math.random()` is seeded with it.
int no_gettimeofday(struct timeval *now) {
    *now = (struct timeval){0};
    return 0;
}

// `performance.now()` is 0, too.
int no_clock_gettime(struct timespec *now) {
    *now = (struct timespec){0};
    return 0;
}

// The time zone is UTC. QuickJS only reads the offset.
struct tm *no_localtime(struct tm *parts) {
    *parts = (struct tm){0};
    return parts;
}
