/* The exports of `tollgate:contract/judge@0.1.0` under the component model's canonical ABI. The
 * structs have the memory layout of the ABI, which the assertions check against the WIT. No other file
 * of the SDK depends on it. */
#include "internal.h"
#include "layout.h"

#define EXPORT(name) __attribute__((export_name(name)))
#define JUDGE "tollgate:contract/judge@0.1.0#"

typedef struct wire_finding {
    tg_text rule;
    uint8_t severity;
    tg_text message;
    uint8_t place;
    union {
        struct {
            uint32_t start, end;
        } span;
        tg_text pointer;
    };
    struct {
        uint8_t there;
        tg_text text;
    } fix;
    struct {
        uint8_t there;
        double value;
    } confidence;
} wire_finding;
ASSERT_SIZE(tg_text, WIT_STRING);
ASSERT_SIZE(wire_finding, WIT_FINDING);
ASSERT_FIELD(wire_finding, rule, WIT_FINDING_RULE);
ASSERT_FIELD(wire_finding, severity, WIT_FINDING_SEVERITY);
ASSERT_FIELD(wire_finding, message, WIT_FINDING_MESSAGE);
ASSERT_FIELD(wire_finding, place, WIT_FINDING_PLACE_TAG);
ASSERT_FIELD(wire_finding, span.start, WIT_FINDING_PLACE_SPAN_START);
ASSERT_FIELD(wire_finding, span.end, WIT_FINDING_PLACE_SPAN_END);
ASSERT_FIELD(wire_finding, pointer, WIT_FINDING_PLACE_POINTER);
ASSERT_FIELD(wire_finding, fix.there, WIT_FINDING_FIX_TAG);
ASSERT_FIELD(wire_finding, fix.text, WIT_FINDING_FIX_SOME);
ASSERT_FIELD(wire_finding, confidence.there, WIT_FINDING_CONFIDENCE_TAG);
ASSERT_FIELD(wire_finding, confidence.value, WIT_FINDING_CONFIDENCE_SOME);

typedef struct wire_measure {
    tg_text name;
    double value;
} wire_measure;
ASSERT_SIZE(wire_measure, WIT_MEASURE);
ASSERT_FIELD(wire_measure, name, WIT_MEASURE_NAME);
ASSERT_FIELD(wire_measure, value, WIT_MEASURE_VALUE);

typedef struct wire_report {
    uint8_t outcome;
    const wire_finding *findings;
    size_t finding_count;
    const wire_measure *measures;
    size_t measure_count;
} wire_report;

typedef struct wire_refusal {
    uint8_t kind;
    tg_text first; /* pointer of a bad configuration, reason of other refusals */
    tg_text second;
} wire_refusal;

/* result<report, refusal> and result<_, refusal> */
typedef struct wire_result {
    uint8_t refused;
    union {
        wire_report report;
        wire_refusal refusal;
    };
} wire_result;
ASSERT_SIZE(wire_result, WIT_RESULT);
ASSERT_FIELD(wire_result, refused, WIT_RESULT_TAG);
ASSERT_FIELD(wire_result, report.outcome, WIT_RESULT_REPORT_OUTCOME);
ASSERT_FIELD(wire_result, report.findings, WIT_RESULT_REPORT_FINDINGS);
ASSERT_FIELD(wire_result, report.measures, WIT_RESULT_REPORT_MEASURES);
ASSERT_FIELD(wire_result, refusal.kind, WIT_RESULT_REFUSAL_TAG);
ASSERT_FIELD(wire_result, refusal.first, WIT_RESULT_REFUSAL_BAD_CONFIG_POINTER);
ASSERT_FIELD(wire_result, refusal.second, WIT_RESULT_REFUSAL_BAD_CONFIG_REASON);
ASSERT_FIELD(wire_result, refusal.first, WIT_RESULT_REFUSAL_NOT_APPLICABLE);
ASSERT_FIELD(wire_result, refusal.first, WIT_RESULT_REFUSAL_BROKEN);

#define ASSERT_CASE(name, number) _Static_assert((int)name == (int)number, "number of `" #name "` in the WIT")
ASSERT_CASE(TG_TEXT, WIT_CONTENT_TEXT);
ASSERT_CASE(TG_JSON, WIT_CONTENT_JSON);
ASSERT_CASE(TG_ACTION, WIT_CONTENT_ACTION);
ASSERT_CASE(TG_PASS, WIT_OUTCOME_PASS);
ASSERT_CASE(TG_FAIL, WIT_OUTCOME_FAIL);
ASSERT_CASE(TG_UNSURE, WIT_OUTCOME_UNSURE);
ASSERT_CASE(TG_INFO, WIT_SEVERITY_INFO);
ASSERT_CASE(TG_WARNING, WIT_SEVERITY_WARNING);
ASSERT_CASE(TG_ERROR, WIT_SEVERITY_ERROR);
ASSERT_CASE(TG_CRITICAL, WIT_SEVERITY_CRITICAL);
ASSERT_CASE(TG_WHOLE, WIT_PLACE_WHOLE);
ASSERT_CASE(TG_SPAN, WIT_PLACE_SPAN);
ASSERT_CASE(TG_POINTER, WIT_PLACE_POINTER);
ASSERT_CASE(TG_BAD_CONFIG, WIT_REFUSAL_BAD_CONFIG);
ASSERT_CASE(TG_NOT_APPLICABLE, WIT_REFUSAL_NOT_APPLICABLE);
ASSERT_CASE(TG_BROKEN, WIT_REFUSAL_BROKEN);
ASSERT_CASE(TG_LOG_DEBUG, WIT_LOG_LEVEL_DEBUG);
ASSERT_CASE(TG_LOG_INFO, WIT_LOG_LEVEL_INFO);
ASSERT_CASE(TG_LOG_WARN, WIT_LOG_LEVEL_WARN);
ASSERT_CASE(TG_LOG_ERROR, WIT_LOG_LEVEL_ERROR);

