/* The rules, whole and in parts, with a prompt and a clock that the test sets. */
#include <assert.h>

#include <testing/tollgate_fakes.h>

#define NOW 1790000000000
#define LEAKED "Grüße alle Kunden mit ihrem Namen! 👩\u200d🚀"

static void given(const char *prompt)
{
    tg_fake_reset();
    tg_fake_clock(NOW);
    tg_fake_prompt_text(prompt);
}

static void given_a_prompt(void)
{
    given("You write for Acme.\n  " LEAKED " \r\nshort line");
}

static tg_subject written_now(tg_subject subject)
{
    subject.context = tg("{\"written_at\": 1790000000000}");
    return subject;
}

static tg_report judge(const char *config, tg_subject subject)
{
    tg_report report = {0};
    assert(tg_configure_with(config) == NULL);
    assert(tg_judge(&subject, &report) == NULL);
    return report;
}

static void check(const tg_finding *finding, const char *rule, size_t start, size_t end)
{
    assert(finding != NULL && tg_equal(finding->rule, tg(rule)));
    assert(finding->place.kind == TG_SPAN && finding->place.start == start && finding->place.end == end);
}

static void the_first_character_too_many(void)
{
    given_a_prompt();
    const char *config = "{\"max_characters\": 3}";
    tg_report report = judge(config, written_now(tg_subject_of_text("äe\u0301👧!")));
    assert(report.outcome == TG_FAIL && report.finding_count == 1 && report.measures->value == 5);
    check(report.findings, "too-long", 5, 9);
    assert(tg_equal(tg_fake_log(), tg("info: 5 characters, 0 leaks\n")));
    assert(judge(config, written_now(tg_subject_of_text("äe\u0301"))).finding_count == 0);
}

static void lines_of_the_prompt(void)
{
    given_a_prompt();
    tg_report report = judge("{}", written_now(tg_subject_of_text("👧" LEAKED "short line")));
    assert(report.finding_count == 1 && report.measures->next->value == 1);
    check(report.findings, "prompt-leak", 4, 4 + strlen(LEAKED));
    assert(report.findings->confidence == 38.0 / 58 && report.findings->has_fix);
    const char *config = "{\"leak_characters\": 10}";
    report = judge(config, written_now(tg_subject_of_text("short lineshort line")));
    check(report.findings, "prompt-leak", 0, 10);
    check(report.findings->next, "prompt-leak", 10, 20);
}

static void the_search_goes_on_behind_a_leak(void)
{
    given("aa\naaa");
    tg_report report = judge("{\"leak_characters\": 2}", written_now(tg_subject_of_text("aaaaa")));
    assert(report.finding_count == 2);
    check(report.findings, "prompt-leak", 0, 3);
    check(report.findings->next, "prompt-leak", 3, 5);
}

static void its_age(void)
{
    given_a_prompt();
    tg_fake_clock(NOW + 61 * 60000);
    tg_report report = judge("{}", written_now(tg_subject_of_text("old")));
    assert(report.outcome == TG_PASS);
    assert(tg_equal(report.findings->message, tg("it was written 61 minutes ago")));
    report = judge("{}", tg_subject_of_text("when?"));
    assert(report.outcome == TG_UNSURE && report.findings->severity == TG_INFO);
    tg_fake_clock(5);
    assert(judge("{}", written_now(tg_subject_of_text("new"))).finding_count == 0);
}

static void what_would_be_sent(void)
{
    given_a_prompt();
    tg_subject message = tg_subject_of_action("send", "{\"to\": \"dana\", \"text\": \"too long\"}");
    tg_report report = judge("{\"max_characters\": 3}", written_now(message));
    assert(report.finding_count == 1 && report.findings->place.kind == TG_POINTER);
    assert(tg_equal(report.findings->place.pointer, tg("/text")));
}

