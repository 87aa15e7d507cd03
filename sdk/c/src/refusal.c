/* Constructors of refusals. */
#include "internal.h"

static tg_refusal *refuse(tg_refusal_kind kind, tg_text pointer, tg_text reason)
{
    tg_refusal *refusal = tg_allocate(sizeof *refusal);
    *refusal = (tg_refusal){kind, pointer, reason};
    return refusal;
}

tg_refusal *tg_bad_config(tg_text pointer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tg_text reason = tg_format_arguments(format, arguments);
    va_end(arguments);
    return refuse(TG_BAD_CONFIG, pointer, reason);
}

tg_refusal *tg_not_applicable(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tg_text reason = tg_format_arguments(format, arguments);
    va_end(arguments);
    return refuse(TG_NOT_APPLICABLE, tg(""), reason);
}

tg_refusal *tg_broken(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tg_text reason = tg_format_arguments(format, arguments);
    va_end(arguments);
    return refuse(TG_BROKEN, tg(""), reason);
}