static bool configured;
static tg_mark state; /* end of the configured memory */

static wire_finding finding_for_host(const tg_finding *finding)
{
    wire_finding wire = {
        .rule = finding->rule,
        .severity = (uint8_t)finding->severity,
        .message = finding->message,
        .place = (uint8_t)finding->place.kind,
        .fix = {finding->has_fix, finding->fix},
        .confidence = {finding->has_confidence, finding->confidence},
    };
    if (finding->place.kind == TG_SPAN) {
        wire.span.start = (uint32_t)finding->place.start;
        wire.span.end = (uint32_t)finding->place.end;
    } else {
        wire.pointer = finding->place.pointer;
    }
    return wire;
}

static const wire_finding *findings_for_host(const tg_report *report)
{
    wire_finding *wires = tg_allocate(report->finding_count * sizeof *wires);
    wire_finding *wire = wires;
    for (const tg_finding *finding = report->findings; finding != NULL; finding = finding->next)
        *wire++ = finding_for_host(finding);
    return wires;
}

static const wire_measure *measures_for_host(const tg_report *report)
{
    wire_measure *wires = tg_allocate(report->measure_count * sizeof *wires);
    wire_measure *wire = wires;
    for (const tg_measurement *measure = report->measures; measure != NULL; measure = measure->next)
        *wire++ = (wire_measure){measure->name, measure->value};
    return wires;
}

static wire_result *reported(const tg_report *report)
{
    wire_result *result = tg_allocate(sizeof *result);
    result->report = (wire_report){
        .outcome = (uint8_t)report->outcome,
        .findings = findings_for_host(report),
        .finding_count = report->finding_count,
        .measures = measures_for_host(report),
        .measure_count = report->measure_count,
    };
    return result;
}

static wire_result *refused(const tg_refusal *refusal)
{
    bool placed = refusal->kind == TG_BAD_CONFIG;
    wire_result *result = tg_allocate(sizeof *result);
    result->refused = true;
    result->refusal = (wire_refusal){
        .kind = (uint8_t)refusal->kind,
        .first = placed ? refusal->pointer : refusal->reason,
        .second = refusal->reason,
    };
    return result;
}

static tg_refusal *configure(tg_text config)
{
    tg_json_error error;
    if (configured)
        return tg_broken("configured twice");
    configured = true;
    const tg_json *json = tg_json_parse_or(config, &error);
    if (json == NULL)
        return tg_bad_config(tg(""), "not JSON: %s at byte %zu", error.reason, error.at);
    return tg_configure(json);
}

EXPORT(JUDGE "configure")
wire_result *export_configure(const char *config, size_t length)
{
    tg_refusal *refusal = configure((tg_text){config, length});
    wire_result *result = refusal != NULL ? refused(refusal) : tg_allocate(sizeof *result);
    state = tg_arena_mark();
    return result;
}

/* The parameters are a flattened subject: the content's kind with the four words that it may need,
 * whether there is a prompt, its three texts, and the context. */
EXPORT(JUDGE "judge")
wire_result *export_judge(uint32_t content, const char *first, size_t first_length,
                          const char *second, size_t second_length, uint32_t has_prompt,
                          const char *name, size_t name_length, const char *version,
                          size_t version_length, const char *digest, size_t digest_length,
                          const char *context, size_t context_length)
{
    tg_report report = {0};
    tg_prompt prompt = {{name, name_length}, {version, version_length}, {digest, digest_length}};
    bool action = content == TG_ACTION;
    tg_subject subject = {
        .content = (tg_content)content,
        .text = {action ? second : first, action ? second_length : first_length},
        .tool = {action ? first : "", action ? first_length : 0},
        .prompt = has_prompt ? &prompt : NULL,
        .context = {context, context_length},
    };
    if (!configured)
        return refused(tg_broken("judged before it was configured"));
    tg_refusal *refusal = tg_judge(&subject, &report);
    return refusal != NULL ? refused(refusal) : reported(&report);
}

/* Called after the host has read the result. A further judgement (warm-up before the snapshot)
 * starts from the same memory as the first. */
EXPORT("cabi_post_" JUDGE "judge")
void export_judged(wire_result *result)
{
    (void)result;
    tg_arena_return_to(state);
}

/* Allocates memory for values that the host passes in. */
EXPORT("cabi_realloc")
void *export_realloc(void *old, size_t old_size, size_t alignment, size_t size)
{
    (void)alignment;
    return tg_arena_resize(old, old_size, size);
}
