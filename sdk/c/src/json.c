/* Accessors of JSON values. */
#include <stdlib.h>

#include "internal.h"

tg_refusal *tg_json_parse(tg_text text, const tg_json **json)
{
    tg_json_error error;
    *json = tg_json_parse_or(text, &error);
    return *json ? NULL : tg_broken("not JSON: %s at byte %zu", error.reason, error.at);
}

/* Of duplicate keys the last one counts, as in most JSON parsers. */
const tg_json *tg_json_get(const tg_json *json, const char *key)
{
    const tg_json *found = NULL;
    if (json->kind != TG_JSON_OBJECT)
        return NULL;
    for (const tg_json *member = json->first; member != NULL; member = member->next)
        if (tg_equal(member->key, tg(key)))
            found = member;
    return found;
}

double tg_json_number(const tg_json *json)
{
    if (json->kind != TG_JSON_NUMBER)
        tg_panic("`tg_json_number` was called on a value that is not a number");
    return strtod(tg_format("%.*s", TG_ARG(json->text)).data, NULL);
}

bool tg_json_bool(const tg_json *json)
{
    if (json->kind != TG_JSON_BOOL)
        tg_panic("`tg_json_bool` was called on a value that is not a bool");
    return tg_equal(json->text, tg("true"));
}

tg_text tg_json_pointer(const tg_json *json)
{
    if (json->parent == NULL)
        return tg("");
    tg_text parent = tg_json_pointer(json->parent);
    return json->parent->kind == TG_JSON_ARRAY ? tg_pointer_index(parent, json->index)
                                               : tg_pointer_key(parent, json->key);
}
