/* Finds claims that nobody has approved: words such as "best" that do not stand in a table
 * of the operator's. */
#include <tollgate.h>

/* What the operator sets. */
static struct {
    tg_text table;  /* of the approved claims */
    tg_texts terms; /* that claim something */
} config;

/* What one judgement knows of a term: the table is asked once for each. */
typedef struct known {
    bool asked;
    bool approved;
} known;

static tg_texts default_terms(void)
{
    static const char *const TERMS[] = {
        "best",      "cheapest",   "guaranteed", "clinically proven",
        "risk-free", "number one", "100% safe",  "fda approved",
    };
    tg_text *items = tg_allocate(sizeof(tg_text) * TG_COUNT_OF(TERMS));
    for (size_t i = 0; i < TG_COUNT_OF(TERMS); i++)
        items[i] = tg(TERMS[i]);
    return (tg_texts){items, TG_COUNT_OF(TERMS)};
}

/* An empty term would stand everywhere. */
static tg_refusal *check_terms(void)
{
    for (size_t i = 0; i < config.terms.count; i++)
        if (config.terms.items[i].length == 0)
            return tg_bad_config(tg_pointer_index(tg("/terms"), i), "a term is empty");
    return NULL;
}

tg_refusal *tg_configure(const tg_json *json)
{
    config.table = tg("claims");
    config.terms = default_terms();
    const tg_field fields[] = {
        TG_OPTIONAL("table", &config.table),
        TG_OPTIONAL("terms", &config.terms),
    };
    tg_refusal *refusal = tg_read(json, fields, TG_COUNT_OF(fields));
    return refusal != NULL ? refusal : check_terms();
}

static bool is_word_byte(tg_text text, size_t at)
{
    return at < text.length && tg_is_ascii_alphanumeric(text.data[at]);
}

static bool stands_at(tg_text text, size_t at, tg_text term)
{
    return tg_has_at_ignoring_case(text, at, term) && !is_word_byte(text, at + term.length);
}

/* The longest term that stands here, as its number, else TG_NOWHERE. */
static size_t term_at(tg_text text, size_t at)
{
    size_t longest = TG_NOWHERE, length = 0;
    if (at > 0 && is_word_byte(text, at - 1))
        return TG_NOWHERE;
    for (size_t i = 0; i < config.terms.count; i++) {
        tg_text term = config.terms.items[i];
        if (term.length > length && stands_at(text, at, term)) {
            longest = i;
            length = term.length;
        }
    }
    return longest;
}

static tg_refusal *ask(tg_text term, known *known)
{
    tg_text answer;
    known->asked = true;
    switch (tg_lookup_get(config.table, tg_lower(term), &answer)) {
    case TG_LOOKUP_FOUND: known->approved = true; return NULL;
    case TG_LOOKUP_ABSENT: return NULL;
    case TG_LOOKUP_NOT_GRANTED: answer = tg("not granted"); break;
    case TG_LOOKUP_UNAVAILABLE: break;
    }
    return tg_broken("the table `%.*s` cannot be read: %.*s", TG_ARG(config.table), TG_ARG(answer));
}

tg_refusal *tg_judge(const tg_subject *subject, tg_report *report)
{
    if (subject->content != TG_TEXT)
        return tg_not_applicable("it judges texts");
    tg_text text = subject->text;
    known *known = tg_allocate(sizeof *known * config.terms.count);
    size_t claims = 0;
    for (size_t at = 0, end; at < text.length; at = end) {
        size_t term = term_at(text, at);
        end = at + 1;
        if (term == TG_NOWHERE)
            continue;
        claims++;
        end = at + config.terms.items[term].length;
        tg_refusal *refusal = known[term].asked ? NULL : ask(config.terms.items[term], &known[term]);
        if (refusal != NULL)
            return refusal;
        if (!known[term].approved)
            tg_at(tg_error(report, "unapproved-claim", "`%.*s` is a claim that is not approved",
                           TG_ARG(tg_slice(text, at, end))), at, end);
    }
    tg_measure(report, "claims", (double)claims);
    return NULL;
}
