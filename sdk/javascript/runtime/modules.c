// The modules that a program can import: one for each capability, and one of the runtime itself. The
// build removes the capabilities that a contract does not import from its component.

#include "modules.h"

#include <string.h>

#include "boundary.h"
#include "last_words.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define IMPORT(interface, function) \
    __attribute__((import_module("tollgate:host/" interface "@0.1.0"), import_name(function)))

typedef struct {
    uint8_t some;
    Text text;
} MaybeText;
ASSERT_SIZE(MaybeText, WIT_PROMPT_TEXT_READ);
ASSERT_FIELD(MaybeText, some, WIT_PROMPT_TEXT_READ_TAG);
ASSERT_FIELD(MaybeText, text, WIT_PROMPT_TEXT_READ_SOME);

typedef struct {
    uint8_t tag;
    Text detail; // name of the table, or the host's reason
} LookupError;

typedef struct {
    uint8_t failed;
    union {
        MaybeText value;
        LookupError error;
    };
} Value;
ASSERT_SIZE(Value, WIT_LOOKUP_GET);
ASSERT_FIELD(Value, failed, WIT_LOOKUP_GET_TAG);
ASSERT_FIELD(Value, value.some, WIT_LOOKUP_GET_OK_TAG);
ASSERT_FIELD(Value, value.text, WIT_LOOKUP_GET_OK_SOME);
ASSERT_FIELD(Value, error.tag, WIT_LOOKUP_GET_ERROR_TAG);
ASSERT_FIELD(Value, error.detail, WIT_LOOKUP_GET_ERROR_NOT_GRANTED);
ASSERT_FIELD(Value, error.detail, WIT_LOOKUP_GET_ERROR_UNAVAILABLE);

typedef struct {
    uint8_t failed;
    union {
        struct { uint8_t *items; uint32_t length; } there;
        LookupError error;
    };
} Membership;
ASSERT_SIZE(Membership, WIT_LOOKUP_CONTAINS_ANY);
ASSERT_FIELD(Membership, failed, WIT_LOOKUP_CONTAINS_ANY_TAG);
ASSERT_FIELD(Membership, there, WIT_LOOKUP_CONTAINS_ANY_OK);
ASSERT_FIELD(Membership, error.tag, WIT_LOOKUP_CONTAINS_ANY_ERROR_TAG);
ASSERT_FIELD(Membership, error.detail, WIT_LOOKUP_CONTAINS_ANY_ERROR_NOT_GRANTED);
ASSERT_FIELD(Membership, error.detail, WIT_LOOKUP_CONTAINS_ANY_ERROR_UNAVAILABLE);

IMPORT("log", "write")
void host_log(uint32_t level, const uint8_t *message, uint32_t length);
IMPORT("clock", "now")
uint64_t host_now(void);
IMPORT("lookup", "get")
void host_get(const uint8_t *table, uint32_t table_length, const uint8_t *key, uint32_t key_length,
              Value *answer);
IMPORT("lookup", "contains-any")
void host_contains_any(const uint8_t *table, uint32_t table_length, const Text *keys, uint32_t count,
                       Membership *answer);
IMPORT("prompt-text", "read")
void host_prompt(MaybeText *answer);

static JSValue maybe_text(JSContext *context, MaybeText maybe) {
    return maybe.some ? text_to_js(context, maybe.text) : JS_NULL;
}

// Throws an error whose `payload` is the variant. The SDK converts it to a `LookupError`.
static JSValue lookup_failed(JSContext *context, LookupError failure) {
    static const char *const names[] = {WIT_LOOKUP_ERROR_NAMES};
    JSValue payload = JS_NewObject(context);
    JS_SetPropertyStr(context, payload, "tag", JS_NewString(context, names[failure.tag]));
    JS_SetPropertyStr(context, payload, "val", text_to_js(context, failure.detail));
    JSValue error = JS_NewError(context);
    JS_SetPropertyStr(context, error, "payload", payload);
    return JS_Throw(context, error);
}

