/* Fake host for tests. */
#include "tollgate_fakes.h"

/* Enough for unit tests. */
#define ENTRIES_MAX 256

typedef struct entry {
    tg_text table, key, value;
} entry;

static struct {
    entry entries[ENTRIES_MAX];
    size_t entry_count;
    const char *unavailable;
    uint64_t now_ms;
    const char *prompt_text;
    tg_text log;
    size_t lookup_count;
} host;

static tg_subject subject_of(tg_content content, const char *tool, const char *text)
{
    return (tg_subject){content, tg(text), tg(tool), NULL, tg("{}")};
}

tg_subject tg_subject_of_text(const char *text)
{
    return subject_of(TG_TEXT, "", text);
}

tg_subject tg_subject_of_json(const char *json)
{
    return subject_of(TG_JSON, "", json);
}

tg_subject tg_subject_of_action(const char *tool, const char *arguments)
{
    return subject_of(TG_ACTION, tool, arguments);
}

tg_refusal *tg_configure_with(const char *json)
{
    const tg_json *config;
    tg_refusal *refusal = tg_json_parse(tg(json), &config);
    return refusal != NULL ? refusal : tg_configure(config);
}

void tg_fake_table(const char *table, const char *key, const char *value)
{
    if (host.entry_count == ENTRIES_MAX)
        tg_panic("the fake tables can have at most %d keys together", ENTRIES_MAX);
    host.entries[host.entry_count++] = (entry){tg(table), tg(key), tg(value)};
}

void tg_fake_tables_unavailable(const char *reason)
{
    host.unavailable = reason;
}

void tg_fake_clock(uint64_t now_ms)
{
    host.now_ms = now_ms;
}

void tg_fake_prompt_text(const char *text)
{
    host.prompt_text = text;
}

tg_text tg_fake_log(void)
{
    return host.log;
}

size_t tg_fake_lookup_count(void)
{
    return host.lookup_count;
}

void tg_fake_reset(void)
{
    memset(&host, 0, sizeof host);
}

void tg_log_write(tg_log_level level, tg_text message)
{
    static const char *const LEVELS[] = {"debug", "info", "warn", "error"};
    host.log = tg_format("%.*s%s: %.*s\n", TG_ARG(host.log), LEVELS[level], TG_ARG(message));
}

uint64_t tg_clock_now_ms(void)
{
    return host.now_ms;
}

static tg_lookup_result lookup_failure(tg_text table, tg_text *text)
{
    *text = host.unavailable != NULL ? tg(host.unavailable) : table;
    return host.unavailable != NULL ? TG_LOOKUP_UNAVAILABLE : TG_LOOKUP_NOT_GRANTED;
}

static bool is_readable(tg_text table)
{
    for (size_t i = 0; i < host.entry_count && host.unavailable == NULL; i++)
        if (tg_equal(host.entries[i].table, table))
            return true;
    return false;
}

static const entry *find_entry(tg_text table, tg_text key)
{
    for (size_t i = 0; i < host.entry_count; i++)
        if (tg_equal(host.entries[i].table, table) && tg_equal(host.entries[i].key, key))
            return &host.entries[i];
    return NULL;
}

tg_lookup_result tg_lookup_get(tg_text table, tg_text key, tg_text *text)
{
    host.lookup_count++;
    if (!is_readable(table))
        return lookup_failure(table, text);
    const entry *found = find_entry(table, key);
    if (found == NULL)
        return TG_LOOKUP_ABSENT;
    *text = found->value;
    return TG_LOOKUP_FOUND;
}

tg_lookup_result tg_lookup_contains_any(tg_text table, tg_texts keys, bool *found, tg_text *text)
{
    host.lookup_count++;
    if (!is_readable(table))
        return lookup_failure(table, text);
    for (size_t i = 0; i < keys.count; i++)
        found[i] = find_entry(table, keys.items[i]) != NULL;
    return TG_LOOKUP_FOUND;
}

bool tg_prompt_text_read(tg_text *text)
{
    if (host.prompt_text != NULL)
        *text = tg(host.prompt_text);
    return host.prompt_text != NULL;
}
