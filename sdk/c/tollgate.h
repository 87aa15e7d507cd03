/* Tollgate contracts in C, and in whatever reads a C header.
 *
 * A contract defines two functions, `tg_configure` and `tg_judge`. This header has the
 * words that they are written in: texts, JSON, subjects, reports, refusals, and what a
 * contract may ask of its host. It is plain C11 and C++17, and knows nothing of WebAssembly.
 *
 * Whatever these functions return lies in memory of the judgement and is gone with it:
 * nothing here is ever freed by hand.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TOLLGATE_H
#define TOLLGATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TG_SDK_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

#define TG_PRINTF(at, first) __attribute__((format(printf, at, first)))

/* ── Texts ─────────────────────────────────────────────────────────────────────────── */

/* UTF-8, not ended by a zero. Offsets into it are bytes, as the host counts them. */
typedef struct tg_text {
    const char *data;
    size_t length;
} tg_text;

/* Several texts, in order. */
typedef struct tg_texts {
    const tg_text *items;
    size_t count;
} tg_texts;

/* Where nothing was found. */
#define TG_NOWHERE SIZE_MAX
/* How many items an array has. */
#define TG_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
/* A text among printf's arguments: `tg_format("%.*s", TG_ARG(text))`. */
#define TG_ARG(text) (int)(text).length, (text).data

/* The text of a C string, which is not copied. */
static inline tg_text tg(const char *c_string)
{
    tg_text text = {c_string, strlen(c_string)};
    return text;
}

/* The bytes from `start` up to `end`, cut to what is there. */
tg_text tg_slice(tg_text text, size_t start, size_t end);
bool tg_equal(tg_text one, tg_text other);
/* Whether `text` has `part` at the byte `at`. */
bool tg_has_at(tg_text text, size_t at, tg_text part);
/* The same, where `A` and `a` count as one. Only ASCII letters have two cases here. */
bool tg_has_at_ignoring_case(tg_text text, size_t at, tg_text part);
/* Where `part` stands first at or behind `from`, else TG_NOWHERE. */
size_t tg_find(tg_text text, tg_text part, size_t from);
/* One text right behind the other. */
tg_text tg_join(tg_text first, tg_text second);
/* With ASCII letters in lower case. */
tg_text tg_lower(tg_text text);
bool tg_is_ascii_alphanumeric(char byte);
/* Whether a character begins or the text ends at this byte: spans begin and end there. */
bool tg_is_boundary(tg_text text, size_t at);
/* The character that begins at `*at`, which moves behind it. Not at the text's end. */
uint32_t tg_next_character(tg_text text, size_t *at);
/* What printf would print. */
tg_text tg_format(const char *format, ...) TG_PRINTF(1, 2);

/* Zeroed memory that lives as long as the judgement, or as the configuration. */
void *tg_allocate(size_t size);

/* ── Places in JSON (RFC 6901) ─────────────────────────────────────────────────────── */

/* A pointer is a text; the whole document is the empty one, `tg("")`. */
tg_text tg_pointer_key(tg_text pointer, tg_text key);
tg_text tg_pointer_index(tg_text pointer, size_t index);

/* ── Refusals ──────────────────────────────────────────────────────────────────────── */

typedef enum tg_refusal_kind {
    TG_BAD_CONFIG,
    TG_NOT_APPLICABLE,
    TG_BROKEN,
} tg_refusal_kind;

/* Why no report could be made. Functions that may refuse return one, else NULL. */
typedef struct tg_refusal {
    tg_refusal_kind kind;
    tg_text pointer; /* where in the configuration, for TG_BAD_CONFIG */
    tg_text reason;
} tg_refusal;

/* The configuration does not fit: where, and why. */
tg_refusal *tg_bad_config(tg_text pointer, const char *format, ...) TG_PRINTF(2, 3);
/* This contract does not judge subjects of this kind. */
tg_refusal *tg_not_applicable(const char *format, ...) TG_PRINTF(1, 2);
/* Anything else. */
tg_refusal *tg_broken(const char *format, ...) TG_PRINTF(1, 2);

/* ── JSON ──────────────────────────────────────────────────────────────────────────── */

