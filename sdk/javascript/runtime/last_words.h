// An exception's message, left where the host finds it after the trap.

#ifndef LAST_WORDS_H
#define LAST_WORDS_H

#include "quickjs.h"

// Leaves the exception that is pending, with its stack, and stops.
_Noreturn void die_of_exception(JSContext *context);

// Leaves a message, and stops.
_Noreturn void die(const char *message);

#endif
