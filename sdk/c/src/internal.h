/* Internal declarations, shared by the files of the SDK. */
#ifndef TOLLGATE_INTERNAL_H
#define TOLLGATE_INTERNAL_H

#include <stdarg.h>

#include "../tollgate.h"

/* State of the arena at some time. */
typedef struct tg_mark {
    void *block;
    size_t used;
} tg_mark;

/* Allocates or resizes like realloc. The latest allocation grows in place if possible. */
void *tg_arena_resize(void *old, size_t old_size, size_t size);
tg_mark tg_arena_mark(void);
/* Frees everything that was allocated since the mark. */
void tg_arena_return_to(tg_mark mark);

tg_text tg_format_arguments(const char *format, va_list arguments);

/* Position and reason of a parse error. */
typedef struct tg_json_error {
    const char *reason;
    size_t at;
} tg_json_error;

/* Returns the document, or NULL with the error. */
const tg_json *tg_json_parse_or(tg_text text, tg_json_error *error);

#endif