typedef enum tg_json_kind {
    TG_JSON_NULL,
    TG_JSON_BOOL,
    TG_JSON_NUMBER,
    TG_JSON_STRING,
    TG_JSON_ARRAY,
    TG_JSON_OBJECT,
} tg_json_kind;

/* A value in a JSON document. It knows where it stands. */
typedef struct tg_json tg_json;
struct tg_json {
    tg_json_kind kind;
    tg_text text; /* a string's characters; a number or a bool as it is written */
    tg_text key;  /* its name, in an object */
    size_t index; /* its place, in an array or object */
    size_t count; /* how many it holds */
    const tg_json *parent;
    const tg_json *first;
    const tg_json *next;
};

/* Reads a document. Refuses as broken what is not JSON. */
tg_refusal *tg_json_parse(tg_text text, const tg_json **json);
/* The member of this name, or NULL; also NULL for what is no object. */
const tg_json *tg_json_get(const tg_json *json, const char *key);
double tg_json_number(const tg_json *json);
bool tg_json_bool(const tg_json *json);
tg_text tg_json_pointer(const tg_json *json);

/* ── Configuration ─────────────────────────────────────────────────────────────────── */

typedef enum tg_field_kind {
    TG_FIELD_BOOL,
    TG_FIELD_COUNT,
    TG_FIELD_NUMBER,
    TG_FIELD_TEXT,
    TG_FIELD_TEXTS,
    TG_FIELD_JSON,
} tg_field_kind;

/* A key of an object, and the variable that its value goes into. */
typedef struct tg_field {
    const char *key;
    tg_field_kind kind;
    void *variable;
    bool required;
} tg_field;

/* A key that has to be there, and one that leaves the variable alone where it is not. The
 * variable's type says what is wanted: bool, size_t, double, tg_text, tg_texts, or
 * const tg_json * for anything. */
#define TG_REQUIRED(key, variable) {(key), TG_KIND_OF(variable), (variable), true}
#define TG_OPTIONAL(key, variable) {(key), TG_KIND_OF(variable), (variable), false}

#ifndef __cplusplus
#define TG_KIND_OF(variable)                                                               \
    _Generic((variable),                                                                   \
        bool *: TG_FIELD_BOOL,                                                             \
        size_t *: TG_FIELD_COUNT,                                                          \
        double *: TG_FIELD_NUMBER,                                                         \
        tg_text *: TG_FIELD_TEXT,                                                          \
        tg_texts *: TG_FIELD_TEXTS,                                                        \
        const tg_json **: TG_FIELD_JSON)
#endif

/* Reads an object into variables, and refuses keys that are not among the fields. */
tg_refusal *tg_read(const tg_json *object, const tg_field *fields, size_t field_count);

/* ── Subjects ──────────────────────────────────────────────────────────────────────── */

typedef enum tg_content {
    TG_TEXT,
    TG_JSON,
    TG_ACTION,
} tg_content;

/* The prompt version that produced a subject. */
typedef struct tg_prompt {
    tg_text name;
    tg_text version;
    tg_text digest;
} tg_prompt;

/* One AI output under judgement. */
typedef struct tg_subject {
    tg_content content;
    tg_text text; /* the text, the JSON document, or the action's arguments, as written */
    tg_text tool; /* which tool an action calls */
    const tg_prompt *prompt; /* NULL where the caller does not know it */
    tg_text context;         /* what else is known: a JSON object */
} tg_subject;

/* The text under judgement. A contract that only reads texts passes the refusal on. */
tg_refusal *tg_subject_text(const tg_subject *subject, tg_text *text);
/* The JSON under judgement: a document, or the arguments of an action. */
tg_refusal *tg_subject_json(const tg_subject *subject, const tg_json **json);
/* What else the caller knows. */
tg_refusal *tg_subject_context(const tg_subject *subject, const tg_json **context);

/* ── Reports ───────────────────────────────────────────────────────────────────────── */

typedef enum tg_outcome {
    TG_PASS,
    TG_FAIL,
    TG_UNSURE,
} tg_outcome;

