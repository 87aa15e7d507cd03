/* SDK for Tollgate contracts in C, and in other languages that can read a C header.
 *
 * A contract defines two functions, `tg_configure` and `tg_judge`. This header declares the
 * types and functions that they use: texts, JSON, subjects, reports, refusals and the
 * capabilities of the host. It is plain C11 and C++17 and does not depend on WebAssembly.
 *
 * All returned values live in the memory of the judgement and end with it: nothing is freed by
 * hand.
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

/* UTF-8 without a terminating zero. Offsets into it are bytes, as the host counts them. */
typedef struct tg_text {
    const char *data;
    size_t length;
} tg_text;

/* Several texts, in order. */
typedef struct tg_texts {
    const tg_text *items;
    size_t count;
} tg_texts;

/* Result of a search that found nothing. */
#define TG_NOWHERE SIZE_MAX
/* Number of items of an array. */
#define TG_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
/* A text among printf's arguments: `tg_format("%.*s", TG_ARG(text))`. */
#define TG_ARG(text) (int)(text).length, (text).data

/* Returns the text of a C string without copying it. */
static inline tg_text tg(const char *c_string)
{
    tg_text text = {c_string, strlen(c_string)};
    return text;
}

/* Returns the bytes from `start` to `end`, limited to the length of the text. */
tg_text tg_slice(tg_text text, size_t start, size_t end);
bool tg_equal(tg_text one, tg_text other);
/* Returns whether `text` has `part` at the byte `at`. */
bool tg_has_at(tg_text text, size_t at, tg_text part);
/* The same, ignoring the case of ASCII letters. */
bool tg_has_at_ignoring_case(tg_text text, size_t at, tg_text part);
/* Returns the first position of `part` at or after `from`, or TG_NOWHERE. */
size_t tg_find(tg_text text, tg_text part, size_t from);
/* Concatenates two texts. */
tg_text tg_join(tg_text first, tg_text second);
/* Returns a copy with ASCII letters in lower case. */
tg_text tg_lower(tg_text text);
bool tg_is_ascii_alphanumeric(char byte);
/* Returns whether a character begins or the text ends at this byte, so that a span may begin or
 * end there. */
bool tg_is_boundary(tg_text text, size_t at);
/* Returns the character at `*at`, and moves `*at` behind it. Panics at the end of the text. */
uint32_t tg_next_character(tg_text text, size_t *at);
/* Formats a text like printf. */
tg_text tg_format(const char *format, ...) TG_PRINTF(1, 2);

/* Returns zeroed memory that lives as long as the judgement, or as the configuration if it is
 * called in `tg_configure`. */
void *tg_allocate(size_t size);

/* ── Places in JSON (RFC 6901) ─────────────────────────────────────────────────────── */

/* A JSON Pointer is a text. The empty one, `tg("")`, is the whole document. */
tg_text tg_pointer_key(tg_text pointer, tg_text key);
tg_text tg_pointer_index(tg_text pointer, size_t index);

/* ── Refusals ──────────────────────────────────────────────────────────────────────── */

typedef enum tg_refusal_kind {
    TG_BAD_CONFIG,
    TG_NOT_APPLICABLE,
    TG_BROKEN,
} tg_refusal_kind;

/* Reason why a contract makes no report. Functions that may refuse return one, or NULL. */
typedef struct tg_refusal {
    tg_refusal_kind kind;
    tg_text pointer; /* place in the configuration, for TG_BAD_CONFIG */
    tg_text reason;
} tg_refusal;

/* Refuses a configuration, with the place and the reason. */
tg_refusal *tg_bad_config(tg_text pointer, const char *format, ...) TG_PRINTF(2, 3);
/* Refuses a subject whose kind the contract does not judge. */
tg_refusal *tg_not_applicable(const char *format, ...) TG_PRINTF(1, 2);
/* Refuses for any other reason. */
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

