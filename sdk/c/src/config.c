/* Reads a JSON object into the variables of a contract. A value that does not fit is refused with
 * its place, so that the operator sees which line to change. */
#include "internal.h"

/* Largest size_t of a sandbox. Tests on 64-bit machines must refuse the same values. */
#define COUNT_MAX 4294967295.0

static tg_refusal *wrong_kind(const tg_json *json, const char *expected)
{
    static const char *const KINDS[] = {"null", "a bool", "a number", "a string", "an array", "an object"};
    tg_text pointer = tg_json_pointer(json);
    return tg_bad_config(pointer, "%s was expected, but this is %s", expected, KINDS[json->kind]);
}

static tg_refusal *read_bool(const tg_json *json, bool *variable)
{
    if (json->kind != TG_JSON_BOOL)
        return wrong_kind(json, "a bool");
    *variable = tg_json_bool(json);
    return NULL;
}

static tg_refusal *read_number(const tg_json *json, double *variable)
{
    if (json->kind != TG_JSON_NUMBER)
        return wrong_kind(json, "a number");
    *variable = tg_json_number(json);
    return NULL;
}

static tg_refusal *read_count(const tg_json *json, size_t *variable)
{
    double number = 0;
    if (json->kind != TG_JSON_NUMBER)
        return wrong_kind(json, "a whole number");
    number = tg_json_number(json);
    if (!(number >= 0 && number <= COUNT_MAX) || number != (double)(uint32_t)number)
        return tg_bad_config(tg_json_pointer(json), "a whole number from 0 to 4294967295 was expected, but this is %.*s",
                             TG_ARG(json->text));
    *variable = (size_t)number;
    return NULL;
}

static tg_refusal *read_text(const tg_json *json, tg_text *variable)
{
    if (json->kind != TG_JSON_STRING)
        return wrong_kind(json, "a string");
    *variable = json->text;
    return NULL;
}

static tg_refusal *read_texts(const tg_json *json, tg_texts *variable)
{
    if (json->kind != TG_JSON_ARRAY)
        return wrong_kind(json, "an array of strings");
    tg_text *items = tg_allocate(json->count * sizeof *items);
    for (const tg_json *item = json->first; item != NULL; item = item->next) {
        tg_refusal *refusal = read_text(item, &items[item->index]);
        if (refusal != NULL)
            return refusal;
    }
    *variable = (tg_texts){items, json->count};
    return NULL;
}

static tg_refusal *read_field(const tg_field *field, const tg_json *json)
{
    switch (field->kind) {
    case TG_FIELD_BOOL: return read_bool(json, field->variable);
    case TG_FIELD_COUNT: return read_count(json, field->variable);
    case TG_FIELD_NUMBER: return read_number(json, field->variable);
    case TG_FIELD_TEXT: return read_text(json, field->variable);
    case TG_FIELD_TEXTS: return read_texts(json, field->variable);
    case TG_FIELD_JSON: *(const tg_json **)field->variable = json; return NULL;
    }
    tg_panic("the field `%s` has an unknown kind", field->key);
}

static tg_text known_keys(const tg_field *fields, size_t field_count)
{
    tg_text keys = tg("");
    for (size_t i = 0; i < field_count; i++)
        keys = tg_format("%.*s%s`%s`", TG_ARG(keys), i == 0 ? "" : ", ", fields[i].key);
    return keys;
}

static tg_refusal *check_key(const tg_json *member, const tg_field *fields, size_t field_count)
{
    for (size_t i = 0; i < field_count; i++)
        if (tg_equal(member->key, tg(fields[i].key)))
            return NULL;
    tg_text known = known_keys(fields, field_count);
    return tg_bad_config(tg_json_pointer(member), "unknown key `%.*s`: the keys are %.*s",
                         TG_ARG(member->key), TG_ARG(known));
}

static tg_refusal *find_field(const tg_json *object, const tg_field *field)
{
    const tg_json *member = tg_json_get(object, field->key);
    if (member != NULL)
        return read_field(field, member);
    if (field->required)
        return tg_bad_config(tg_json_pointer(object), "the key `%s` is missing", field->key);
    return NULL;
}

tg_refusal *tg_read(const tg_json *object, const tg_field *fields, size_t field_count)
{
    tg_refusal *refusal = NULL;
    if (object->kind != TG_JSON_OBJECT)
        return wrong_kind(object, "an object");
    for (const tg_json *member = object->first; member != NULL && refusal == NULL; member = member->next)
        refusal = check_key(member, fields, field_count);
    for (size_t i = 0; i < field_count && refusal == NULL; i++)
        refusal = find_field(object, &fields[i]);
    return refusal;
}
