/**
 * Returns the JSON Pointer (RFC 6901) for keys of objects and indices of lists.
 * `pointer("a/b", 3)` is `"/a~1b/3"`, and `pointer()` is the whole document. Pointers can be
 * concatenated: `pointer("items") + pointer(3)`.
 */
export function pointer(...steps: (string | number)[]): string;