/* A value in a JSON document, with its place. */
typedef struct tg_json tg_json;
struct tg_json {
    tg_json_kind kind;
    tg_text text; /* decoded text of a string; source text of a number or bool */
    tg_text key;  /* name in the parent object */
    size_t index; /* position in the parent array or object */
    size_t count; /* number of items or members */
    const tg_json *parent;
    const tg_json *first;
    const tg_json *next;
};

/* Parses a document. Refuses invalid JSON as broken. */
tg_refusal *tg_json_parse(tg_text text, const tg_json **json);
/* Returns the member of this name, or NULL if there is none or `json` is not an object. */
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

/* A key of an object, and the variable that receives its value. */
typedef struct tg_field {
    const char *key;
    tg_field_kind kind;
    void *variable;
    bool required;
} tg_field;

/* A required key, and an optional one that leaves the variable unchanged if it is missing. The
 * type of the variable determines the type of the value: bool, size_t, double, tg_text, tg_texts,
 * or const tg_json * for any value. */
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
    tg_text text; /* the text, or the source of the JSON document or of the action's arguments */
    tg_text tool; /* tool that an action calls */
    const tg_prompt *prompt; /* NULL if the caller does not know it */
    tg_text context;         /* JSON object with further facts */
} tg_subject;

/* Reads the text under judgement. A contract for texts only returns the refusal. */
tg_refusal *tg_subject_text(const tg_subject *subject, tg_text *text);
/* Parses the JSON under judgement: a document, or the arguments of an action. */
tg_refusal *tg_subject_json(const tg_subject *subject, const tg_json **json);
/* Parses the context that the caller provides, such as model, channel or locale. */
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

/* Place of a finding. */
typedef struct tg_place {
    tg_place_kind kind;
    size_t start; /* bytes of the text, end excluded */
    size_t end;
    tg_text pointer;
} tg_place;

/* A finding. */
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

/* Result of judging a subject. It starts as a pass without findings. */
typedef struct tg_report {
    tg_outcome outcome;
    tg_finding *findings;
    tg_finding *last_finding;
    size_t finding_count;
    tg_measurement *measures;
    tg_measurement *last_measure;
    size_t measure_count;
} tg_report;

/* Adds a finding about the whole subject. The functions below give it a place and more. An error
 * or a critical finding turns a pass into a fail. */
tg_finding *tg_finding_add(tg_report *report, tg_severity severity, const char *rule,
                          const char *format, ...) TG_PRINTF(4, 5);
/* Adds a finding that is worth knowing and passes. */
#define tg_info(report, rule, ...) tg_finding_add((report), TG_INFO, (rule), __VA_ARGS__)
/* Adds a finding that is worth changing and passes. */
#define tg_warning(report, rule, ...) tg_finding_add((report), TG_WARNING, (rule), __VA_ARGS__)
/* Adds a finding that must be changed and fails. */
#define tg_error(report, rule, ...) tg_finding_add((report), TG_ERROR, (rule), __VA_ARGS__)
/* Adds a finding that must never go out and fails. */
#define tg_critical(report, rule, ...) tg_finding_add((report), TG_CRITICAL, (rule), __VA_ARGS__)

/* Sets the place to bytes of the subject's text. */
void tg_at(tg_finding *finding, size_t start, size_t end);
/* Sets the place in the subject's JSON. */
void tg_at_pointer(tg_finding *finding, tg_text pointer);
void tg_at_json(tg_finding *finding, const tg_json *json);
/* Sets a replacement for the place. */
void tg_fix(tg_finding *finding, tg_text replacement);
/* Sets the confidence of the rule, from 0 to 1. */
void tg_confidence(tg_finding *finding, double confidence);
/* Adds a finite number that is worth watching over time. */
void tg_measure(tg_report *report, const char *name, double value);
/* Makes the outcome unsure, whatever was found, so that a human decides. */
void tg_unsure(tg_report *report);

/* ── Capabilities of the host ──────────────────────────────────────────────────────── */

/* Calling one of these makes the component import its capability: the manifest has to declare it
 * with a reason, and the operator has to grant it. None can be called in tg_configure. */

typedef enum tg_log_level {
    TG_LOG_DEBUG,
    TG_LOG_INFO,
    TG_LOG_WARN,
    TG_LOG_ERROR,
} tg_log_level;