static JSValue log_write(JSContext *context, JSValueConst self, int count, JSValueConst *given) {
    static const char *const levels[] = {WIT_LOG_LEVEL_NAMES};
    const char *name = JS_ToCString(context, given[0]);
    if (!name) return JS_EXCEPTION;
    uint32_t level = 0;
    while (level < COUNT(levels) && strcmp(name, levels[level])) level++;
    JS_FreeCString(context, name);
    if (level == COUNT(levels)) return JS_ThrowTypeError(context, "unknown log level");
    Text message = text_of(context, given[1]);
    host_log(level, message.bytes, message.length);
    return JS_UNDEFINED;
}

static JSValue clock_now(JSContext *context, JSValueConst self, int count, JSValueConst *given) {
    return JS_NewFloat64(context, (double)host_now());
}

static JSValue lookup_get(JSContext *context, JSValueConst self, int count, JSValueConst *given) {
    Text table = text_of(context, given[0]), key = text_of(context, given[1]);
    Value answer;
    host_get(table.bytes, table.length, key.bytes, key.length, &answer);
    if (answer.failed) return lookup_failed(context, answer.error);
    return maybe_text(context, answer.value);
}

static JSValue lookup_contains_any(JSContext *context, JSValueConst self, int count,
                                   JSValueConst *given) {
    Text table = text_of(context, given[0]);
    int64_t length;
    if (JS_GetLength(context, given[1], &length)) return JS_EXCEPTION;
    Text *keys = allocate_kept(length * sizeof *keys);
    for (int64_t i = 0; i < length; i++) {
        JSValue key = JS_GetPropertyInt64(context, given[1], i);
        if (JS_IsException(key)) return key;
        keys[i] = text_of(context, key);
        JS_FreeValue(context, key);
    }
    Membership answer;
    host_contains_any(table.bytes, table.length, keys, length, &answer);
    if (answer.failed) return lookup_failed(context, answer.error);
    JSValue list = JS_NewArray(context);
    for (uint32_t i = 0; i < answer.there.length; i++) {
        JS_SetPropertyUint32(context, list, i, JS_NewBool(context, answer.there.items[i]));
    }
    return list;
}

static JSValue prompt_read(JSContext *context, JSValueConst self, int count, JSValueConst *given) {
    MaybeText answer;
    host_prompt(&answer);
    return maybe_text(context, answer);
}

// Returns the number of UTF-8 bytes of a text, for converting spans. Not a capability of the host.
static JSValue byte_length(JSContext *context, JSValueConst self, int count, JSValueConst *given) {
    size_t length;
    const char *text = JS_ToCStringLen(context, &length, given[0]);
    if (!text) return JS_EXCEPTION;
    JS_FreeCString(context, text);
    return JS_NewInt64(context, length);
}

typedef struct {
    const char *module;
    const char *name;
    JSCFunction *function;
    int arguments;
} Export;

static const Export exports[] = {
    {"tollgate:host/log@0.1.0", "write", log_write, 2},
    {"tollgate:host/clock@0.1.0", "now", clock_now, 0},
    {"tollgate:host/lookup@0.1.0", "get", lookup_get, 2},
    {"tollgate:host/lookup@0.1.0", "containsAny", lookup_contains_any, 2},
    {"tollgate:host/prompt-text@0.1.0", "read", prompt_read, 0},
    {"tollgate:runtime", "byteLength", byte_length, 1},
};

static int fill(JSContext *context, JSModuleDef *module) {
    JSAtom atom = JS_GetModuleName(context, module);
    const char *name = JS_AtomToCString(context, atom);
    JS_FreeAtom(context, atom);
    if (!name) return -1;
    for (size_t i = 0; i < COUNT(exports); i++) {
        if (strcmp(exports[i].module, name)) continue;
        JSValue function =
            JS_NewCFunction(context, exports[i].function, exports[i].name, exports[i].arguments);
        JS_SetModuleExport(context, module, exports[i].name, function);
    }
    JS_FreeCString(context, name);
    return 0;
}

JSModuleDef *load_module(JSContext *context, const char *name, void *unused) {
    JSModuleDef *module = NULL;
    for (size_t i = 0; i < COUNT(exports); i++) {
        if (strcmp(exports[i].module, name)) continue;
        if (!module) module = JS_NewCModule(context, name, fill);
        if (!module) return NULL;
        JS_AddModuleExport(context, module, exports[i].name);
    }
    if (!module) JS_ThrowReferenceError(context, "there is no module `%s` in a sandbox", name);
    return module;
}
