/* The end of a contract that cannot go on.
 *
 * A sandbox has no output to print to, and a trapped instance cannot be asked anything.
 * So the words are left in a buffer whose address is exported, and the host reads them
 * from the dead instance's memory: four bytes of length, and the text behind them.
 * Outside a sandbox they are printed, and the process aborts. */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

/* Longer messages are cut: this is a hint for the author, not a log. */
#define MESSAGE_BYTES_MAX 1020

#ifdef __wasm__
/* `tollgate build` has the linker export it. */
#define EXPORTED __asm__("tollgate-last-words") __attribute__((visibility("default")))
#else
#define EXPORTED
#endif

struct last_words {
    uint32_t length;
    char message[MESSAGE_BYTES_MAX + 1]; /* a zero more than the host reads */
};
extern struct last_words tg_last_words EXPORTED;
struct last_words tg_last_words;

#ifdef __wasm__

static void die(void)
{
    __builtin_trap();
}

/* What the C library calls for an `assert` that fails. The library's own would print. */
_Noreturn void __assert_fail(const char *claim, const char *file, int line, const char *function)
{
    tg_panic_at(file, line, "%s: the assertion `%s` failed", function, claim);
}

/* What the C++ library calls instead of throwing. Its own would print, too. */
_Noreturn void cpp_abort(const char *format, ...) __asm__("_ZNSt3__122__libcpp_verbose_abortEPKcz");
_Noreturn void cpp_abort(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tg_text message = tg_format_arguments(format, arguments);
    va_end(arguments);
    tg_panic_at("c++", 0, "%.*s", TG_ARG(message));
}

/* Also what the C library itself ends with. */
_Noreturn void abort(void)
{
    if (tg_last_words.length == 0)
        tg_panic_at("abort", 0, "the contract aborted");
    __builtin_trap();
}

#else

static void die(void)
{
    fprintf(stderr, "%s\n", tg_last_words.message);
    abort();
}

#endif

/* Not with the arena: it may be what ran out. */
static void say(const char *file, int line, const char *format, va_list arguments)
{
    char *message = tg_last_words.message;
    int head = snprintf(message, MESSAGE_BYTES_MAX + 1, "%s:%d: ", file, line);
    size_t length = head < 0 ? 0 : (size_t)head;
    if (length < MESSAGE_BYTES_MAX) {
        int rest = vsnprintf(message + length, MESSAGE_BYTES_MAX + 1 - length, format, arguments);
        length += rest < 0 ? 0 : (size_t)rest;
    }
    length = length < MESSAGE_BYTES_MAX ? length : MESSAGE_BYTES_MAX;
    tg_last_words.length = (uint32_t)length;
}

void tg_panic_at(const char *file, int line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(file, line, format, arguments);
    va_end(arguments);
    die();
    __builtin_unreachable();
}
