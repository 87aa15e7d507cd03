/* Watches a draft while it is being written: it may have so many characters, no line of its
 * prompt may stand in it, and it must not be too old. */
#include <tollgate.h>

#define MS_PER_MINUTE 60000
/* A line that short may stand anywhere by chance; a longer one hardly. */
#define CHANCE 20.0

/* What the operator sets. */
static struct {
    size_t max_characters;  /* how many a draft may have */
    size_t leak_characters; /* lines of the prompt with fewer may stand in it */
    size_t max_minutes;     /* how many minutes ago it may have been written */
} config;

/* A draft, as far as it is written. */
struct tg_session {
    tg_texts secrets; /* the lines that may not stand in it, the longest first */
    tg_text rest;     /* what was not looked at yet: a secret may begin there and end later */
    size_t at;        /* where that begins */
    size_t leak_end;  /* where the secret ends that was found last */
    size_t characters;
    size_t leaks;
    bool unsure; /* nobody knows when it was written */
};

tg_refusal *tg_configure(const tg_json *json)
{
    config.max_characters = 1000;
    config.leak_characters = 20;
    config.max_minutes = 60;
    const tg_field fields[] = {
        TG_OPTIONAL("max_characters", &config.max_characters),
        TG_OPTIONAL("leak_characters", &config.leak_characters),
        TG_OPTIONAL("max_minutes", &config.max_minutes),
    };
    return tg_read(json, fields, TG_COUNT_OF(fields));
}

