/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests of the parts of sdwanctl: what their files share
 */
#ifndef SDWANCTL_UNIT_H
#define SDWANCTL_UNIT_H

#include "sdwanctl.h"

/* ---- unit.c ---- */

void check(bool good, const char *fmt, ...) printf_like(2, 3);
const char *out_or(const char *out);

/* ---- the tests, a file each ---- */

void unit_numbers(void);
void unit_values(void);
void unit_words(void);
void unit_codec(void);
void unit_diff(void);
void unit_top(void);

#endif /* SDWANCTL_UNIT_H */
