/* Calls the capabilities under the component model's canonical ABI: a text is an address and a
 * length, and a result that does not fit into one number is written to an address that the caller
 * provides. A function that a contract does not call is not linked, and then its interface is not
 * imported. */
#include "internal.h"

#define IMPORT(interface, name)                                                            \
    __attribute__((import_module("tollgate:host/" interface "@0.1.0"), import_name(name)))

IMPORT("log", "write")
extern void host_log_write(uint32_t level, const char *message, size_t length);

void tg_log_write(tg_log_level level, tg_text message)
{
    host_log_write(level, message.data, message.length);
}

IMPORT("clock", "now")
extern uint64_t host_clock_now(void);

uint64_t tg_clock_now_ms(void)
{
    return host_clock_now();
}

/* `lookup.error`, at the same offset as a successful answer. */
typedef struct lookup_error {
    uint8_t unavailable;
    tg_text text;
} lookup_error;

static tg_lookup_result explain(const lookup_error *error, tg_text *text)
{
    *text = error->text;
    return error->unavailable ? TG_LOOKUP_UNAVAILABLE : TG_LOOKUP_NOT_GRANTED;
}

/* result<option<string>, error> */
typedef struct get_answer {
    uint8_t failed;
    union {
        struct {
            uint8_t there;
            tg_text text;
        } value;
        lookup_error error;
    };
} get_answer;

IMPORT("lookup", "get")
extern void host_lookup_get(const char *table, size_t table_length, const char *key,
                            size_t key_length, get_answer *answer);

tg_lookup_result tg_lookup_get(tg_text table, tg_text key, tg_text *text)
{
    get_answer answer;
    host_lookup_get(table.data, table.length, key.data, key.length, &answer);
    if (answer.failed)
        return explain(&answer.error, text);
    if (!answer.value.there)
        return TG_LOOKUP_ABSENT;
    *text = answer.value.text;
    return TG_LOOKUP_FOUND;
}

/* result<list<bool>, error> */
typedef struct contains_any_answer {
    uint8_t failed;
    union {
        struct {
            const uint8_t *items;
            size_t count;
        } found;
        lookup_error error;
    };
} contains_any_answer;

IMPORT("lookup", "contains-any")
extern void host_lookup_contains_any(const char *table, size_t table_length,
                                     const tg_text *keys, size_t key_count,
                                     contains_any_answer *answer);

tg_lookup_result tg_lookup_contains_any(tg_text table, tg_texts keys, bool *found, tg_text *text)
{
    contains_any_answer answer;
    host_lookup_contains_any(table.data, table.length, keys.items, keys.count, &answer);
    if (answer.failed)
        return explain(&answer.error, text);
    if (answer.found.count != keys.count)
        tg_panic("the host answered %zu of %zu keys", answer.found.count, keys.count);
    for (size_t i = 0; i < keys.count; i++)
        found[i] = answer.found.items[i] != 0;
    return TG_LOOKUP_FOUND;
}

/* option<string> */
typedef struct prompt_text_answer {
    uint8_t there;
    tg_text text;
} prompt_text_answer;

IMPORT("prompt-text", "read")
extern void host_prompt_text_read(prompt_text_answer *answer);

bool tg_prompt_text_read(tg_text *text)
{
    prompt_text_answer answer;
    host_prompt_text_read(&answer);
    if (answer.there)
        *text = answer.text;
    return answer.there;
}
