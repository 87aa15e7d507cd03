/* Subjects and a fake host for tests without WebAssembly. Link `tollgate_fakes.c` into the tests,
 * or define the capabilities that the contract calls in the test itself.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TOLLGATE_FAKES_H
#define TOLLGATE_FAKES_H

#include "../tollgate.h"

#ifdef __cplusplus
extern "C" {
#endif

tg_subject tg_subject_of_text(const char *text);
tg_subject tg_subject_of_json(const char *json);
tg_subject tg_subject_of_action(const char *tool, const char *arguments);

/* Configures the contract as the host does, from JSON text. */
tg_refusal *tg_configure_with(const char *json);

/* Adds a key and its value to a table. A table without keys is not granted. */
void tg_fake_table(const char *table, const char *key, const char *value);
/* Makes all tables unavailable for a reason. */
void tg_fake_tables_unavailable(const char *reason);
void tg_fake_clock(uint64_t now_ms);
void tg_fake_prompt_text(const char *text);
/* Returns the logged lines, each as `warn: …`. */
tg_text tg_fake_log(void);
/* Returns the number of calls to tables. */
size_t tg_fake_lookup_count(void);
/* Resets all of the above. */
void tg_fake_reset(void);

#ifdef __cplusplus
}
#endif

#endif
