/* Tests judging a text in parts and as a whole. */
#include "contract.h"

/* A session that reports `mark` for every exclamation mark. */
struct tg_session {
    tg_text so_far;
};

tg_refusal *tg_begin(const tg_subject *subject, tg_report *report, tg_session **session)
{
    if (subject->prompt == NULL)
        tg_info(report, "prompt", "the prompt is not known");
    *session = tg_allocate(sizeof **session);
    return subject->content == TG_JSON ? tg_not_applicable("no JSON") : NULL;
}

tg_refusal *tg_push(tg_session *session, tg_text part, tg_progress *progress)
{
    size_t at = session->so_far.length;
    session->so_far = tg_join(session->so_far, part);
    for (; at < session->so_far.length; at++)
        if (tg_has_at(session->so_far, at, tg("!")))
            tg_at(tg_warning(progress->report, "mark", "loud"), at, at + 1);
    progress->settled = at;
    return tg_find(part, tg("?"), 0) != TG_NOWHERE ? tg_broken("what?") : NULL;
}

tg_refusal *tg_finish(tg_session *session, tg_report *report)
{
    tg_measure(report, "bytes", (double)session->so_far.length);
    return NULL;
}

static void judges_a_text_in_parts(void)
{
    tg_report report = {0};
    tg_progress progress = {&report, 0};
    tg_session *session;
    tg_subject subject = tg_subject_of_text("");
    assert(tg_begin(&subject, &report, &session) == NULL && report.finding_count == 1);
    assert(tg_push(session, tg("ä!"), &progress) == NULL && report.finding_count == 2);
    assert(tg_push(session, tg(""), &progress) == NULL && progress.settled == 3);
    assert(tg_push(session, tg("!!"), &progress) == NULL && progress.settled == 5);
    assert(tg_finish(session, &report) == NULL && report.finding_count == 4);
    assert(report.last_finding->place.start == 4 && report.measures->value == 5);
}

static void judges_a_whole_text_as_one_part(void)
{
    tg_report report = {0};
    tg_subject subject = tg_subject_of_text("ä!!");
    assert(tg_whole(&subject, subject.text, &report) == NULL);
    assert(report.finding_count == 3 && report.last_finding->place.start == 3);
    assert(report.measure_count == 1 && report.measures->value == 4);
}

static void stops_at_the_first_refusal(void)
{
    tg_report report = {0};
    tg_subject subject = tg_subject_of_json("{}");
    assert(tg_whole(&subject, subject.text, &report)->kind == TG_NOT_APPLICABLE);
    subject = tg_subject_of_text("?");
    assert(tg_equal(tg_whole(&subject, subject.text, &report)->reason, tg("what?")));
    assert(report.measure_count == 0);
}

int main(void)
{
    judges_a_text_in_parts();
    judges_a_whole_text_as_one_part();
    stops_at_the_first_refusal();
}
