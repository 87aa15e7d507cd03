/* Tests the rules as plain C, without WebAssembly. */
#include <assert.h>

#include <testing/tollgate_fakes.h>

static void every_mark_above_the_limit_is_a_finding(void)
{
    tg_report report = {0};
    tg_subject subject = tg_subject_of_text("Hi! Now! Go!");
    assert(tg_configure_with("{\"max\": 1}") == NULL);
    assert(tg_judge(&subject, &report) == NULL);
    assert(report.outcome == TG_FAIL);
    assert(report.finding_count == 2);
    assert(report.findings->place.start == 7);
}

static void unknown_keys_are_refused(void)
{
    tg_refusal *refusal = tg_configure_with("{\"max\": 1, \"min\": 0}");
    assert(refusal != NULL && tg_equal(refusal->pointer, tg("/min")));
}

int main(void)
{
    every_mark_above_the_limit_is_a_finding();
    unknown_keys_are_refused();
}
