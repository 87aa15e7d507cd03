/* Strict JSON parser (RFC 8259). An error has its position. Strings without escapes and numbers
 * refer to the source text instead of being copied. */
#include "internal.h"

/* The stack of a contract is small. The host's parser has the same limit. */
#define DEPTH_MAX 128

typedef struct parser {
    tg_text text;
    size_t at;
    size_t depth;
    const char *error; /* the first error, which ends the parsing */
} parser;

static bool parse_value(parser *p, tg_json *value);

static bool fail(parser *p, const char *reason)
{
    if (p->error == NULL)
        p->error = reason;
    return false;
}

static char peek(const parser *p)
{
    return p->at < p->text.length ? p->text.data[p->at] : '\0';
}

static bool skip(parser *p, char expected)
{
    bool found = p->at < p->text.length && peek(p) == expected;
    p->at += found;
    return found;
}

static void skip_space(parser *p)
{
    while (skip(p, ' ') || skip(p, '\n') || skip(p, '\t') || skip(p, '\r'))
        ;
}

static bool skip_digits(parser *p)
{
    size_t start = p->at;
    while (peek(p) >= '0' && peek(p) <= '9')
        p->at++;
    return p->at > start;
}

static bool parse_number(parser *p, tg_json *value)
{
    size_t start = p->at;
    value->kind = TG_JSON_NUMBER;
    skip(p, '-');
    if (!skip(p, '0') && !skip_digits(p))
        return fail(p, "a value was expected");
    if (skip(p, '.') && !skip_digits(p))
        return fail(p, "a digit was expected");
    if (skip(p, 'e') || skip(p, 'E')) {
        if (!skip(p, '+'))
            skip(p, '-');
        if (!skip_digits(p))
            return fail(p, "a digit was expected");
    }
    value->text = tg_slice(p->text, start, p->at);
    return true;
}

static bool parse_hex(parser *p, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        char c = peek(p);
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
                  : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0)
            return fail(p, "four hexadecimal digits were expected");
        *unit = *unit << 4 | (uint32_t)digit;
    }
    return true;
}

/* A character beyond U+FFFF is escaped as a surrogate pair. A lone surrogate is an error. */
static bool parse_unicode(parser *p, uint32_t *character)
{
    uint32_t low;
    if (!parse_hex(p, character))
        return false;
    if (*character < 0xD800 || *character > 0xDFFF)
        return true;
    if (*character > 0xDBFF || !skip(p, '\\') || !skip(p, 'u') || !parse_hex(p, &low)
        || low < 0xDC00 || low > 0xDFFF)
        return fail(p, "a surrogate without its pair was escaped");
    *character = 0x10000 + ((*character - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

static size_t encode(uint32_t character, char *to)
{
    if (character < 0x80) {
        to[0] = (char)character;
        return 1;
    }
    size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, character >>= 6)
        to[i] = (char)(0x80 | (character & 0x3F));
    to[0] = (char)((0xF00 >> length & 0xFF) | character);
    return length;
}

static bool parse_escape(parser *p, char *to, size_t *length)
{
    static const char NAMES[] = "\"\\/bfnrt", MEANINGS[] = "\"\\/\b\f\n\r\t";
    char name = peek(p);
    uint32_t character;
    const char *known = name == '\0' ? NULL : strchr(NAMES, name);
    p->at++;
    if (known != NULL) {
        to[(*length)++] = MEANINGS[known - NAMES];
        return true;
    }
    if (name != 'u')
        return fail(p, "unknown escape");
    if (!parse_unicode(p, &character))
        return false;
    *length += encode(character, to + *length);
    return true;
}

/* Finds the end of a string, and whether it contains escapes. */
static bool measure_string(parser *p, size_t *end, bool *escaped)
{
    *escaped = false;
    for (*end = p->at; *end < p->text.length; (*end)++) {
        unsigned char byte = (unsigned char)p->text.data[*end];
        if (byte == '"')
            return true;
        if (byte < ' ') {
            p->at = *end;
            return fail(p, "a string contains a control character");
        }
        if (byte == '\\') {
            *escaped = true;
            (*end)++;
        }
    }
    p->at = p->text.length;
    return fail(p, "a string is not closed");
}

static bool parse_string(parser *p, tg_text *string)
{
    size_t end;
    bool escaped;
    if (!skip(p, '"'))
        return fail(p, "a string was expected");
    if (!measure_string(p, &end, &escaped))
        return false;
    *string = tg_slice(p->text, p->at, end);
    if (escaped) {
        /* No escape is shorter than the character that it stands for. */
        char *decoded = tg_allocate(string->length);
        size_t length = 0;
        while (p->at < end)
            if (!skip(p, '\\'))
                decoded[length++] = p->text.data[p->at++];
            else if (!parse_escape(p, decoded, &length))
                return false;
        *string = (tg_text){decoded, length};
    }
    p->at = end + 1;
    return true;
}

static bool parse_word(parser *p, tg_json *value, tg_json_kind kind, const char *word)
{
    if (!tg_has_at(p->text, p->at, tg(word)))
        return fail(p, "a value was expected");
    value->kind = kind;
    value->text = tg(word);
    p->at += value->text.length;
    return true;
}

static bool parse_key(parser *p, tg_json *member)
{
    skip_space(p);
    if (!parse_string(p, &member->key))
        return false;
    skip_space(p);
    return skip(p, ':') || fail(p, "`:` was expected");
}

/* Parses the items of an array or the members of an object, after the opening bracket. */
static bool parse_items(parser *p, tg_json *value, char close)
{
    const tg_json **place = &value->first;
    skip_space(p);
    if (skip(p, close))
        return true;
    do {
        tg_json *item = tg_allocate(sizeof *item);
        item->parent = value;
        item->index = value->count++;
        if (close == '}' && !parse_key(p, item))
            return false;
        if (!parse_value(p, item))
            return false;
        *place = item;
        place = &item->next;
    } while (skip(p, ','));
    return skip(p, close) || fail(p, close == '}' ? "`,` or `}` was expected" : "`,` or `]` was expected");
}

static bool parse_nested(parser *p, tg_json *value, tg_json_kind kind, char close)
{
    value->kind = kind;
    p->at++;
    if (++p->depth > DEPTH_MAX)
        return fail(p, "it is nested too deeply");
    bool parsed = parse_items(p, value, close);
    p->depth--;
    return parsed;
}

static bool parse_bare(parser *p, tg_json *value)
{
    switch (peek(p)) {
    case '{': return parse_nested(p, value, TG_JSON_OBJECT, '}');
    case '[': return parse_nested(p, value, TG_JSON_ARRAY, ']');
    case '"': value->kind = TG_JSON_STRING; return parse_string(p, &value->text);
    case 't': return parse_word(p, value, TG_JSON_BOOL, "true");
    case 'f': return parse_word(p, value, TG_JSON_BOOL, "false");
    case 'n': return parse_word(p, value, TG_JSON_NULL, "null");
    default: return parse_number(p, value);
    }
}

static bool parse_value(parser *p, tg_json *value)
{
    skip_space(p);
    bool parsed = parse_bare(p, value);
    skip_space(p);
    return parsed;
}

const tg_json *tg_json_parse_or(tg_text text, tg_json_error *error)
{
    parser p = {.text = text};
    tg_json *value = tg_allocate(sizeof *value);
    bool parsed = parse_value(&p, value);
    if (parsed && p.at < text.length)
        parsed = fail(&p, "there is more text after the document");
    *error = (tg_json_error){p.error, p.at};
    return parsed ? value : NULL;
}
