// Converts between JavaScript values and the memory layout of the canonical ABI. A value that does
// not fit is a TypeError with an explanation, which stops the sandbox.

#include "boundary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "last_words.h"

typedef struct Allocation {
    struct Allocation *next;
    void *memory;
} Allocation;

static Allocation *allocations;

static void *allocate(size_t bytes) {
    void *memory = malloc(bytes ? bytes : 1);
    if (!memory) die("out of memory");
    return memory;
}

void *keep(void *memory) {
    Allocation *added = allocate(sizeof *added);
    *added = (Allocation){allocations, memory};
    allocations = added;
    return memory;
}

void *allocate_kept(uint32_t bytes) {
    return memset(keep(allocate(bytes)), 0, bytes);
}

void free_kept(void) {
    while (allocations) {
        Allocation *first = allocations;
        allocations = first->next;
        free(first->memory);
        free(first);
    }
}

// Allocates memory for every text and list that the host passes in.
__attribute__((export_name("cabi_realloc")))
void *cabi_realloc(void *old, size_t old_bytes, size_t align, size_t bytes) {
    (void)align;
    if (old_bytes) die("the host resized a value that it passed in");
    (void)old;
    return keep(allocate(bytes));
}

JSValue text_to_js(JSContext *context, Text text) {
    return JS_NewStringLen(context, (const char *)text.bytes, text.length);
}

JSValue get(JSContext *context, JSValueConst object, const char *name) {
    JSValue value = JS_GetPropertyStr(context, object, name);
    if (JS_IsException(value)) die_of_exception(context);
    return value;
}

static _Noreturn void misfit(JSContext *context, const char *name, const char *expected) {
    JS_ThrowTypeError(context, "`%s` is not %s", name, expected);
    die_of_exception(context);
}

Text text_of(JSContext *context, JSValueConst value) {
    size_t length;
    const char *text = JS_ToCStringLen(context, &length, value);
    if (!text) die_of_exception(context);
    Text copy = {allocate_kept(length), length};
    memcpy(copy.bytes, text, length);
    JS_FreeCString(context, text);
    return copy;
}

static Text get_text(JSContext *context, JSValueConst object, const char *name) {
    JSValue value = get(context, object, name);
    if (!JS_IsString(value)) misfit(context, name, "a string");
    Text text = text_of(context, value);
    JS_FreeValue(context, value);
    return text;
}

static double get_number(JSContext *context, JSValueConst object, const char *name) {
    JSValue value = get(context, object, name);
    double number;
    if (!JS_IsNumber(value) || JS_ToFloat64(context, &number, value)) misfit(context, name, "a number");
    return number;
}

// Returns the index of a property's value in a list of names.
static uint8_t get_case(JSContext *context, JSValueConst object, const char *name,
                        const char *const *cases) {
    JSValue value = get(context, object, name);
    const char *text = JS_ToCString(context, value);
    uint8_t which = 0;
    while (text && cases[which] && strcmp(text, cases[which])) which++;
    if (!text || !cases[which]) misfit(context, name, "one of the allowed names");
    JS_FreeCString(context, text);
    JS_FreeValue(context, value);
    return which;
}

static Place get_place(JSContext *context, JSValueConst finding) {
    static const char *const cases[] = {WIT_PLACE_NAMES, NULL};
    JSValue js = get(context, finding, "place");
    Place place = {.tag = get_case(context, js, "tag", cases)};
    if (place.tag == WIT_PLACE_SPAN) {
        JSValue span = get(context, js, "val");
        place.span.start = (uint32_t)get_number(context, span, "start");
        place.span.end = (uint32_t)get_number(context, span, "end");
        JS_FreeValue(context, span);
    }
    if (place.tag == WIT_PLACE_POINTER) place.pointer = get_text(context, js, "val");
    JS_FreeValue(context, js);
    return place;
}

static int has(JSContext *context, JSValueConst object, const char *name) {
    JSValue value = get(context, object, name);
    int there = !JS_IsNull(value) && !JS_IsUndefined(value);
    JS_FreeValue(context, value);
    return there;
}

static Finding finding_of(JSContext *context, JSValueConst js) {
    static const char *const severities[] = {WIT_SEVERITY_NAMES, NULL};
    Finding finding = {
        .rule = get_text(context, js, "rule"),
        .severity = get_case(context, js, "severity", severities),
        .message = get_text(context, js, "message"),
        .place = get_place(context, js),
        .fix.some = has(context, js, "fix"),
        .confidence.some = has(context, js, "confidence"),
    };
    if (finding.fix.some) finding.fix.text = get_text(context, js, "fix");
    if (finding.confidence.some) finding.confidence.value = get_number(context, js, "confidence");
    return finding;
}

static Measure measure_of(JSContext *context, JSValueConst js) {
    return (Measure){get_text(context, js, "name"), get_number(context, js, "value")};
}

static JSValue item(JSContext *context, JSValueConst list, uint32_t index) {
    JSValue value = JS_GetPropertyUint32(context, list, index);
    if (JS_IsException(value)) die_of_exception(context);
    return value;
}

static JSValue get_list(JSContext *context, JSValueConst object, const char *name, uint32_t *length) {
    JSValue list = get(context, object, name);
    if (!JS_IsArray(list)) misfit(context, name, "a list");
    *length = (uint32_t)get_number(context, list, "length");
    return list;
}

static Findings get_findings(JSContext *context, JSValueConst object) {
    Findings findings;
    JSValue list = get_list(context, object, "findings", &findings.length);
    findings.items = allocate_kept(findings.length * sizeof(Finding));
    for (uint32_t i = 0; i < findings.length; i++) {
        JSValue one = item(context, list, i);
        findings.items[i] = finding_of(context, one);
        JS_FreeValue(context, one);
    }
    JS_FreeValue(context, list);
    return findings;
}

Progress progress_of(JSContext *context, JSValueConst js) {
    return (Progress){(uint32_t)get_number(context, js, "settled"), get_findings(context, js)};
}

Report report_of(JSContext *context, JSValueConst js) {
    static const char *const outcomes[] = {WIT_OUTCOME_NAMES, NULL};
    Report report = {
        .outcome = get_case(context, js, "outcome", outcomes),
        .findings = get_findings(context, js),
    };
    JSValue measures = get_list(context, js, "measures", &report.measures.length);
    report.measures.items = allocate_kept(report.measures.length * sizeof(Measure));
    for (uint32_t i = 0; i < report.measures.length; i++) {
        JSValue one = item(context, measures, i);
        report.measures.items[i] = measure_of(context, one);
        JS_FreeValue(context, one);
    }
    JS_FreeValue(context, measures);
    return report;
}

int take_refusal(JSContext *context, Refusal *refusal) {
    static const char *const kinds[] = {WIT_REFUSAL_NAMES, NULL};
    JSValue thrown = JS_GetException(context);
    if (!JS_IsObject(thrown) || !has(context, thrown, "tag")) {
        JS_Throw(context, thrown);
        return 0;
    }
    *refusal = (Refusal){.tag = get_case(context, thrown, "tag", kinds)};
    if (refusal->tag == WIT_REFUSAL_BAD_CONFIG) {
        JSValue bad = get(context, thrown, "val");
        refusal->first = get_text(context, bad, "pointer");
        refusal->second = get_text(context, bad, "reason");
        JS_FreeValue(context, bad);
    } else {
        refusal->first = get_text(context, thrown, "val");
    }
    JS_FreeValue(context, thrown);
    return 1;
}
