/* JSON Pointers (RFC 6901). */
#include "internal.h"

/* Escaping can double the length of a key. */
tg_text tg_pointer_key(tg_text pointer, tg_text key)
{
    char *extended = tg_allocate(pointer.length + 1 + 2 * key.length);
    size_t length = pointer.length;
    if (length > 0)
        memcpy(extended, pointer.data, length);
    extended[length++] = '/';
    for (size_t i = 0; i < key.length; i++) {
        char byte = key.data[i];
        bool special = byte == '~' || byte == '/';
        extended[length++] = special ? '~' : byte;
        if (special)
            extended[length++] = byte == '~' ? '0' : '1';
    }
    return (tg_text){extended, length};
}

tg_text tg_pointer_index(tg_text pointer, size_t index)
{
    return tg_pointer_key(pointer, tg_format("%zu", index));
}