/* So many characters from there on. */
static tg_text part_at(tg_text text, size_t start, size_t size)
{
    size_t end = start;
    for (; size > 0 && end < text.length; size--)
        tg_next_character(text, &end);
    return tg_slice(text, start, end);
}

static void push(tg_session *session, tg_text part, tg_progress *progress)
{
    size_t settled = progress->settled;
    const tg_finding *told = progress->report->last_finding;
    assert(tg_push(session, part, progress) == NULL && progress->settled >= settled);
    const tg_finding *news = told == NULL ? progress->report->findings : told->next;
    for (; news != NULL; news = news->next)
        assert(news->place.start >= settled);
}

static void check_same(const tg_report *one, const tg_report *other)
{
    const tg_finding *expected = other->findings;
    assert(one->outcome == other->outcome && one->finding_count == other->finding_count);
    assert(one->measures->value == other->measures->value);
    for (const tg_finding *finding = one->findings; finding != NULL; finding = finding->next) {
        check(finding, expected->rule.data, expected->place.start, expected->place.end);
        expected = expected->next;
    }
}

/* However it is cut, it says the same, and nothing of what it had settled. */
static void the_cuts_do_not_matter(void)
{
    given_a_prompt();
    const char *config = "{\"max_characters\": 40, \"leak_characters\": 5}";
    tg_text text = tg("short lines, short line " LEAKED "Grüße ashort line");
    tg_subject subject = written_now(tg_subject_of_text(text.data));
    tg_report whole = judge(config, subject);
    assert(whole.finding_count == 5);
    for (size_t size = 1; size <= text.length; size++) {
        tg_report report = {0};
        tg_progress progress = {&report, 0};
        tg_session *session;
        assert(tg_begin(&subject, &report, &session) == NULL);
        for (size_t at = 0; at < text.length;) {
            tg_text part = part_at(text, at, size);
            push(session, part, &progress);
            at += part.length;
        }
        assert(tg_finish(session, &report) == NULL);
        check_same(&report, &whole);
    }
}

static void nothing_is_settled_where_the_age_is_unknown(void)
{
    tg_report report = {0};
    tg_progress progress = {&report, 0};
    tg_session *session;
    tg_subject subject = tg_subject_of_text("");
    given_a_prompt();
    assert(tg_begin(&subject, &report, &session) == NULL);
    assert(tg_push(session, tg(LEAKED LEAKED), &progress) == NULL);
    assert(progress.settled == 0 && report.finding_count == 3);
}

static void check_refused(tg_subject subject, const char *reason)
{
    tg_report report = {0};
    tg_refusal *refusal = tg_judge(&subject, &report);
    assert(refusal != NULL && tg_equal(refusal->reason, tg(reason)));
}

static void refuses(void)
{
    const char *const contexts[] = {
        "{\"written_at\": \"yesterday\"}",
        "{\"written_at\": \"17\"}",
        "{\"written_at\": -1}",
        "{\"written_at\": 1.5}",
        "{\"written_at\": 18446744073709551616}",
    };
    given_a_prompt();
    check_refused(tg_subject_of_json("{}"), "it judges texts, and what `send` would send");
    check_refused(tg_subject_of_action("buy", "{}"), "it judges texts, and what `send` would send");
    check_refused(tg_subject_of_action("send", "{}"), "`send` takes a text, and there is none");
    for (size_t i = 0; i < TG_COUNT_OF(contexts); i++) {
        tg_subject subject = tg_subject_of_text("x");
        subject.context = tg(contexts[i]);
        check_refused(subject, "the context does not fit: `written_at` is no moment");
    }
    assert(tg_equal(tg_configure_with("{\"max\": 1}")->pointer, tg("/max")));
}

int main(void)
{
    the_first_character_too_many();
    lines_of_the_prompt();
    the_search_goes_on_behind_a_leak();
    its_age();
    what_would_be_sent();
    the_cuts_do_not_matter();
    nothing_is_settled_where_the_age_is_unknown();
    refuses();
}
