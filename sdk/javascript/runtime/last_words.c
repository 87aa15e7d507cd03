// Leaves the message of an exception where the host finds it after the trap. See
// docs/decisions/0006-last-words.md.

#include "last_words.h"

#include <stdint.h>
#include <string.h>

// The host reads at most this many bytes.
enum { MESSAGE_BYTES_MAX = 4096 };

// The host finds the buffer through an exported global with its address.
__attribute__((visibility("default"))) struct {
    uint32_t length;
    char message[MESSAGE_BYTES_MAX];
} tollgate_last_words __asm__("tollgate-last-words");

static void append(const char *text) {
    size_t length = strlen(text);
    size_t left = MESSAGE_BYTES_MAX - tollgate_last_words.length;
    if (length > left) length = left;
    memcpy(tollgate_last_words.message + tollgate_last_words.length, text, length);
    tollgate_last_words.length += length;
}

static void append_value(JSContext *context, JSValueConst value) {
    const char *text = JS_ToCString(context, value);
    append(text ? text : "an exception without a message");
}

_Noreturn void die(const char *message) {
    append(message);
    __builtin_trap();
}

// Maps the stack to the author's files, if the program has set a function for that. The function may add help
// about the exception.
static JSValue map_stack(JSContext *context, JSValue stack, JSValue exception) {
    JSValue global = JS_GetGlobalObject(context);
    JSValue translate = JS_GetPropertyStr(context, global, "tollgateStack");
    if (!JS_IsFunction(context, translate)) return stack;
    JSValue given[] = {stack, exception};
    JSValue mapped = JS_Call(context, translate, JS_UNDEFINED, 2, given);
    return JS_IsString(mapped) ? mapped : stack;
}

_Noreturn void die_of_exception(JSContext *context) {
    JSValue exception = JS_GetException(context);
    append_value(context, exception);
    if (JS_IsError(exception)) {
        JSValue stack = JS_GetPropertyStr(context, exception, "stack");
        if (JS_IsString(stack)) stack = map_stack(context, stack, exception);
        const char *frames = JS_IsString(stack) ? JS_ToCString(context, stack) : NULL;
        if (frames && *frames) {
            append("\n");
            append(frames);
        }
    }
    __builtin_trap();
}
