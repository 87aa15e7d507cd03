/* Reports texts that shout. */
#include <tollgate.h>

/* Configuration, set by the operator. */
static struct {
    size_t max; /* number of exclamation marks that a text may have */
} config;

tg_refusal *tg_configure(const tg_json *json)
{
    const tg_field fields[] = {
        TG_REQUIRED("max", &config.max),
    };
    return tg_read(json, fields, TG_COUNT_OF(fields));
}

/* Judges one text. */
tg_refusal *tg_judge(const tg_subject *subject, tg_report *report)
{
    tg_text text;
    tg_refusal *refusal = tg_subject_text(subject, &text);
    if (refusal != NULL)
        return refusal;

    size_t marks = 0;
    for (size_t at = 0; at < text.length; at++) {
        if (text.data[at] != '!' || ++marks <= config.max)
            continue;
        tg_finding *finding = tg_error(report, "shouting", "one exclamation mark too many");
        tg_at(finding, at, at + 1);
        tg_fix(finding, tg("."));
    }
    tg_measure(report, "exclamation-marks", (double)marks);
    return NULL;
}
