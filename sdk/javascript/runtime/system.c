// The same time in every sandbox. The moment of the run is there for who asks for it:
// the capability `clock`.

#include "system.h"

// `Date.now()` is 0, and `Math.random()` is seeded with it.
int no_gettimeofday(struct timeval *now) {
    *now = (struct timeval){0};
    return 0;
}

// So is `performance.now()`.
int no_clock_gettime(struct timespec *now) {
    *now = (struct timespec){0};
    return 0;
}

// There is one time zone: UTC. QuickJS reads nothing but the offset.
struct tm *no_localtime(struct tm *parts) {
    *parts = (struct tm){0};
    return parts;
}
