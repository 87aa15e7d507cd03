// An exception's message, left where the host finds it after the trap. See
// docs/decisions/0006-last-words.md.

#include "last_words.h"

#include <stdint.h>
#include <string.h>

// The host reads no more.
enum { MESSAGE_BYTES_MAX = 4096 };

// Its address is exported as a global, which is how the host finds it.
__attribute__((visibility("default"))) struct {
    uint32_t length;
    char message[MESSAGE_BYTES_MAX];
} tollgate_last_words __asm__("tollgate-last-words");

static void say(const char *words) {
    size_t length = strlen(words);
    size_t left = MESSAGE_BYTES_MAX - tollgate_last_words.length;
    if (length > left) length = left;
    memcpy(tollgate_last_words.message + tollgate_last_words.length, words, length);
    tollgate_last_words.length += length;
}

static void say_value(JSContext *context, JSValueConst value) {
    const char *words = JS_ToCString(context, value);
    say(words ? words : "an exception that has no words");
}

_Noreturn void die(const char *message) {
    say(message);
    __builtin_trap();
}

// The stack in the author's own files, where the program has left a function for that.
static JSValue translated(JSContext *context, JSValue stack) {
    JSValue global = JS_GetGlobalObject(context);
    JSValue translate = JS_GetPropertyStr(context, global, "tollgateStack");
    if (!JS_IsFunction(context, translate)) return stack;
    JSValue better = JS_Call(context, translate, JS_UNDEFINED, 1, &stack);
    return JS_IsString(better) ? better : stack;
}

_Noreturn void die_of_exception(JSContext *context) {
    JSValue exception = JS_GetException(context);
    say_value(context, exception);
    if (JS_IsError(exception)) {
        JSValue stack = JS_GetPropertyStr(context, exception, "stack");
        if (JS_IsString(stack)) stack = translated(context, stack);
        const char *frames = JS_IsString(stack) ? JS_ToCString(context, stack) : NULL;
        if (frames && *frames) {
            say("\n");
            say(frames);
        }
    }
    __builtin_trap();
}