static size_t count_characters(tg_text text)
{
    size_t characters = 0;
    for (size_t at = 0; at < text.length; at++)
        characters += tg_is_boundary(text, at);
    return characters;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static tg_text trim(tg_text line)
{
    size_t start = 0, end = line.length;
    while (start < end && is_blank(line.data[start]))
        start++;
    while (end > start && is_blank(line.data[end - 1]))
        end--;
    return tg_slice(line, start, end);
}

/* Behind those that are as long. */
static void insert(tg_text *secrets, size_t count, tg_text secret)
{
    for (; count > 0 && secrets[count - 1].length < secret.length; count--)
        secrets[count] = secrets[count - 1];
    secrets[count] = secret;
}

/* The lines of the prompt that may not stand in a draft. */
static tg_texts find_secrets(void)
{
    tg_text prompt = tg("");
    tg_prompt_text_read(&prompt);
    size_t lines = 1, count = 0;
    for (size_t at = 0; at < prompt.length; at++)
        lines += prompt.data[at] == '\n';
    tg_text *secrets = tg_allocate(lines * sizeof *secrets);
    for (size_t start = 0, end; lines > 0; lines--, start = end + 1) {
        end = tg_find(prompt, tg("\n"), start);
        tg_text line = trim(tg_slice(prompt, start, end));
        if (count_characters(line) >= config.leak_characters)
            insert(secrets, count++, line);
    }
    return (tg_texts){secrets, count};
}

/* A whole number from 0, as it stands in JSON. */
static bool read_moment(const tg_json *json, uint64_t *moment)
{
    *moment = 0;
    for (size_t i = 0; i < json->text.length; i++) {
        unsigned digit = (unsigned)json->text.data[i] - '0';
        if (digit > 9 || *moment > (UINT64_MAX - digit) / 10)
            return false;
        *moment = *moment * 10 + digit;
    }
    return json->kind == TG_JSON_NUMBER;
}

/* None for what is written in the future: a clock is behind. */
static uint64_t minutes_since(uint64_t moment)
{
    uint64_t now = tg_clock_now_ms();
    return now > moment ? (now - moment) / MS_PER_MINUTE : 0;
}

tg_refusal *tg_begin(const tg_subject *subject, tg_report *report, tg_session **session)
{
    const tg_json *context;
    uint64_t moment;
    tg_refusal *refusal = tg_subject_context(subject, &context);
    if (refusal != NULL)
        return refusal;
    const tg_json *written_at = tg_json_get(context, "written_at");
    bool unsure = written_at == NULL || written_at->kind == TG_JSON_NULL;
    if (!unsure && !read_moment(written_at, &moment))
        return tg_broken("the context does not fit: `written_at` is no moment");

    *session = tg_allocate(sizeof **session);
    (*session)->secrets = find_secrets();
    (*session)->unsure = unsure;
    uint64_t minutes = unsure ? 0 : minutes_since(moment);
    if (unsure)
        tg_info(report, "stale", "the context does not say when it was written");
    else if (minutes > config.max_minutes)
        tg_warning(report, "stale", "it was written %llu minutes ago", (unsigned long long)minutes);
    return NULL;
}

/* Finds the secret that stands right behind `at`, if there is one. */
static void find_leak(tg_session *draft, tg_text text, tg_report *report)
{
    for (size_t i = 0; i < draft->secrets.count; i++) {
        tg_text secret = draft->secrets.items[i];
        if (!tg_has_at(text, 0, secret))
            continue;
        double characters = (double)count_characters(secret);
        tg_finding *leak = tg_critical(report, "prompt-leak", "a line of the prompt stands in the draft");
        draft->leaks++;
        draft->leak_end = draft->at + secret.length;
        tg_at(leak, draft->at, draft->leak_end);
        tg_fix(leak, tg(""));
        tg_confidence(leak, characters / (characters + CHANCE));
        return;
    }
}

/* Looks at every character that nothing can still change. */
static void look(tg_session *draft, bool is_complete, tg_report *report)
{
    tg_text rest = draft->rest;
    size_t window = is_complete || draft->secrets.count == 0 ? 0 : draft->secrets.items[0].length;
    while (rest.length > 0 && rest.length >= window) {
        size_t size = 0;
        tg_next_character(rest, &size);
        if (draft->characters++ == config.max_characters)
            tg_at(tg_error(report, "too-long", "there are more than %zu characters", config.max_characters),
                  draft->at, draft->at + size);
        if (draft->at >= draft->leak_end)
            find_leak(draft, rest, report);
        draft->at += size;
        rest = tg_slice(rest, size, rest.length);
    }
    draft->rest = rest;
}

tg_refusal *tg_push(tg_session *draft, tg_text part, tg_progress *progress)
{
    draft->rest = tg_join(draft->rest, part);
    look(draft, false, progress->report);
    /* A human has to look at all of it, so nothing may go out before. */
    progress->settled = draft->unsure ? 0 : draft->at;
    return NULL;
}

tg_refusal *tg_finish(tg_session *draft, tg_report *report)
{
    look(draft, true, report);
    tg_log_info("%zu characters, %zu leaks", draft->characters, draft->leaks);
    tg_measure(report, "characters", (double)draft->characters);
    tg_measure(report, "leaks", (double)draft->leaks);
    if (draft->unsure && report->outcome == TG_PASS)
        tg_unsure(report);
    return NULL;
}

/* What the tool `send` would send. Places in the text become the place of the text. */
static tg_refusal *judge_message(const tg_subject *subject, tg_report *report)
{
    const tg_json *message;
    tg_refusal *refusal = tg_subject_json(subject, &message);
    if (refusal != NULL)
        return refusal;
    const tg_json *text = tg_json_get(message, "text");
    if (text == NULL || text->kind != TG_JSON_STRING)
        return tg_broken("`send` takes a text, and there is none");
    refusal = tg_whole(subject, text->text, report);
    for (tg_finding *finding = report->findings; finding != NULL; finding = finding->next)
        if (finding->place.kind == TG_SPAN)
            tg_at_json(finding, text);
    return refusal;
}

tg_refusal *tg_judge(const tg_subject *subject, tg_report *report)
{
    if (subject->content == TG_TEXT)
        return tg_whole(subject, subject->text, report);
    if (subject->content == TG_ACTION && tg_equal(subject->tool, tg("send")))
        return judge_message(subject, report);
    return tg_not_applicable("it judges texts, and what `send` would send");
}
