/* Handlers of clang's checks for undefined behaviour, with which `tollgate build` compiles
 * contracts: undefined behaviour ends the judgement with its line, because an index out of bounds
 * must not become a verdict. The first argument of each handler is the place. */
#include "internal.h"

/* Layout of clang's SourceLocation. */
typedef struct location {
    const char *file;
    uint32_t line;
    uint32_t column;
} location;

#define UNDEFINED(name, message, ...)                                                        \
    void __ubsan_handle_##name(const location *at, ##__VA_ARGS__);                         \
    void __ubsan_handle_##name(const location *at, ##__VA_ARGS__)                          \
    {                                                                                      \
        tg_panic_at(at->file, (int)at->line, message);                                     \
    }

#pragma clang diagnostic ignored "-Wgnu-zero-variadic-macro-arguments"
#pragma clang diagnostic ignored "-Wunused-parameter"

UNDEFINED(type_mismatch_v1_abort, "a pointer is NULL or misaligned", uintptr_t pointer)
UNDEFINED(out_of_bounds_abort, "an index is out of bounds", uintptr_t index)
UNDEFINED(pointer_overflow_abort, "a pointer leaves its memory", uintptr_t base, uintptr_t result)
UNDEFINED(add_overflow_abort, "an addition overflows", uintptr_t left, uintptr_t right)
UNDEFINED(sub_overflow_abort, "a subtraction overflows", uintptr_t left, uintptr_t right)
UNDEFINED(mul_overflow_abort, "a multiplication overflows", uintptr_t left, uintptr_t right)
UNDEFINED(negate_overflow_abort, "a negation overflows", uintptr_t value)
UNDEFINED(divrem_overflow_abort, "a division by zero, or one that overflows", uintptr_t left, uintptr_t right)
UNDEFINED(shift_out_of_bounds_abort, "a shift by too many bits, or of a negative number", uintptr_t left,
          uintptr_t right)
UNDEFINED(float_cast_overflow_abort, "a number is too large for an integer", uintptr_t value)
UNDEFINED(load_invalid_value_abort, "a bool or an enum has an invalid value", uintptr_t value)
UNDEFINED(invalid_builtin_abort, "the leading or trailing zeros of 0 are counted")
UNDEFINED(vla_bound_not_positive_abort, "the length of an array is not positive", uintptr_t bound)
UNDEFINED(nonnull_arg_abort, "an argument is NULL but must not be")
UNDEFINED(nonnull_return_v1_abort, "a function returned NULL but must not", const location *returned)
UNDEFINED(builtin_unreachable, "unreachable code was reached")
UNDEFINED(missing_return, "a function ended without returning a value")
