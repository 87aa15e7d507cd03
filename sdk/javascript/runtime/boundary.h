// The types of `wit/contract.wit` as the canonical ABI lays them out in memory, and the
// way between them and JavaScript.

#ifndef BOUNDARY_H
#define BOUNDARY_H

#include <stdint.h>

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

_Static_assert(sizeof(Finding) == 64, "as the canonical ABI has it");
_Static_assert(sizeof(Result) == 24, "as the canonical ABI has it");

// Memory that lasts until `forget`: what went over the boundary and was read there.
void *keep(void *memory);
void *kept(uint32_t bytes);
void forget(void);

JSValue text_to_js(JSContext *context, Text text);
JSValue get(JSContext *context, JSValueConst object, const char *name);
Text text_of(JSContext *context, JSValueConst value);
Report report_of(JSContext *context, JSValueConst report);
Progress progress_of(JSContext *context, JSValueConst progress);

// Whether the exception that is pending is a refusal: an object with a `tag`. It is
// written down and no longer pending, or it is left as it was.
int take_refusal(JSContext *context, Refusal *refusal);

#endif
