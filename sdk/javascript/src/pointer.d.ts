/**
 * A JSON Pointer (RFC 6901) from the steps that lead to a place: keys of objects and
 * indices of lists. `pointer("a/b", 3)` is `"/a~1b/3"`, `pointer()` the whole document.
 * Longer ones are put together: `pointer("items") + pointer(3)`.
 */
export function pointer(...steps: (string | number)[]): string;
