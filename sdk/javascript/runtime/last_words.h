// Leaves messages where the host finds them after the trap.

#ifndef LAST_WORDS_H
#define LAST_WORDS_H

#include "quickjs.h"

// Leaves the pending exception with its stack, and traps.
_Noreturn void die_of_exception(JSContext *context);

// Leaves a message, and traps.
_Noreturn void die(const char *message);

#endif
