/* Panics.
 *
 * A sandbox has no output to print to, and a trapped instance cannot be called. The message is
 * therefore left in a buffer whose address is exported, and the host reads it from the memory of
 * the trapped instance: four bytes of length, followed by the text. Outside a sandbox the message
 * is printed, and the process aborts. */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

/* Longer messages are cut. This is a hint for the author, not a log. */
#define MESSAGE_BYTES_MAX 1020

#ifdef __wasm__
/* `tollgate build` makes the linker export it. */
#define EXPORTED __asm__("tollgate-last-words") __attribute__((visibility("default")))
#else
#define EXPORTED
#endif

struct last_words {
    uint32_t length;
    char message[MESSAGE_BYTES_MAX + 1]; /* with a terminating zero, which the host does not read */
};
extern struct last_words tg_last_words EXPORTED;
struct last_words tg_last_words;

#ifdef __wasm__

static void die(void)
{
    __builtin_trap();
}

/* Called for a failed `assert`. The default of the C library would print. */
_Noreturn void __assert_fail(const char *claim, const char *file, int line, const char *function)
{
    tg_panic_at(file, line, "%s: the assertion `%s` failed", function, claim);
}

/* Called by the C++ library instead of throwing. Its default would print, too. */
_Noreturn void cpp_abort(const char *format, ...) __asm__("_ZNSt3__122__libcpp_verbose_abortEPKcz");
_Noreturn void cpp_abort(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tg_text message = tg_format_arguments(format, arguments);
    va_end(arguments);
    tg_panic_at("c++", 0, "%.*s", TG_ARG(message));
}

/* Called by contracts and by the C library itself. */
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

/* Formats into the static buffer and not the arena, which may be exhausted. */
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