/* Writes a line into the record of the run. */
void tg_log_write(tg_log_level level, tg_text message);
#define tg_log_debug(...) tg_log_write(TG_LOG_DEBUG, tg_format(__VA_ARGS__))
#define tg_log_info(...) tg_log_write(TG_LOG_INFO, tg_format(__VA_ARGS__))
#define tg_log_warn(...) tg_log_write(TG_LOG_WARN, tg_format(__VA_ARGS__))
#define tg_log_error(...) tg_log_write(TG_LOG_ERROR, tg_format(__VA_ARGS__))

/* Returns the time of the run in milliseconds since 1970 (UTC), the same for all calls. */
uint64_t tg_clock_now_ms(void);

typedef enum tg_lookup_result {
    TG_LOOKUP_FOUND,
    TG_LOOKUP_ABSENT,
    TG_LOOKUP_NOT_GRANTED, /* the contract may not read the table */
    TG_LOOKUP_UNAVAILABLE, /* the host could not read the table */
} tg_lookup_result;

/* Reads the value of a key in one of the operator's tables. `text` receives the value if found,
 * the table's name if not granted, and the host's reason if unavailable. */
tg_lookup_result tg_lookup_get(tg_text table, tg_text key, tg_text *text);
/* Sets `found` for each key to whether the table has it. Returns TG_LOOKUP_FOUND if the table could
 * be read. */
tg_lookup_result tg_lookup_contains_any(tg_text table, tg_texts keys, bool *found, tg_text *text);

/* Reads the text of the pinned prompt. Returns false if the gate pins none. */
bool tg_prompt_text_read(tg_text *text);

/* ── Panics ────────────────────────────────────────────────────────────────────────── */

/* Stops the contract. The host shows the message. A panic is not a refusal but a defect, like a
 * failed `assert`. */
#define tg_panic(...) tg_panic_at(__FILE__, __LINE__, __VA_ARGS__)
void tg_panic_at(const char *file, int line, const char *format, ...)
    __attribute__((noreturn)) TG_PRINTF(3, 4);

/* ── Functions that a contract defines ─────────────────────────────────────────────── */

/* Called once, before any subject. Every judgement starts from the static variables that it set.
 * Returns a refusal if the configuration does not fit, or NULL. */
tg_refusal *tg_configure(const tg_json *config);
/* Judges one subject into an empty report. Returns NULL or a refusal. */
tg_refusal *tg_judge(const tg_subject *subject, tg_report *report);

/* ── Texts that are still being written ────────────────────────────────────────────── */

#if defined(__wasm__) && !defined(TOLLGATE_STREAM)
#define TG_STREAM __attribute__((unavailable("`contract.toml` does not say `stream = true`")))
#else
#define TG_STREAM
#endif

/* Judgement of one text that arrives in parts. A contract that can judge streams defines
 * `struct tg_session` and the three functions below in addition to the two above, and says
 * `stream = true` in its contract.toml. Places count from the start of the text, and the findings
 * must not depend on how the text is cut. */
typedef struct tg_session tg_session TG_STREAM;

/* Progress after a part of the text. */
typedef struct tg_progress {
    /* Report so far. Findings that are added are passed to the host at once, and are final. */
    tg_report *report;
    /* Number of bytes from the start that are settled: later text cannot change the findings
     * about them. */
    size_t settled;
} tg_progress TG_STREAM;

#if !defined(__wasm__) || defined(TOLLGATE_STREAM)
/* Begins to judge a text of which nothing has arrived yet. */
tg_refusal *tg_begin(const tg_subject *subject, tg_report *report, tg_session **session);
/* Judges the next part of the text. */
tg_refusal *tg_push(tg_session *session, tg_text part, tg_progress *progress);
/* Ends the text. The report must become the one that `tg_judge` makes for the whole text. */
tg_refusal *tg_finish(tg_session *session, tg_report *report);

/* Judges a whole text as one part. `tg_judge` can call it, unless it can do better with the whole
 * text. */
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
