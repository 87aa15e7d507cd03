/* Tests the JSON parser. */
#include "contract.h"

static const tg_json *read(const char *text)
{
    const tg_json *json;
    assert(tg_json_parse(tg(text), &json) == NULL);
    return json;
}

static void reads_every_kind(void)
{
    const tg_json *json = read(" {\"a\": [1, -2.5e1, true, null], \"b/c\": {\"d\": \"x\"}} ");
    const tg_json *list = tg_json_get(json, "a");
    assert(json->count == 2 && list->count == 4);
    assert(tg_json_number(list->first) == 1 && tg_json_number(list->first->next) == -25);
    assert(tg_json_bool(list->first->next->next));
    assert(list->first->next->next->next->kind == TG_JSON_NULL);
    const tg_json *deep = tg_json_get(tg_json_get(json, "b/c"), "d");
    assert(tg_equal(tg_json_pointer(deep), tg("/b~1c/d")));
    assert(tg_equal(tg_json_pointer(list->first->next), tg("/a/1")));
    assert(tg_json_get(json, "d") == NULL && tg_json_get(list, "a") == NULL);
    assert(tg_json_number(read("123456789012345678901234567890")) == 123456789012345678901234567890.0);
    assert(tg_json_number(tg_json_get(read("{\"a\": 1, \"a\": 2}"), "a")) == 2);
}

static void decodes_strings(void)
{
    assert(tg_equal(read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"")->text, tg("\"\\/\b\f\n\r\t")));
    assert(tg_equal(read("\"\\u00e4\\u20AC\\ud83d\\udc67\\u0041\"")->text, tg("ä€👧A")));
    assert(read("\"\\u0000\"")->text.length == 1);
    assert(tg_equal(read("\"plain ä\"")->text, tg("plain ä")));
    assert(read("\"\"")->text.length == 0);
}

static void refuses_invalid_json(void)
{
    const char *const texts[] = {
        "", " ", "{", "[1,]", "[1 2]", "{\"a\"}", "{\"a\": }", "{a: 1}", "{\"a\": 1,}", "01", "-",
        "1.", ".5", "1e", "+1", "nul", "truex", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
        "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\n\"", "\"\\", "[1] 2", "'a'", "]", "NaN",
    };
    const tg_json *json;
    for (size_t i = 0; i < TG_COUNT_OF(texts); i++) {
        tg_refusal *refusal = tg_json_parse(tg(texts[i]), &json);
        assert(refusal != NULL && refusal->kind == TG_BROKEN && json == NULL);
    }
    tg_text reason = tg_json_parse(tg("[1 2]"), &json)->reason;
    assert(tg_equal(reason, tg("not JSON: `,` or `]` was expected at byte 3")));
}

static void limits_the_depth(void)
{
    char deep[400];
    const tg_json *json;
    memset(deep, '[', sizeof deep);
    assert(tg_json_parse((tg_text){deep, sizeof deep}, &json) != NULL);
    memset(deep + 128, ']', 128);
    assert(tg_json_parse((tg_text){deep, 256}, &json) == NULL);
}

int main(void)
{
    reads_every_kind();
    decodes_strings();
    refuses_invalid_json();
    limits_the_depth();
}
