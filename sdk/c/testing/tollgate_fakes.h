/* Tests without WebAssembly: subjects from nothing, and a host that answers what the test
 * tells it to. Link `tollgate_fakes.c` into the tests, or define the capabilities that
 * the contract calls in the test itself.
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

/* Configures the contract as the host would, from JSON as text. */
tg_refusal *tg_configure_with(const char *json);

/* A key and its value in a table. A table without any key is not granted. */
void tg_fake_table(const char *table, const char *key, const char *value);
/* From now on no table answers, and this is why. */
void tg_fake_tables_unavailable(const char *reason);
void tg_fake_clock(uint64_t now_ms);
void tg_fake_prompt_text(const char *text);
/* What was logged, a line each, as `warn: …`. */
tg_text tg_fake_log(void);
/* How often a table was asked. */
size_t tg_fake_lookup_count(void);
/* Forgets all of the above. */
void tg_fake_reset(void);

#ifdef __cplusplus
}
#endif

#endif
