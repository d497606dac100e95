// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: DSCPs and their names
 *
 * In objects, a DSCP is a number, or the text "copy" or "path".
 */
#include <string.h>

#include "sdwanctl.h"

/* Of several names of a DSCP, the first is the one that is shown. */
static const char *const names[] = {
	"path", "copy", "be", "le",
	"cs1", "cs2", "cs3", "cs4", "cs5", "cs6", "cs7",
	"af11", "af12", "af13", "af21", "af22", "af23",
	"af31", "af32", "af33", "af41", "af42", "af43",
	"va", "ef", "zero", "cs0",
};

static const uint8_t values[] = {
	SDWAN_DSCP_PATH, SDWAN_DSCP_COPY, 0, 1,
	8, 16, 24, 32, 40, 48, 56,
	10, 12, 14, 18, 20, 22,
	26, 28, 30, 34, 36, 38,
	44, 46, 0, 0,
};

_Static_assert(ARRAY_SIZE(names) == ARRAY_SIZE(values), "a name, a value");

const struct enum_desc enum_dscp_class = {
	.name = names, .n = ARRAY_SIZE(names),
};

const struct enum_desc enum_dscp = {
	.name = names + 1, .n = ARRAY_SIZE(names) - 1,
};

const struct enum_desc enum_dscp_value = {
	.name = names + 2, .n = ARRAY_SIZE(names) - 2,
};

json_t *dscp_to_json(uint8_t dscp)
{
	if (dscp == SDWAN_DSCP_COPY)
		return json_string("copy");
	if (dscp == SDWAN_DSCP_PATH)
		return json_string("path");
	return json_integer(dscp);
}

uint8_t dscp_from_json(const json_t *val)
{
	if (json_is_string(val))
		return dscp_by_name(json_string_value(val));
	return (uint8_t)json_integer_value(val);
}

/* The DSCP of one of enum_dscp_class, which has all names. */
uint8_t dscp_by_name(const char *name)
{
	return values[enum_value(&enum_dscp_class, name)];
}

/* NULL for those without a name. */
const char *dscp_name(uint8_t dscp)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		if (values[i] == dscp)
			return names[i];
	return NULL;
}
