// The types of `contract.wit` in the memory layout of the canonical ABI, and their conversion
// from and to JavaScript.

#ifndef BOUNDARY_H
#define BOUNDARY_H

#include <stdint.h>

#include "layout.h"
#include "quickjs.h"

typedef struct {
    uint8_t *bytes;
    uint32_t length;
} Text;

typedef struct {
    uint8_t tag;
    Text first, second;
} Refusal;

typedef struct {
    uint8_t tag;
    union {
        struct { uint32_t start, end; } span;
        Text pointer;
    };
} Place;

typedef struct {
    Text rule;
    uint8_t severity;
    Text message;
    Place place;
    struct { uint8_t some; Text text; } fix;
    struct { uint8_t some; double value; } confidence;
} Finding;

typedef struct {
    Text name;
    double value;
} Measure;

typedef struct {
    Finding *items;
    uint32_t length;
} Findings;

typedef struct {
    uint8_t outcome;
    Findings findings;
    struct { Measure *items; uint32_t length; } measures;
} Report;

typedef struct {
    uint32_t settled;
    Findings findings;
} Progress;

typedef struct {
    uint8_t failed;
    union {
        Report report;
        Progress progress;
        Refusal refusal;
    };
} Result;

ASSERT_SIZE(Text, WIT_STRING);
ASSERT_SIZE(Finding, WIT_FINDING);
ASSERT_FIELD(Finding, rule, WIT_FINDING_RULE);
ASSERT_FIELD(Finding, severity, WIT_FINDING_SEVERITY);
ASSERT_FIELD(Finding, message, WIT_FINDING_MESSAGE);
ASSERT_FIELD(Finding, place.tag, WIT_FINDING_PLACE_TAG);
ASSERT_FIELD(Finding, place.span.start, WIT_FINDING_PLACE_SPAN_START);
ASSERT_FIELD(Finding, place.span.end, WIT_FINDING_PLACE_SPAN_END);
ASSERT_FIELD(Finding, place.pointer, WIT_FINDING_PLACE_POINTER);
ASSERT_FIELD(Finding, fix.some, WIT_FINDING_FIX_TAG);
ASSERT_FIELD(Finding, fix.text, WIT_FINDING_FIX_SOME);
ASSERT_FIELD(Finding, confidence.some, WIT_FINDING_CONFIDENCE_TAG);
ASSERT_FIELD(Finding, confidence.value, WIT_FINDING_CONFIDENCE_SOME);
ASSERT_SIZE(Measure, WIT_MEASURE);
ASSERT_FIELD(Measure, name, WIT_MEASURE_NAME);
ASSERT_FIELD(Measure, value, WIT_MEASURE_VALUE);
ASSERT_SIZE(Result, WIT_RESULT);
ASSERT_FIELD(Result, failed, WIT_RESULT_TAG);
ASSERT_FIELD(Result, report.outcome, WIT_RESULT_REPORT_OUTCOME);
ASSERT_FIELD(Result, report.findings, WIT_RESULT_REPORT_FINDINGS);
ASSERT_FIELD(Result, report.measures, WIT_RESULT_REPORT_MEASURES);
ASSERT_FIELD(Result, progress.settled, WIT_RESULT_PROGRESS_SETTLED);
ASSERT_FIELD(Result, progress.findings, WIT_RESULT_PROGRESS_FINDINGS);
ASSERT_FIELD(Result, refusal.tag, WIT_RESULT_REFUSAL_TAG);
ASSERT_FIELD(Result, refusal.first, WIT_RESULT_REFUSAL_BAD_CONFIG_POINTER);
ASSERT_FIELD(Result, refusal.second, WIT_RESULT_REFUSAL_BAD_CONFIG_REASON);
ASSERT_FIELD(Result, refusal.first, WIT_RESULT_REFUSAL_NOT_APPLICABLE);
ASSERT_FIELD(Result, refusal.first, WIT_RESULT_REFUSAL_BROKEN);

// Memory that passes the boundary is kept until `free_kept`, after the host has read it.
void *keep(void *memory);
void *allocate_kept(uint32_t bytes);
void free_kept(void);

JSValue text_to_js(JSContext *context, Text text);
JSValue get(JSContext *context, JSValueConst object, const char *name);
Text text_of(JSContext *context, JSValueConst value);
Report report_of(JSContext *context, JSValueConst report);
Progress progress_of(JSContext *context, JSValueConst progress);

// Returns whether the pending exception is a refusal, which is an object with a `tag`. A refusal is
// stored and cleared; any other exception stays pending.
int take_refusal(JSContext *context, Refusal *refusal);

#endif
