/* Texts: immutable slices of UTF-8. Texts from the host are well-formed, and stay so unless a slice
 * cuts a character. */
#include <stdio.h>

#include "internal.h"

tg_text tg_slice(tg_text text, size_t start, size_t end)
{
    end = end < text.length ? end : text.length;
    start = start < end ? start : end;
    return (tg_text){text.length == 0 ? text.data : text.data + start, end - start};
}

bool tg_has_at(tg_text text, size_t at, tg_text part)
{
    if (at > text.length || part.length > text.length - at)
        return false;
    return part.length == 0 || memcmp(text.data + at, part.data, part.length) == 0;
}

bool tg_equal(tg_text one, tg_text other)
{
    return one.length == other.length && tg_has_at(one, 0, other);
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

bool tg_has_at_ignoring_case(tg_text text, size_t at, tg_text part)
{
    if (at > text.length || part.length > text.length - at)
        return false;
    for (size_t i = 0; i < part.length; i++)
        if (lower(text.data[at + i]) != lower(part.data[i]))
            return false;
    return true;
}

size_t tg_find(tg_text text, tg_text part, size_t from)
{
    for (size_t at = from; at <= text.length; at++)
        if (tg_has_at(text, at, part))
            return at;
    return TG_NOWHERE;
}

tg_text tg_lower(tg_text text)
{
    char *copy = tg_allocate(text.length);
    for (size_t i = 0; i < text.length; i++)
        copy[i] = lower(text.data[i]);
    return (tg_text){copy, text.length};
}

bool tg_is_ascii_alphanumeric(char byte)
{
    char small = lower(byte);
    return (small >= 'a' && small <= 'z') || (byte >= '0' && byte <= '9');
}

/* Continuation bytes of UTF-8 are 10xxxxxx. */
static bool continues(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

bool tg_is_boundary(tg_text text, size_t at)
{
    return at == text.length || (at < text.length && !continues(text.data[at]));
}

uint32_t tg_next_character(tg_text text, size_t *at)
{
    if (*at >= text.length)
        tg_panic("`tg_next_character` was called at the end of a text");
    unsigned char first = (unsigned char)text.data[(*at)++];
    uint32_t character = first < 0x80 ? first : first < 0xE0 ? first & 0x1Fu
                       : first < 0xF0 ? first & 0x0Fu : first & 0x07u;
    for (; *at < text.length && continues(text.data[*at]); (*at)++)
        character = character << 6 | ((unsigned char)text.data[*at] & 0x3Fu);
    return character;
}

tg_text tg_format_arguments(const char *format, va_list arguments)
{
    /* Most messages need no formatting, and printf touches pages that nothing else touches. In a
     * fresh sandbox, each touched page has to be copied. */
    if (strchr(format, '%') == NULL) {
        tg_text text = tg(format);
        return (tg_text){memcpy(tg_allocate(text.length + 1), format, text.length), text.length};
    }
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        tg_panic("the format `%s` is invalid", format);
    char *printed = tg_allocate((size_t)length + 1);
    vsnprintf(printed, (size_t)length + 1, format, again);
    va_end(again);
    return (tg_text){printed, (size_t)length};
}

tg_text tg_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tg_text text = tg_format_arguments(format, arguments);
    va_end(arguments);
    return text;
}

tg_text tg_join(tg_text first, tg_text second)
{
    if (first.length == 0 || second.length == 0)
        return first.length == 0 ? second : first;
    char *joined = tg_allocate(first.length + second.length);
    memcpy(joined, first.data, first.length);
    memcpy(joined + first.length, second.data, second.length);
    return (tg_text){joined, first.length + second.length};
}
