// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: small helpers for objects and arrays
 */
#include <stdlib.h>

#include "sdwanctl.h"

/* A text of an object, "" if it is not there. */
const char *obj_str(const json_t *obj, const char *key)
{
	const char *s = json_string_value(json_object_get(obj, key));

	return s ? s : "";
}

/* A number of an object, 0 if it is not there. */
json_int_t obj_int(const json_t *obj, const char *key)
{
	return json_integer_value(json_object_get(obj, key));
}

/* Give @obj this value unless it has one. Takes the reference. */
void obj_default(json_t *obj, const char *key, json_t *val)
{
	if (json_object_get(obj, key))
		json_decref(val);
	else
		json_object_set_new(obj, key, val);
}

/* Room for one more behind @n elements; NULL if there is no memory. */
void *grow(void *array, size_t n, size_t size)
{
	if (n & (n - 1))	/* it grows at powers of two, and at 0 */
		return array;
	return reallocarray(array, n ? n * 2 : 8, size);
}
