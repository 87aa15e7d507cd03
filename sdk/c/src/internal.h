/* What the files of the SDK know of each other, and a contract does not. */
#ifndef TOLLGATE_INTERNAL_H
#define TOLLGATE_INTERNAL_H

#include <stdarg.h>

#include "../tollgate.h"

/* How the memory stood at some time. */
typedef struct tg_mark {
    void *block;
    size_t used;
} tg_mark;

/* Memory as malloc and realloc give it, but for what was there last, which grows in place. */
void *tg_arena_resize(void *old, size_t old_size, size_t size);
tg_mark tg_arena_mark(void);
/* Gives up everything that was allocated since. */
void tg_arena_return_to(tg_mark mark);

tg_text tg_format_arguments(const char *format, va_list arguments);

/* Where and why a text is not JSON. */
typedef struct tg_json_error {
    const char *reason;
    size_t at;
} tg_json_error;

/* The document, or NULL. */
const tg_json *tg_json_parse_or(tg_text text, tg_json_error *error);

#endif
