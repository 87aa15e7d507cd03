/* Tests the rules as plain C, without WebAssembly. */
#include <assert.h>

#include <testing/tollgate_fakes.h>

static void a_text_passes(void)
{
    tg_report report = {0};
    tg_subject subject = tg_subject_of_text("Your order is on its way.");
    assert(tg_configure_with("{}") == NULL);
    assert(tg_judge(&subject, &report) == NULL);
    assert(report.outcome == TG_PASS);
}

int main(void)
{
    a_text_passes();
}
