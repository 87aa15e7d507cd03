/* Builds reports. */
#include "internal.h"

static void append_finding(tg_report *report, tg_finding *finding)
{
    if (report->last_finding == NULL)
        report->findings = finding;
    else
        report->last_finding->next = finding;
    report->last_finding = finding;
    report->finding_count++;
}

tg_finding *tg_finding_add(tg_report *report, tg_severity severity, const char *rule,
                           const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tg_finding *finding = tg_allocate(sizeof *finding);
    finding->rule = tg(rule);
    finding->severity = severity;
    finding->message = tg_format_arguments(format, arguments);
    va_end(arguments);
    append_finding(report, finding);
    if (severity >= TG_ERROR && report->outcome == TG_PASS)
        report->outcome = TG_FAIL;
    return finding;
}

void tg_at(tg_finding *finding, size_t start, size_t end)
{
    finding->place = (tg_place){.kind = TG_SPAN, .start = start, .end = end};
}

void tg_at_pointer(tg_finding *finding, tg_text pointer)
{
    finding->place = (tg_place){.kind = TG_POINTER, .pointer = pointer};
}

void tg_at_json(tg_finding *finding, const tg_json *json)
{
    tg_at_pointer(finding, tg_json_pointer(json));
}

void tg_fix(tg_finding *finding, tg_text replacement)
{
    finding->has_fix = true;
    finding->fix = replacement;
}

void tg_confidence(tg_finding *finding, double confidence)
{
    finding->has_confidence = true;
    finding->confidence = confidence;
}

void tg_measure(tg_report *report, const char *name, double value)
{
    tg_measurement *measure = tg_allocate(sizeof *measure);
    *measure = (tg_measurement){tg(name), value, NULL};
    if (report->last_measure == NULL)
        report->measures = measure;
    else
        report->last_measure->next = measure;
    report->last_measure = measure;
    report->measure_count++;
}

void tg_unsure(tg_report *report)
{
    report->outcome = TG_UNSURE;
}
