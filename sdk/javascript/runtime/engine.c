// QuickJS-ng, compiled as it is but for one thing: on WASI it does not look how deep the
// stack is. Here it does, so that endless recursion is a RangeError with a stack and not
// memory written over. What else asks for WASI sees it: the headers come first.

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
