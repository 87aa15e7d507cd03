/* The exports of `tollgate:contract/judge-stream@0.1.0`, in addition to those of boundary.c. The
 * report grows with the text, and the host receives its new findings after each part. */
#include "internal.h"

#define JUDGE_STREAM "tollgate:contract/judge-stream@0.1.0#"

/* result<progress, refusal>, if it is not a refusal */
typedef struct wire_progress {
    uint8_t refused;
    uint32_t settled;
    const wire_finding *findings;
    size_t finding_count;
} wire_progress;
ASSERT_FIELD(wire_progress, refused, WIT_RESULT_TAG);
ASSERT_FIELD(wire_progress, settled, WIT_RESULT_PROGRESS_SETTLED);
ASSERT_FIELD(wire_progress, findings, WIT_RESULT_PROGRESS_FINDINGS);

/* A sandbox judges one text, whose memory is kept until its end. */
static struct {
    bool began;
    tg_subject subject;
    tg_prompt prompt;
    tg_session *session;
    tg_report report;
    tg_progress progress;
    size_t reported_count;
    const tg_finding *last_reported; /* the last finding that the host has received */
} stream;

/* The subject is flattened as for `judge`, and its content is an empty text. */
EXPORT(JUDGE_STREAM "begin")
wire_result *export_begin(uint32_t content, const char *first, size_t first_length,
                          const char *second, size_t second_length, uint32_t has_prompt,
                          const char *name, size_t name_length, const char *version,
                          size_t version_length, const char *digest, size_t digest_length,
                          const char *context, size_t context_length)
{
    (void)content, (void)first, (void)first_length, (void)second, (void)second_length;
    if (!configured)
        return refused(tg_broken("judged before it was configured"));
    stream.prompt = (tg_prompt){{name, name_length}, {version, version_length}, {digest, digest_length}};
    stream.subject = (tg_subject){
        .content = TG_TEXT,
        .text = tg(""),
        .tool = tg(""),
        .prompt = has_prompt ? &stream.prompt : NULL,
        .context = {context, context_length},
    };
    stream.progress.report = &stream.report;
    tg_refusal *refusal = tg_begin(&stream.subject, &stream.report, &stream.session);
    stream.began = refusal == NULL;
    return refusal != NULL ? refused(refusal) : tg_allocate(sizeof(wire_result));
}

static wire_progress *progressed(void)
{
    const tg_finding *last = stream.last_reported;
    const tg_report added = {
        .findings = last == NULL ? stream.report.findings : last->next,
        .finding_count = stream.report.finding_count - stream.reported_count,
    };
    stream.last_reported = stream.report.last_finding;
    stream.reported_count = stream.report.finding_count;
    wire_progress *result = tg_allocate(sizeof *result);
    *result = (wire_progress){
        .settled = (uint32_t)stream.progress.settled,
        .findings = findings_for_host(&added),
        .finding_count = added.finding_count,
    };
    return result;
}

EXPORT(JUDGE_STREAM "push")
const void *export_push(const char *part, size_t length)
{
    if (!stream.began)
        return refused(tg_broken("pushed before it began"));
    tg_refusal *refusal = tg_push(stream.session, (tg_text){part, length}, &stream.progress);
    if (refusal != NULL)
        return refused(refusal);
    return progressed();
}

EXPORT(JUDGE_STREAM "finish")
wire_result *export_finish(void)
{
    if (!stream.began)
        return refused(tg_broken("finished before it began"));
    tg_refusal *refusal = tg_finish(stream.session, &stream.report);
    return refusal != NULL ? refused(refusal) : reported(&stream.report);
}

/* Called after the host has read the report, as after `judge`. */
EXPORT("cabi_post_" JUDGE_STREAM "finish")
void export_finished(wire_result *result)
{
    memset(&stream, 0, sizeof stream);
    export_judged(result);
}
