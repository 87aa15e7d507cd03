// What a program can import: the capabilities, and one module of the runtime's own.

#ifndef MODULES_H
#define MODULES_H

#include "quickjs.h"

// The module of a name, for QuickJS to load; an exception where there is none.
JSModuleDef *load_module(JSContext *context, const char *name, void *unused);

#endif
