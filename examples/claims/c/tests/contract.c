/* The rules, with a table that the test fills. */
#include <assert.h>

#include <testing/tollgate_fakes.h>

static tg_report judge(const char *config, const char *text)
{
    tg_report report = {0};
    tg_subject subject = tg_subject_of_text(text);
    assert(tg_configure_with(config) == NULL);
    assert(tg_judge(&subject, &report) == NULL);
    return report;
}

static void check_place(const tg_finding *finding, size_t start, size_t end)
{
    assert(finding->place.start == start && finding->place.end == end);
}

static void finds_what_is_not_approved(void)
{
    tg_fake_reset();
    tg_fake_table("claims", "best", "legal-2026-17");
    tg_report report = judge("{}", "The BEST, the best, and 100% Safe!");
    assert(report.outcome == TG_FAIL && report.finding_count == 1);
    assert(report.measures->value == 3 && tg_fake_lookup_count() == 2);
    assert(tg_equal(report.findings->message, tg("`100% Safe` is a claim that is not approved")));
    check_place(report.findings, 24, 33);
}

static void counts_bytes_around_any_character(void)
{
    tg_report report = judge("{}", "ä👧Cheapeste\u0301 cheapest👩\u200d👧ä cheapest");
    assert(report.finding_count == 2);
    check_place(report.findings, 18, 26);
    check_place(report.findings->next, 40, 48);
}

static void the_longest_term_counts(void)
{
    const char *config = "{\"terms\": [\"risk\", \"risk-free\", \"free trial\"]}";
    tg_report report = judge(config, "risk-free trial, risk-freedom");
    assert(report.finding_count == 2);
    check_place(report.findings, 0, 9);
    check_place(report.findings->next, 17, 21);
}

static void refuses(void)
{
    tg_report report = {0};
    tg_subject subject = tg_subject_of_text("The best");
    tg_fake_reset();
    assert(tg_configure_with("{\"table\": \"legal\"}") == NULL);
    assert(tg_equal(tg_judge(&subject, &report)->reason, tg("the table `legal` cannot be read: not granted")));
    tg_fake_tables_unavailable("no disk");
    assert(tg_equal(tg_judge(&subject, &report)->reason, tg("the table `legal` cannot be read: no disk")));
    subject = tg_subject_of_json("{}");
    assert(tg_equal(tg_judge(&subject, &report)->reason, tg("it judges texts")));
    assert(tg_equal(tg_configure_with("{\"tables\": \"x\"}")->pointer, tg("/tables")));
    assert(tg_equal(tg_configure_with("{\"terms\": [\"a\", \"\"]}")->pointer, tg("/terms/1")));
}

int main(void)
{
    finds_what_is_not_approved();
    counts_bytes_around_any_character();
    the_longest_term_counts();
    refuses();
}
