/* Calls the capabilities under the component model's canonical ABI: a text is an address and a
 * length, and a result that does not fit into one number is written to an address that the caller
 * provides. A function that a contract does not call is not linked, and then its interface is not
 * imported. */
#include "internal.h"
#include "layout.h"

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
    uint8_t kind;
    tg_text text;
} lookup_error;

static tg_lookup_result explain(const lookup_error *error, tg_text *text)
{
    *text = error->text;
    switch (error->kind) {
    case WIT_LOOKUP_ERROR_NOT_GRANTED:
        return TG_LOOKUP_NOT_GRANTED;
    case WIT_LOOKUP_ERROR_UNAVAILABLE:
        return TG_LOOKUP_UNAVAILABLE;
    default:
        tg_panic("the host answered with an unknown error");
    }
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
ASSERT_SIZE(get_answer, WIT_LOOKUP_GET);
ASSERT_FIELD(get_answer, failed, WIT_LOOKUP_GET_TAG);
ASSERT_FIELD(get_answer, value.there, WIT_LOOKUP_GET_OK_TAG);
ASSERT_FIELD(get_answer, value.text, WIT_LOOKUP_GET_OK_SOME);
ASSERT_FIELD(get_answer, error.kind, WIT_LOOKUP_GET_ERROR_TAG);
ASSERT_FIELD(get_answer, error.text, WIT_LOOKUP_GET_ERROR_NOT_GRANTED);
ASSERT_FIELD(get_answer, error.text, WIT_LOOKUP_GET_ERROR_UNAVAILABLE);

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
ASSERT_SIZE(contains_any_answer, WIT_LOOKUP_CONTAINS_ANY);
ASSERT_FIELD(contains_any_answer, failed, WIT_LOOKUP_CONTAINS_ANY_TAG);
ASSERT_FIELD(contains_any_answer, found, WIT_LOOKUP_CONTAINS_ANY_OK);
ASSERT_FIELD(contains_any_answer, error.kind, WIT_LOOKUP_CONTAINS_ANY_ERROR_TAG);
ASSERT_FIELD(contains_any_answer, error.text, WIT_LOOKUP_CONTAINS_ANY_ERROR_NOT_GRANTED);
ASSERT_FIELD(contains_any_answer, error.text, WIT_LOOKUP_CONTAINS_ANY_ERROR_UNAVAILABLE);

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
ASSERT_SIZE(prompt_text_answer, WIT_PROMPT_TEXT_READ);
ASSERT_FIELD(prompt_text_answer, there, WIT_PROMPT_TEXT_READ_TAG);
ASSERT_FIELD(prompt_text_answer, text, WIT_PROMPT_TEXT_READ_SOME);

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
