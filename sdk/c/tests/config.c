/* Tests the reading of configurations. */
#include "contract.h"

static void check_refused(const char *json, const char *pointer, const char *reason)
{
    tg_refusal *refusal = tg_configure_with(json);
    assert(refusal != NULL && refusal->kind == TG_BAD_CONFIG);
    assert(tg_equal(refusal->pointer, tg(pointer)));
    assert(tg_find(refusal->reason, tg(reason), 0) != TG_NOWHERE);
}

static void reads_valid_configurations(void)
{
    assert(tg_configure_with("{\"strict\": true, \"max\": 3, \"ratio\": 0.5, \"table\": \"ä\","
                             "\"terms\": [\"a\", \"b\"], \"more\": {\"x\": 1}}") == NULL);
    assert(config.strict && config.max == 3 && config.ratio == 0.5);
    assert(tg_equal(config.table, tg("ä")) && config.terms.count == 2);
    assert(tg_equal(config.terms.items[1], tg("b")));
    assert(config.more->kind == TG_JSON_OBJECT);
    assert(tg_configure_with("{\"max\": 4294967295}") == NULL && config.max == 4294967295);
    assert(tg_configure_with("{\"max\": 2.0}") == NULL && config.max == 2);
}

static void refusals_name_the_place(void)
{
    check_refused("{\"max\": 1, \"m/x\": 2}", "/m~1x", "unknown key `m/x`: the keys are `strict`, `max`");
    check_refused("{}", "", "the key `max` is missing");
    check_refused("[]", "", "an object was expected, but this is an array");
    check_refused("{\"max\": \"1\"}", "/max", "a whole number was expected, but this is a string");
    check_refused("{\"max\": -1}", "/max", "but this is -1");
    check_refused("{\"max\": 1.5}", "/max", "but this is 1.5");
    check_refused("{\"max\": 4294967296}", "/max", "but this is 4294967296");
    check_refused("{\"max\": 1e999}", "/max", "but this is 1e999");
    check_refused("{\"max\": 1, \"terms\": [\"a\", 7]}", "/terms/1", "a string was expected");
    check_refused("{\"max\": 1, \"strict\": 0}", "/strict", "a bool was expected");
    check_refused("{\"max\": 1, \"table\": null}", "/table", "a string was expected, but this is null");
}

int main(void)
{
    reads_valid_configurations();
    refusals_name_the_place();
}
