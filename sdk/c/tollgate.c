/* The SDK as one file, to be compiled with a contract.
 *
 * For WebAssembly it includes the exports and the capabilities. Elsewhere it is a plain library
 * without capabilities: a test links `testing/tollgate_fakes.c` or its own functions.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "src/arena.c"
#include "src/text.c"
#include "src/pointer.c"
#include "src/refusal.c"
#include "src/json_parse.c"
#include "src/json.c"
#include "src/config.c"
#include "src/subject.c"
#include "src/report.c"
#include "src/panic.c"

#ifdef __wasm__
#include "src/host.c"
#include "src/boundary.c"
#include "src/undefined.c"
#ifdef TOLLGATE_STREAM
#include "src/stream.c"
#endif
#endif
