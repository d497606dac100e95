/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwanctl: what the files of documents share
 */
#ifndef SDWANCTL_DOCUMENT_H
#define SDWANCTL_DOCUMENT_H

#include <yaml.h>

#include "sdwanctl.h"

struct doc {
	yaml_document_t yaml;
	const char *file;
};

/* ---- document_yaml.c: nodes of the document ---- */

typedef int (*pair_fn)(const struct doc *d, const char *key,
		       const yaml_node_t *at, const yaml_node_t *val,
		       void *arg);

const yaml_node_t *node_at(const struct doc *d, int index);
struct pos pos_of(const struct doc *d, const yaml_node_t *n);
struct tok tok_of(const struct doc *d, const yaml_node_t *n);
bool is_map(const yaml_node_t *n);
bool is_list(const yaml_node_t *n);
bool is_word(const yaml_node_t *n);
bool is_null(const yaml_node_t *n);
bool is_number(const yaml_node_t *n);
size_t list_size(const yaml_node_t *n);
const yaml_node_t *list_get(const struct doc *d, const yaml_node_t *n,
			    size_t i);
int each_pair(const struct doc *d, const yaml_node_t *map, pair_fn fn,
	      void *arg);
int bad_type(const struct doc *d, const yaml_node_t *n, const char *key,
	     const char *what);

/* ---- document_value.c: one object ---- */

int object_fill(const struct doc *d, const struct objtype *type,
		const yaml_node_t *n, json_t **obj, json_t **cols);

/* ---- document_service.c: services ---- */

/* Rules that services stand for have these preferences. */
#define SERVICE_PREF 1000000
#define SERVICE_PREF_MAX 1999999

int add_service(const struct doc *d, const yaml_node_t *n,
		struct config *cfg, json_int_t *pref);

#endif /* SDWANCTL_DOCUMENT_H */
