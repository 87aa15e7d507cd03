/* JSON Pointers (RFC 6901), built step by step. */
#include "internal.h"

/* A key may have any of its bytes written as two. */
tg_text tg_pointer_key(tg_text pointer, tg_text key)
{
    char *longer = tg_allocate(pointer.length + 1 + 2 * key.length);
    size_t length = pointer.length;
    if (length > 0)
        memcpy(longer, pointer.data, length);
    longer[length++] = '/';
    for (size_t i = 0; i < key.length; i++) {
        char byte = key.data[i];
        bool special = byte == '~' || byte == '/';
        longer[length++] = special ? '~' : byte;
        if (special)
            longer[length++] = byte == '~' ? '0' : '1';
    }
    return (tg_text){longer, length};
}

tg_text tg_pointer_index(tg_text pointer, size_t index)
{
    return tg_pointer_key(pointer, tg_format("%zu", index));
}
