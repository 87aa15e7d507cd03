/* A contract with a key of every type, for the tests that need one. */
#include <assert.h>

#include "../testing/tollgate_fakes.h"

static struct {
    bool strict;
    size_t max;
    double ratio;
    tg_text table;
    tg_texts terms;
    const tg_json *more;
} config;

tg_refusal *tg_configure(const tg_json *json)
{
    const tg_field fields[] = {
        TG_OPTIONAL("strict", &config.strict), TG_REQUIRED("max", &config.max),
        TG_OPTIONAL("ratio", &config.ratio),   TG_OPTIONAL("table", &config.table),
        TG_OPTIONAL("terms", &config.terms),   TG_OPTIONAL("more", &config.more),
    };
    return tg_read(json, fields, TG_COUNT_OF(fields));
}

tg_refusal *tg_judge(const tg_subject *subject, tg_report *report)
{
    (void)subject, (void)report;
    return NULL;
}
