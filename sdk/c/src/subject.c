/* Accessors of subjects. */
#include "internal.h"

static tg_refusal *wrong_subject(const char *expected, const tg_subject *subject)
{
    static const char *const KINDS[] = {"a text", "a JSON document", "an action"};
    return tg_not_applicable("this contract judges %s, but the subject is %s", expected,
                             KINDS[subject->content]);
}

tg_refusal *tg_subject_text(const tg_subject *subject, tg_text *text)
{
    if (subject->content != TG_TEXT)
        return wrong_subject("a text", subject);
    *text = subject->text;
    return NULL;
}

tg_refusal *tg_subject_json(const tg_subject *subject, const tg_json **json)
{
    if (subject->content == TG_TEXT)
        return wrong_subject("JSON", subject);
    return tg_json_parse(subject->text, json);
}

tg_refusal *tg_subject_context(const tg_subject *subject, const tg_json **context)
{
    return tg_json_parse(subject->context, context);
}
