/* Arena allocator for the memory of one judgement, which is only freed as a whole.
 *
 * A sandbox judges once, so freeing single allocations would be useless work. The first block is
 * static. Most judgements use nothing else, and the host need not restore pages that they do not
 * touch. */
#include <stdlib.h>

#include "internal.h"

/* Enough for a letter, its findings and a small configuration. */
#define FIRST_BLOCK_BYTES ((size_t)16 << 10)
#define BLOCK_BYTES_MIN ((size_t)64 << 10)
/* Strictest alignment in the canonical ABI, which is that of a double. */
#define ALIGNMENT ((size_t)8)

typedef struct block {
    struct block *before;
    size_t size;
    size_t used;
    char *memory;
} block;

static _Alignas(8) char first_memory[FIRST_BLOCK_BYTES];
static block first_block = {NULL, FIRST_BLOCK_BYTES, 0, first_memory};
static block *current = &first_block;

static size_t aligned(size_t size)
{
    if (size > SIZE_MAX - ALIGNMENT)
        tg_panic("out of memory");
    return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

static void add_block(size_t size)
{
    size_t room = size < BLOCK_BYTES_MIN ? BLOCK_BYTES_MIN : size;
    block *added = room < SIZE_MAX - sizeof(block) ? malloc(sizeof(block) + room) : NULL;
    if (added == NULL)
        tg_panic("out of memory");
    *added = (block){current, room, 0, (char *)(added + 1)};
    current = added;
}

static void *take(size_t size)
{
    size = aligned(size);
    if (size > current->size - current->used)
        add_block(size);
    void *memory = current->memory + current->used;
    current->used += size;
    return memory;
}

static bool grows_in_place(const void *old, size_t old_size, size_t size)
{
    size_t taken = aligned(old_size);
    if (taken > current->used || (const char *)old != current->memory + current->used - taken)
        return false;
    size_t before = current->used - taken;
    if (aligned(size) > current->size - before)
        return false;
    current->used = before + aligned(size);
    return true;
}

void *tg_arena_resize(void *old, size_t old_size, size_t size)
{
    if (old == NULL || old_size == 0)
        return take(size);
    if (grows_in_place(old, old_size, size))
        return old;
    void *moved = take(size);
    memcpy(moved, old, old_size < size ? old_size : size);
    return moved;
}

void *tg_allocate(size_t size)
{
    return memset(take(size), 0, size);
}

tg_mark tg_arena_mark(void)
{
    return (tg_mark){current, current->used};
}

void tg_arena_return_to(tg_mark mark)
{
    while (current != mark.block) {
        block *done = current;
        current = done->before;
        free(done);
    }
    current->used = mark.used;
}
