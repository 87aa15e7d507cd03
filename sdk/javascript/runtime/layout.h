/* Generated from wit/0.1.0 by `UPDATE=1 cargo test -p xtask --test it layout`; do not edit.
 * Sizes and offsets in bytes, and the numbers of cases, under the canonical ABI. */
#ifndef WIT_LAYOUT_H
#define WIT_LAYOUT_H

#include <stddef.h>

#define ASSERT_SIZE(type, name)                                                    \
    _Static_assert(sizeof(type) == name##_SIZE && _Alignof(type) == name##_ALIGN,  \
                   "size of `" #type "` in the WIT")
#define ASSERT_FIELD(type, field, offset)                                          \
    _Static_assert(offsetof(type, field) == offset, "`" #type "." #field "` in the WIT")

enum {
    WIT_FINDING_SIZE = 64,
    WIT_FINDING_ALIGN = 8,
    WIT_FINDING_RULE = 0,
    WIT_FINDING_SEVERITY = 8,
    WIT_FINDING_MESSAGE = 12,
    WIT_FINDING_PLACE_TAG = 20,
    WIT_FINDING_PLACE_SPAN_START = 24,
    WIT_FINDING_PLACE_SPAN_END = 28,
    WIT_FINDING_PLACE_POINTER = 24,
    WIT_FINDING_FIX_TAG = 32,
    WIT_FINDING_FIX_SOME = 36,
    WIT_FINDING_CONFIDENCE_TAG = 48,
    WIT_FINDING_CONFIDENCE_SOME = 56,
};

enum {
    WIT_LOOKUP_CONTAINS_ANY_SIZE = 16,
    WIT_LOOKUP_CONTAINS_ANY_ALIGN = 4,
    WIT_LOOKUP_CONTAINS_ANY_TAG = 0,
    WIT_LOOKUP_CONTAINS_ANY_OK = 4,
    WIT_LOOKUP_CONTAINS_ANY_ERROR_TAG = 4,
    WIT_LOOKUP_CONTAINS_ANY_ERROR_NOT_GRANTED = 8,
    WIT_LOOKUP_CONTAINS_ANY_ERROR_UNAVAILABLE = 8,
};

enum {
    WIT_LOOKUP_GET_SIZE = 16,
    WIT_LOOKUP_GET_ALIGN = 4,
    WIT_LOOKUP_GET_TAG = 0,
    WIT_LOOKUP_GET_OK_TAG = 4,
    WIT_LOOKUP_GET_OK_SOME = 8,
    WIT_LOOKUP_GET_ERROR_TAG = 4,
    WIT_LOOKUP_GET_ERROR_NOT_GRANTED = 8,
    WIT_LOOKUP_GET_ERROR_UNAVAILABLE = 8,
};

enum {
    WIT_MEASURE_SIZE = 16,
    WIT_MEASURE_ALIGN = 8,
    WIT_MEASURE_NAME = 0,
    WIT_MEASURE_VALUE = 8,
};

enum {
    WIT_PROMPT_TEXT_READ_SIZE = 12,
    WIT_PROMPT_TEXT_READ_ALIGN = 4,
    WIT_PROMPT_TEXT_READ_TAG = 0,
    WIT_PROMPT_TEXT_READ_SOME = 4,
};

enum {
    WIT_RESULT_SIZE = 24,
    WIT_RESULT_ALIGN = 4,
    WIT_RESULT_TAG = 0,
    WIT_RESULT_REFUSAL_TAG = 4,
    WIT_RESULT_REFUSAL_BAD_CONFIG_POINTER = 8,
    WIT_RESULT_REFUSAL_BAD_CONFIG_REASON = 16,
    WIT_RESULT_REFUSAL_NOT_APPLICABLE = 8,
    WIT_RESULT_REFUSAL_BROKEN = 8,
    WIT_RESULT_REPORT_OUTCOME = 4,
    WIT_RESULT_REPORT_FINDINGS = 8,
    WIT_RESULT_REPORT_MEASURES = 16,
    WIT_RESULT_PROGRESS_SETTLED = 4,
    WIT_RESULT_PROGRESS_FINDINGS = 8,
};

enum {
    WIT_STRING_SIZE = 8,
    WIT_STRING_ALIGN = 4,
};

enum {
    WIT_CONTENT_TEXT = 0,
    WIT_CONTENT_JSON = 1,
    WIT_CONTENT_ACTION = 2,
};
#define WIT_CONTENT_NAMES "text", "json", "action"

enum {
    WIT_LOG_LEVEL_DEBUG = 0,
    WIT_LOG_LEVEL_INFO = 1,
    WIT_LOG_LEVEL_WARN = 2,
    WIT_LOG_LEVEL_ERROR = 3,
};
#define WIT_LOG_LEVEL_NAMES "debug", "info", "warn", "error"

enum {
    WIT_LOOKUP_ERROR_NOT_GRANTED = 0,
    WIT_LOOKUP_ERROR_UNAVAILABLE = 1,
};
#define WIT_LOOKUP_ERROR_NAMES "not-granted", "unavailable"

enum {
    WIT_OUTCOME_PASS = 0,
    WIT_OUTCOME_FAIL = 1,
    WIT_OUTCOME_UNSURE = 2,
};
#define WIT_OUTCOME_NAMES "pass", "fail", "unsure"

enum {
    WIT_PLACE_WHOLE = 0,
    WIT_PLACE_SPAN = 1,
    WIT_PLACE_POINTER = 2,
};
#define WIT_PLACE_NAMES "whole", "span", "pointer"

enum {
    WIT_REFUSAL_BAD_CONFIG = 0,
    WIT_REFUSAL_NOT_APPLICABLE = 1,
    WIT_REFUSAL_BROKEN = 2,
};
#define WIT_REFUSAL_NAMES "bad-config", "not-applicable", "broken"

enum {
    WIT_SEVERITY_INFO = 0,
    WIT_SEVERITY_WARNING = 1,
    WIT_SEVERITY_ERROR = 2,
    WIT_SEVERITY_CRITICAL = 3,
};
#define WIT_SEVERITY_NAMES "info", "warning", "error", "critical"

#endif
