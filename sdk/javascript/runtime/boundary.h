// The types of `wit/contract.wit` in the memory layout of the canonical ABI, and their conversion
// from and to JavaScript.

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

_Static_assert(sizeof(Finding) == 64, "layout of the canonical ABI");
_Static_assert(sizeof(Result) == 24, "layout of the canonical ABI");

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