typedef enum tg_severity {
    TG_INFO,
    TG_WARNING,
    TG_ERROR,
    TG_CRITICAL,
} tg_severity;

typedef enum tg_place_kind {
    TG_WHOLE,
    TG_SPAN,
    TG_POINTER,
} tg_place_kind;

/* Where a finding applies. */
typedef struct tg_place {
    tg_place_kind kind;
    size_t start; /* bytes of the text, end excluded */
    size_t end;
    tg_text pointer;
} tg_place;

/* One reason. */
typedef struct tg_finding tg_finding;
struct tg_finding {
    tg_text rule;
    tg_severity severity;
    tg_text message;
    tg_place place;
    bool has_fix;
    tg_text fix;
    bool has_confidence;
    double confidence;
    tg_finding *next;
};

/* A number worth watching over time. */
typedef struct tg_measurement tg_measurement;
struct tg_measurement {
    tg_text name;
    double value;
    tg_measurement *next;
};

/* What a contract says of a subject. It begins as a pass without findings. */
typedef struct tg_report {
    tg_outcome outcome;
    tg_finding *findings;
    tg_finding *last_finding;
    size_t finding_count;
    tg_measurement *measures;
    tg_measurement *last_measure;
    size_t measure_count;
} tg_report;

/* Adds a finding about the whole subject. Say where, and more of it, with the functions
 * below. An error or a critical one turns a pass into a fail. */
tg_finding *tg_finding_add(tg_report *report, tg_severity severity, const char *rule,
                          const char *format, ...) TG_PRINTF(4, 5);
/* Worth knowing; passes. */
#define tg_info(report, rule, ...) tg_finding_add((report), TG_INFO, (rule), __VA_ARGS__)
/* Worth changing; passes. */
#define tg_warning(report, rule, ...) tg_finding_add((report), TG_WARNING, (rule), __VA_ARGS__)
/* Must change; fails. */
#define tg_error(report, rule, ...) tg_finding_add((report), TG_ERROR, (rule), __VA_ARGS__)
/* Must never go out; fails. */
#define tg_critical(report, rule, ...) tg_finding_add((report), TG_CRITICAL, (rule), __VA_ARGS__)

/* It applies to these bytes of the subject's text. */
void tg_at(tg_finding *finding, size_t start, size_t end);
/* It applies to this place in the subject's JSON. */
void tg_at_pointer(tg_finding *finding, tg_text pointer);
void tg_at_json(tg_finding *finding, const tg_json *json);
/* What could stand there instead. */
void tg_fix(tg_finding *finding, tg_text replacement);
/* How sure the rule is, from 0 to 1. */
void tg_confidence(tg_finding *finding, double confidence);
/* A finite number worth watching over time. */
void tg_measure(tg_report *report, const char *name, double value);
/* This contract cannot tell, whatever it found; a human looks. */
void tg_unsure(tg_report *report);

/* ── What a contract may ask of its host ───────────────────────────────────────────── */

/* Calling one of these makes the component import its capability: the manifest has to
 * declare it with a reason, and the operator to grant it. None answers in tg_configure. */

typedef enum tg_log_level {
    TG_LOG_DEBUG,
    TG_LOG_INFO,
    TG_LOG_WARN,
    TG_LOG_ERROR,
} tg_log_level;

/* A line for the run's record. */
void tg_log_write(tg_log_level level, tg_text message);
#define tg_log_debug(...) tg_log_write(TG_LOG_DEBUG, tg_format(__VA_ARGS__))
#define tg_log_info(...) tg_log_write(TG_LOG_INFO, tg_format(__VA_ARGS__))
#define tg_log_warn(...) tg_log_write(TG_LOG_WARN, tg_format(__VA_ARGS__))
#define tg_log_error(...) tg_log_write(TG_LOG_ERROR, tg_format(__VA_ARGS__))

/* The one moment of the run, in milliseconds since 1970 (UTC). */
uint64_t tg_clock_now_ms(void);

typedef enum tg_lookup_result {
    TG_LOOKUP_FOUND,
    TG_LOOKUP_ABSENT,
    TG_LOOKUP_NOT_GRANTED, /* this contract may not read the table */
    TG_LOOKUP_UNAVAILABLE, /* the host could not answer */
} tg_lookup_result;

