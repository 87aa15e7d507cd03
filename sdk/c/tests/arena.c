/* Tests the arena: growth, growth in place, and freeing as a whole. */
#include "../src/internal.h"
#include "contract.h"

static void grows_the_latest_allocation_in_place(void)
{
    char *first = tg_arena_resize(NULL, 0, 10);
    memcpy(first, "0123456789", 10);
    assert(tg_arena_resize(first, 10, 100) == first);
    char *second = tg_arena_resize(NULL, 0, 1);
    char *moved = tg_arena_resize(first, 100, 200);
    assert(moved != first && moved != second && memcmp(moved, "0123456789", 10) == 0);
}

static void allocates_large_and_many_blocks(void)
{
    for (size_t size = 1; size < (4u << 20); size *= 3) {
        char *memory = tg_allocate(size);
        assert((uintptr_t)memory % 8 == 0 && memory[0] == 0 && memory[size - 1] == 0);
        memset(memory, 0xAA, size);
    }
}

static void frees_later_allocations(void)
{
    char *kept = tg_allocate(8);
    memcpy(kept, "settings", 8);
    tg_mark mark = tg_arena_mark();
    char *later = tg_allocate(8);
    allocates_large_and_many_blocks();
    tg_arena_return_to(mark);
    assert(tg_allocate(8) == later && memcmp(kept, "settings", 8) == 0);
}

int main(void)
{
    grows_the_latest_allocation_in_place();
    allocates_large_and_many_blocks();
    frees_later_allocations();
}
