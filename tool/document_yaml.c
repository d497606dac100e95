// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: documents as they are read, and what their nodes are
 *
 * JSON is read as the YAML that it is, so that there is a line and a column
 * to every value.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "document.h"

const yaml_node_t *node_at(const struct doc *d, int index)
{
	return yaml_document_get_node((yaml_document_t *)&d->yaml, index);
}

struct pos pos_of(const struct doc *d, const yaml_node_t *n)
{
	return (struct pos) {
		.file = d->file,
		.line = (unsigned int)n->start_mark.line + 1,
		.col = (unsigned int)n->start_mark.column + 1,
	};
}

struct tok tok_of(const struct doc *d, const yaml_node_t *n)
{
	return (struct tok) {
		.s = (char *)n->data.scalar.value,
		.pos = pos_of(d, n),
	};
}

bool is_map(const yaml_node_t *n)
{
	return n->type == YAML_MAPPING_NODE;
}

bool is_list(const yaml_node_t *n)
{
	return n->type == YAML_SEQUENCE_NODE;
}

/* A word that is all there is: no zero byte hides a rest. */
bool is_word(const yaml_node_t *n)
{
	return n->type == YAML_SCALAR_NODE &&
	       strlen((const char *)n->data.scalar.value) ==
	       n->data.scalar.length;
}

static bool is_plain(const yaml_node_t *n)
{
	return is_word(n) &&
	       n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

bool is_null(const yaml_node_t *n)
{
	const char *s = (const char *)n->data.scalar.value;

	return is_plain(n) && (!*s || !strcmp(s, "~") || !strcasecmp(s, "null"));
}

bool is_number(const yaml_node_t *n)
{
	const char *s = (const char *)n->data.scalar.value;

	return is_plain(n) && *s && s[strspn(s, "0123456789")] == '\0';
}

size_t list_size(const yaml_node_t *n)
{
	return (size_t)(n->data.sequence.items.top -
			n->data.sequence.items.start);
}

const yaml_node_t *list_get(const struct doc *d, const yaml_node_t *n,
			    size_t i)
{
	return node_at(d, n->data.sequence.items.start[i]);
}

/* Each key and its value; no key is there twice. */
int each_pair(const struct doc *d, const yaml_node_t *map, pair_fn fn,
	      void *arg)
{
	const yaml_node_pair_t *p = map->data.mapping.pairs.start;
	json_t *seen = json_object();
	int ret = 0;

	for (; p < map->data.mapping.pairs.top && !ret; p++) {
		const yaml_node_t *at = node_at(d, p->key);
		struct pos pos = pos_of(d, at);
		const char *key = (const char *)at->data.scalar.value;

		if (!is_word(at))
			ret = err_at(&pos, "a key is a word");
		else if (json_object_get(seen, key))
			ret = err_at(&pos, "key '%s' is here twice", key);
		else if (json_object_set_new(seen, key, json_true()))
			ret = err_at(&pos, "key '%s' is not UTF-8 text", key);
		else
			ret = fn(d, key, at, node_at(d, p->value), arg);
	}
	json_decref(seen);
	return ret;
}

int bad_type(const struct doc *d, const yaml_node_t *n, const char *key,
	     const char *what)
{
	struct pos pos = pos_of(d, n);

	return err_at(&pos, "'%s' is %s", key, what);
}

/* ---- reading ---- */

static char *slurp(FILE *fp, size_t *size)
{
	char *text = NULL, buf[4096];
	FILE *mem = open_memstream(&text, size);
	size_t n;

	if (!mem)
		abort();
	while ((n = fread(buf, 1, sizeof(buf), fp)))
		fwrite(buf, 1, n, mem);
	if (fclose(mem))
		abort();
	return text;
}

/* In JSON, tabs are white space wherever they are; in YAML they are not. */
static void replace_tabs(char *text, size_t size)
{
	size_t i = 0;

	while (i < size && isspace((unsigned char)text[i]))
		i++;
	if (i == size || (text[i] != '{' && text[i] != '['))
		return;
	for (i = 0; i < size; i++)
		if (text[i] == '\t')
			text[i] = ' ';
}

static int parse(struct doc *d, const char *text, size_t size)
{
	const struct pos whole = { .file = d->file };
	struct pos pos = whole;
	yaml_document_t more;
	yaml_parser_t parser;
	bool good, alone = true;

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)text,
				     size);
	good = yaml_parser_load(&parser, &d->yaml);
	if (good && node_at(d, 1) && yaml_parser_load(&parser, &more)) {
		alone = !yaml_document_get_root_node(&more);
		yaml_document_delete(&more);
	}
	pos.line = (unsigned int)parser.problem_mark.line + 1;
	pos.col = (unsigned int)parser.problem_mark.column + 1;
	if (!good)
		err_at(&pos, "neither YAML nor JSON: %s",
		       parser.problem ? parser.problem : "cannot be read");
	else if (parser.error)
		err_at(&pos, "%s", parser.problem ? parser.problem :
						    "cannot be read");
	else if (!alone)
		err_at(&whole, "more than one document");
	if (good && (parser.error || !alone))
		yaml_document_delete(&d->yaml);
	good = good && alone && !parser.error;
	yaml_parser_delete(&parser);
	return good ? 0 : ST_USAGE;
}

/* NULL after a message. */
struct doc *doc_read(FILE *fp, const char *file)
{
	struct doc *d = calloc(1, sizeof(*d));
	struct pos pos = { .file = file };
	size_t size;
	char *text;
	int ret;

	if (!d)
		abort();
	d->file = file;
	text = slurp(fp, &size);
	if (ferror(fp)) {
		ret = err_at(&pos, "cannot be read: %m");
	} else {
		replace_tabs(text, size);
		ret = parse(d, text, size);
	}
	free(text);
	if (!ret)
		return d;
	free(d);
	return NULL;
}

void doc_free(struct doc *d)
{
	if (!d)
		return;
	yaml_document_delete(&d->yaml);
	free(d);
}
