/* Looking into JSON. */
#include <stdlib.h>

#include "internal.h"

tg_refusal *tg_json_parse(tg_text text, const tg_json **json)
{
    tg_json_error error;
    *json = tg_json_parse_or(text, &error);
    return *json ? NULL : tg_broken("not JSON: %s at byte %zu", error.reason, error.at);
}

/* Of a key that stands twice the last one counts, as for most readers of JSON. */
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
        tg_panic("a number was asked of JSON that is none");
    return strtod(tg_format("%.*s", TG_ARG(json->text)).data, NULL);
}

bool tg_json_bool(const tg_json *json)
{
    if (json->kind != TG_JSON_BOOL)
        tg_panic("a bool was asked of JSON that is none");
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
