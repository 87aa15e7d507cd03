/* Tests texts with characters of one to four bytes, alone and combined. */
#include "contract.h"

/* a, ä, e with a combining acute, a family of two joined emoji, z */
static const char MIXED[] = "aäe\u0301👩\u200d👧z";

static void finds_bytes(void)
{
    tg_text text = tg(MIXED);
    assert(text.length == 1 + 2 + 3 + 11 + 1);
    assert(tg_find(text, tg("ä"), 0) == 1);
    assert(tg_find(text, tg("\u0301"), 0) == 4);
    assert(tg_find(text, tg("👧"), 0) == 13);
    assert(tg_find(text, tg("z"), 0) == 17);
    assert(tg_find(text, tg(""), 18) == 18);
    assert(tg_find(text, tg("zz"), 0) == TG_NOWHERE);
    assert(tg_find(text, tg("a"), 99) == TG_NOWHERE);
}

static void finds_character_boundaries(void)
{
    tg_text text = tg(MIXED);
    const size_t starts[] = {0, 1, 3, 4, 6, 10, 13, 17};
    const uint32_t characters[] = {'a', 0xE4, 'e', 0x301, 0x1F469, 0x200D, 0x1F467, 'z'};
    size_t at = 0, boundaries = 0;
    for (size_t i = 0; i < TG_COUNT_OF(starts); i++) {
        assert(at == starts[i] && tg_is_boundary(text, at));
        assert(tg_next_character(text, &at) == characters[i]);
    }
    assert(at == text.length && tg_is_boundary(text, at) && !tg_is_boundary(text, at + 1));
    for (size_t byte = 0; byte <= text.length; byte++)
        boundaries += tg_is_boundary(text, byte);
    assert(boundaries == TG_COUNT_OF(starts) + 1);
    assert(tg_is_boundary(tg(""), 0));
}

static void slices_within_the_text(void)
{
    assert(tg_equal(tg_slice(tg(MIXED), 1, 3), tg("ä")));
    assert(tg_slice(tg("ab"), 1, 99).length == 1);
    assert(tg_slice(tg("ab"), 5, 9).length == 0);
    assert(tg_slice((tg_text){NULL, 0}, 0, 1).length == 0);
}

static void joins_texts_with_zero_bytes(void)
{
    tg_text zero = {"a\0b", 3};
    tg_text joined = tg_join(tg("ä"), zero);
    assert(joined.length == 5 && tg_equal(tg_slice(joined, 2, 5), zero));
    assert(tg_equal(tg_join(tg(""), zero), zero) && tg_equal(tg_join(zero, (tg_text){NULL, 0}), zero));
}

static void ignores_the_case_of_ascii_only(void)
{
    assert(tg_has_at_ignoring_case(tg("the BEST"), 4, tg("best")));
    assert(!tg_has_at_ignoring_case(tg("be"), 0, tg("best")));
    assert(!tg_has_at_ignoring_case(tg("Ä"), 0, tg("ä")));
    assert(!tg_has_at_ignoring_case(tg("["), 0, tg("{")));
    assert(tg_equal(tg_lower(tg("FDA Ä1")), tg("fda Ä1")));
    assert(tg_is_ascii_alphanumeric('Z') && tg_is_ascii_alphanumeric('0'));
    assert(!tg_is_ascii_alphanumeric('_') && !tg_is_ascii_alphanumeric("ä"[0]));
}

static void formats_texts(void)
{
    assert(tg_equal(tg_format("%s-%d-%.*s", "a", 7, TG_ARG(tg("ä"))), tg("a-7-ä")));
    assert(tg_format("%s", "").length == 0);
}

static void builds_json_pointers(void)
{
    tg_text pointer = tg_pointer_index(tg_pointer_key(tg(""), tg("a/b")), 3);
    assert(tg_equal(tg_pointer_key(pointer, tg("m~n")), tg("/a~1b/3/m~0n")));
    assert(tg_equal(tg_pointer_key(tg(""), tg("")), tg("/")));
}

int main(void)
{
    finds_bytes();
    finds_character_boundaries();
    slices_within_the_text();
    joins_texts_with_zero_bytes();
    ignores_the_case_of_ascii_only();
    formats_texts();
    builds_json_pointers();
}
