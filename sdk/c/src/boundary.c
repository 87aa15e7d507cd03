/* The exports of `tollgate:contract/judge@0.1.0` under the component model's canonical ABI. The
 * structs have the memory layout of the ABI, which the assertions check. No other file of the SDK
 * depends on it. */
#include "internal.h"

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
_Static_assert(sizeof(wire_finding) == 64, "layout of `finding` in contract.wit");

typedef struct wire_measure {
    tg_text name;
    double value;
} wire_measure;
_Static_assert(sizeof(wire_measure) == 16, "layout of `measure` in contract.wit");

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
_Static_assert(sizeof(wire_result) == 24, "layout of the results of `judge` in contract.wit");

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
