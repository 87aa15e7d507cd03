// Compiles QuickJS-ng with one change: on WASI it does not check the depth of the stack. Without
// `__wasi__` it does, so endless recursion is a RangeError with a stack trace and not corrupted
// memory. The headers are included first, because they need `__wasi__`.

#include "cutils.h"
#include <assert.h>
#include <fenv.h>
#include <math.h>
#include <stdarg.h>
#include <sys/time.h>
#include <time.h>

#undef __wasi__
#define __STDC_NO_ATOMICS__ 1
#include "quickjs.c"
