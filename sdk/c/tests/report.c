/* Tests subjects, reports and the fake host. */
#include "contract.h"

static void outcome_follows_the_findings(void)
{
    tg_report report = {0};
    tg_info(&report, "tone", "fine");
    tg_warning(&report, "tone", "%d times", 3);
    assert(report.outcome == TG_PASS && report.finding_count == 2);
    tg_finding *finding = tg_error(&report, "tone", "insult");
    assert(report.outcome == TG_FAIL && report.findings->next->next == finding);
    assert(tg_equal(report.findings->next->message, tg("3 times")));
    tg_unsure(&report);
    tg_critical(&report, "tone", "threat");
    assert(report.outcome == TG_UNSURE && report.last_finding->severity == TG_CRITICAL);
}

static void findings_have_details(void)
{
    tg_report report = {0};
    tg_finding *finding = tg_error(&report, "tone", "insult");
    assert(finding->place.kind == TG_WHOLE && !finding->has_fix && !finding->has_confidence);
    tg_at(finding, 4, 6);
    tg_fix(finding, tg(""));
    tg_confidence(finding, 0.5);
    assert(finding->place.kind == TG_SPAN && finding->place.start == 4 && finding->place.end == 6);
    assert(finding->has_fix && finding->fix.length == 0 && finding->confidence == 0.5);
    const tg_json *json;
    assert(tg_json_parse(tg("[{\"a\": 1}]"), &json) == NULL);
    tg_at_json(finding, tg_json_get(json->first, "a"));
    assert(finding->place.kind == TG_POINTER && tg_equal(finding->place.pointer, tg("/0/a")));
    tg_measure(&report, "words", 3);
    tg_measure(&report, "grade", 2.5);
    assert(report.measure_count == 2 && report.measures->next->value == 2.5);
}

static void refuses_other_kinds_by_name(void)
{
    tg_text text;
    const tg_json *json;
    tg_subject subject = tg_subject_of_text("hi");
    assert(tg_subject_text(&subject, &text) == NULL && tg_equal(text, tg("hi")));
    assert(tg_subject_json(&subject, &json)->kind == TG_NOT_APPLICABLE);
    assert(tg_subject_context(&subject, &json) == NULL && json->count == 0);
    subject = tg_subject_of_action("mail", "[1]");
    assert(tg_subject_json(&subject, &json) == NULL && json->count == 1);
    subject = tg_subject_of_json("{}");
    assert(tg_equal(tg_subject_text(&subject, &text)->reason,
                    tg("this contract judges a text, but the subject is a JSON document")));
}

static void fakes_answer(void)
{
    const tg_text keys[] = {tg("best"), tg("worst")};
    bool found[2];
    tg_text text;
    tg_fake_reset();
    assert(tg_lookup_get(tg("claims"), tg("best"), &text) == TG_LOOKUP_NOT_GRANTED);
    assert(tg_equal(text, tg("claims")) && !tg_prompt_text_read(&text));
    tg_fake_table("claims", "best", "legal-17");
    assert(tg_lookup_get(tg("claims"), tg("best"), &text) == TG_LOOKUP_FOUND);
    assert(tg_equal(text, tg("legal-17")));
    assert(tg_lookup_get(tg("claims"), tg("worst"), &text) == TG_LOOKUP_ABSENT);
    assert(tg_lookup_contains_any(tg("claims"), (tg_texts){keys, 2}, found, &text) == TG_LOOKUP_FOUND);
    assert(found[0] && !found[1] && tg_fake_lookup_count() == 4);
    tg_fake_tables_unavailable("the disk is gone");
    assert(tg_lookup_get(tg("claims"), tg("best"), &text) == TG_LOOKUP_UNAVAILABLE);
    assert(tg_equal(text, tg("the disk is gone")));
    tg_fake_clock(17);
    tg_fake_prompt_text("Be kind.");
    tg_log_warn("%d marks", 3);
    assert(tg_clock_now_ms() == 17 && tg_prompt_text_read(&text) && text.length == 8);
    assert(tg_equal(tg_fake_log(), tg("warn: 3 marks\n")));
}

int main(void)
{
    outcome_follows_the_findings();
    findings_have_details();
    refuses_other_kinds_by_name();
    fakes_answer();
}
