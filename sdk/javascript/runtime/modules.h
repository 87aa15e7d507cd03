// The modules that a program can import: the capabilities, and one of the runtime itself.

#ifndef MODULES_H
#define MODULES_H

#include "quickjs.h"

// Returns the module of a name, or throws if there is none. Called by QuickJS.
JSModuleDef *load_module(JSContext *context, const char *name, void *unused);

#endif