/* What stands beside a key in one of the operator's tables. `text` is the value where
 * there is one; where the table did not answer, the table's name or the host's reason. */
tg_lookup_result tg_lookup_get(tg_text table, tg_text key, tg_text *text);
/* For each key, whether the table has it: one of `found` each. TG_LOOKUP_FOUND where the
 * table answered. */
tg_lookup_result tg_lookup_contains_any(tg_text table, tg_texts keys, bool *found, tg_text *text);

/* The text of the pinned prompt, where there is one. */
bool tg_prompt_text_read(tg_text *text);

/* ── The end ───────────────────────────────────────────────────────────────────────── */

/* Stops the contract for good. The host shows the message; it is no refusal but a defect,
 * as a failed `assert` is. */
#define tg_panic(...) tg_panic_at(__FILE__, __LINE__, __VA_ARGS__)
void tg_panic_at(const char *file, int line, const char *format, ...)
    __attribute__((noreturn)) TG_PRINTF(3, 4);

/* ── What a contract defines ───────────────────────────────────────────────────────── */

/* Called once, before any subject. Every judgement starts from what it left in static
 * variables. Refuse a configuration that does not fit; else return NULL. */
tg_refusal *tg_configure(const tg_json *config);
/* Judges one subject into an empty report. Return NULL, or refuse. */
tg_refusal *tg_judge(const tg_subject *subject, tg_report *report);

/* ── Texts that are still being written ────────────────────────────────────────────── */

#if defined(__wasm__) && !defined(TOLLGATE_STREAM)
#define TG_STREAM __attribute__((unavailable("`contract.toml` does not say `stream = true`")))
#else
#define TG_STREAM
#endif

/* One text that arrives in parts. A contract that can judge it so says what a
 * `struct tg_session` holds, defines the three functions below beside the two above, and
 * says `stream = true` in its contract.toml. Places count from the start of the text, and
 * what is said of it never depends on how it is cut. */
typedef struct tg_session tg_session TG_STREAM;

/* What can be said of a text before it is complete. */
typedef struct tg_progress {
    /* All that was found so far. What is added to it is told at once, and stays. */
    tg_report *report;
    /* How many bytes from the start are settled: nothing that may still come changes what
     * is said of them. */
    size_t settled;
} tg_progress TG_STREAM;

#if !defined(__wasm__) || defined(TOLLGATE_STREAM)
/* Begins to judge a text of which nothing is there yet. */
tg_refusal *tg_begin(const tg_subject *subject, tg_report *report, tg_session **session);
/* More of the text. */
tg_refusal *tg_push(tg_session *session, tg_text part, tg_progress *progress);
/* The text is complete. The report becomes the one that `tg_judge` makes of the whole. */
tg_refusal *tg_finish(tg_session *session, tg_report *report);

/* Judges a whole text in one part: what `tg_judge` does, where there is nothing that it
 * could do better with all of the text before it. */
static inline tg_refusal *tg_whole(const tg_subject *subject, tg_text text, tg_report *report)
{
    tg_session *session = NULL;
    tg_progress progress = {report, 0};
    tg_refusal *refusal = tg_begin(subject, report, &session);
    if (refusal == NULL)
        refusal = tg_push(session, text, &progress);
    return refusal != NULL ? refusal : tg_finish(session, report);
}
#endif

#ifdef __cplusplus
}

constexpr tg_field_kind TG_KIND_OF(bool *) { return TG_FIELD_BOOL; }
constexpr tg_field_kind TG_KIND_OF(size_t *) { return TG_FIELD_COUNT; }
constexpr tg_field_kind TG_KIND_OF(double *) { return TG_FIELD_NUMBER; }
constexpr tg_field_kind TG_KIND_OF(tg_text *) { return TG_FIELD_TEXT; }
constexpr tg_field_kind TG_KIND_OF(tg_texts *) { return TG_FIELD_TEXTS; }
constexpr tg_field_kind TG_KIND_OF(const tg_json **) { return TG_FIELD_JSON; }
#endif

#endif
