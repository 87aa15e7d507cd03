// Replaces the functions of an operating system that QuickJS calls. Included before each of its
// files, so that no WASI is linked or imported.

#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

int no_gettimeofday(struct timeval *now);
int no_clock_gettime(struct timespec *now);
struct tm *no_localtime(struct tm *parts);

#define gettimeofday(now, zone) no_gettimeofday(now)
#define clock_gettime(clock, now) no_clock_gettime(now)
#define localtime_r(seconds, parts) no_localtime(parts)
#define abort() __builtin_trap()

// QuickJS only prints when it dumps its state for debugging, which never happens here.
#define printf(...) ((void)0)
#define fprintf(...) ((void)0)
#define vfprintf(...) ((void)0)
#define fputc(...) ((void)0)
#define putchar(...) ((void)0)
#define fwrite(...) ((void)0)

#endif
