// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: "restore" and "apply", make the configuration be what a file says
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sdwanctl.h"

#define TRIES 40

const char usage_restore[] =
"Usage: sdwanctl restore [ --dry-run ] [ --keep-learned ] [ --skip-missing ]\n"
"                [ --wait TIME ] { FILE | - }\n";

const char usage_apply[] =
"Usage: sdwanctl apply -f { FILE | - } [ --dry-run ] [ --keep-learned ]\n"
"                [ --skip-missing ] [ --wait TIME ]\n";

struct restore {
	struct doc *doc;	/* of an apply */
	const char *file;
	bool dry_run;
	bool skip_missing;
	bool keep_learned;
	bool raised;
	uint64_t wait;		/* milliseconds */
	struct config want;
	json_t *old_limits;
};

/* ---- devices and keys that are not there yet ---- */

static json_t *missing_devices(const struct config *want)
{
	json_t *devs = json_array();
	size_t i;

	for (i = 0; i < want->n[OBJ_UNDERLAY]; i++) {
		const json_t *ul = want->item[OBJ_UNDERLAY][i].obj;
		json_t *dev = json_object_get(ul, "dev");

		if (dev && !link_exists(json_string_value(dev)))
			json_array_append(devs, dev);
	}
	return devs;
}

static void wait_for_devices(const struct restore *r)
{
	json_t *devs;

	if (!r->wait)
		return;
	devs = missing_devices(&r->want);
	if (json_array_size(devs))
		link_wait(devs, (unsigned int)r->wait);
	json_decref(devs);
}

static void skip_paths(struct config *want, const char *of, const char *name)
{
	size_t i;

	for (i = 0; i < want->n[OBJ_PATH]; i++) {
		struct item *path = &want->item[OBJ_PATH][i];

		if (!strcmp(obj_str(path->obj, of), name))
			path->skip = true;
	}
}

static bool lacks_key(const json_t *peer, const struct config *cur)
{
	const char *file = obj_str(peer, "key");
	const struct item *now;

	if (!*file || !access(file, R_OK))
		return false;
	now = config_find(cur, OBJ_PEER, obj_str(peer, "name"));
	return !now || !obj_int(now->obj, "keys");
}

/* Without its key nothing goes to a peer that is to have one. */
static void skip_keyless(struct restore *r, const struct config *cur)
{
	size_t i;

	for (i = 0; i < r->want.n[OBJ_PEER]; i++) {
		const struct item *peer = &r->want.item[OBJ_PEER][i];
		const char *name = obj_str(peer->obj, "name");

		if (!lacks_key(peer->obj, cur))
			continue;
		warn_at(&peer->pos, "left out the paths to peer %s: its key %s cannot be read",
			name, obj_str(peer->obj, "key"));
		json_object_del(peer->obj, "key");
		skip_paths(&r->want, "peer", name);
	}
}

/* Leave out what the kernel would refuse for want of a device. */
static void skip_deviceless(struct restore *r, const struct config *cur)
{
	size_t i;

	for (i = 0; i < r->want.n[OBJ_UNDERLAY]; i++) {
		struct item *ul = &r->want.item[OBJ_UNDERLAY][i];
		const char *name = obj_str(ul->obj, "name");
		const char *dev = obj_str(ul->obj, "dev");

		if (ul->skip || !*dev || link_exists(dev) ||
		    config_find(cur, OBJ_UNDERLAY, name))
			continue;
		warn_at(&ul->pos, "left out underlay %s and its paths: there is no device %s",
			name, dev);
		ul->skip = true;
		skip_paths(&r->want, "underlay", name);
	}
}

/* ---- limits, outside of the transaction ---- */

/* The limits that have to become larger, or else those to become smaller. */
static json_t *limit_changes(const json_t *cur, const json_t *want, bool raise)
{
	json_t *out = json_object();
	const struct keyword *kw;

	for (kw = limit_kw; kw->word; kw++) {
		json_t *val = json_object_get(want, kw->key);
		json_int_t to = json_integer_value(val);
		json_int_t from;

		from = json_integer_value(json_object_get(cur, kw->key));
		if (val && (raise ? to > from : to < from))
			json_object_set(out, kw->key, val);
	}
	return out;
}

static int send_limits(struct ctx *c, const json_t *limits,
		       struct sdw_error *err)
{
	const struct request rq = {
		.cmd = SDWAN_CMD_FABRIC_SET, .set = &set_fabric,
		.attrs = limits,
	};

	return json_object_size(limits) ? sdw_do(c, &rq, NULL, err) : 0;
}

static int set_limits(struct ctx *c, const struct restore *r,
		      const json_t *cur, bool raise, bool *changed)
{
	const struct item *want = &r->want.limits;
	json_t *limits = limit_changes(cur, want->obj, raise);
	struct sdw_error err;
	int ret = 0;

	*changed = json_object_size(limits) > 0;
	if (send_limits(c, limits, &err))
		ret = sdw_report(&want->pos, want->cols, &err);
	json_decref(limits);
	return ret;
}

/* A refused restore changes nothing, limits included. */
static void undo_limits(struct ctx *c, struct restore *r)
{
	struct sdw_error err;

	if (r->raised && send_limits(c, r->old_limits, &err))
		warn_at(NULL, "the limits could not be put back");
	r->raised = false;
}

/* ---- the difference ---- */

static json_t *all_limit_changes(const json_t *cur, const json_t *want)
{
	json_t *up = limit_changes(cur, want, true);
	json_t *down = limit_changes(cur, want, false);

	json_object_update(up, down);
	json_decref(down);
	return up;
}

static void print_json(const struct ctx *c, const struct oplist *ops,
		       json_t *limits)
{
	json_t *list = json_array();
	size_t i;

	if (json_object_size(limits)) {
		json_t *one = json_object();

		json_object_set_new(one, "command", json_string("set"));
		json_object_set_new(one, "object", json_string("limit"));
		json_object_set(one, "attributes", limits);
		json_array_append_new(list, one);
	}
	for (i = 0; i < ops->n; i++)
		json_array_append_new(list, op_json(&ops->op[i]));
	show_json(c, list);
	json_decref(list);
}

static int print_difference(const struct ctx *c, const struct restore *r,
			    const struct config *cur,
			    const struct oplist *ops)
{
	json_t *limits = all_limit_changes(cur->limits.obj,
					   r->want.limits.obj);
	size_t i;

	if (c->json) {
		print_json(c, ops, limits);
	} else {
		if (json_object_size(limits))
			limits_print(stdout, "limit set", limits);
		for (i = 0; i < ops->n; i++)
			op_print(&ops->op[i], stdout);
	}
	json_decref(limits);
	return show_flush();
}

/* ---- the change ---- */

static int send_op(struct ctx *c, const struct op *op, struct sdw_error *err)
{
	static const uint16_t flags[] = {
		[OP_ADD] = NLM_F_CREATE | NLM_F_EXCL,
		[OP_REPLACE] = NLM_F_CREATE | NLM_F_REPLACE,
		[OP_DEL] = 0,
		[OP_SET] = 0,
	};
	struct request rq = {
		.flags = flags[op->kind], .set = op->type->set,
		.attrs = op->obj,
	};

	if (op->kind == OP_DEL)
		rq.cmd = op->type->del;
	else if (op->kind == OP_SET)
		rq.cmd = op->type->change;
	else
		rq.cmd = op->type->add;
	return sdw_do(c, &rq, NULL, err);
}

static int report_op(const struct restore *r, const struct op *op,
		     const struct sdw_error *err)
{
	const struct pos pos = { .file = r->file };
	char key[OBJ_KEY];

	if (op && op->item)
		return sdw_report(&op->item->pos, op->item->cols, err);
	if (op) {
		obj_key(op->type, op->obj, key, sizeof(key));
		err_at(&pos, "%s %s, which is not in the file, cannot be deleted:",
		       op->type->name, key);
	}
	return sdw_report(&pos, NULL, err);
}

/* All operations in one transaction. On an error, @bad is the one to blame. */
static int transact(struct ctx *c, uint32_t gen, const struct oplist *ops,
		    const struct op **bad, struct sdw_error *err)
{
	size_t i;
	int ret;

	*bad = NULL;
	ret = txn_begin(c, &gen, err);
	if (ret)
		return ret;
	for (i = 0; i < ops->n; i++) {
		ret = send_op(c, &ops->op[i], err);
		if (ret) {
			*bad = &ops->op[i];
			txn_abort(c);
			return ret;
		}
	}
	return txn_commit(c, err);
}

static void nap(void)
{
	struct timespec ts = { .tv_nsec = 50000000L };

	nanosleep(&ts, NULL);
}

/* A document leaves alone what it does not mention, which is as it is now. */
static int fit_document(struct restore *r, const struct config *cur)
{
	unsigned int found;
	int ret;

	if (!r->doc)
		return 0;
	config_free(&r->want);
	config_init(&r->want);
	ret = doc_build(r->doc, &r->want, &found);
	if (ret)
		return ret;
	doc_adopt(r->doc, &r->want, cur, found);
	return config_complete(&r->want);
}

enum { AGAIN = -1 };

/* Read, compare, change. AGAIN when somebody else got in between. */
static int attempt(struct ctx *c, struct restore *r, bool last)
{
	struct oplist ops = { 0 };
	const struct op *bad = NULL;
	struct config cur;
	struct sdw_error err;
	bool changed = false;
	uint32_t gen;
	int ret = ST_OK;

	if (config_read(c, &cur, &gen, &err))
		return report_op(r, NULL, &err);
	ret = fit_document(r, &cur);
	if (ret)
		goto out;
	if (r->skip_missing) {
		skip_deviceless(r, &cur);
		skip_keyless(r, &cur);
	}
	config_diff(&cur, &r->want, r->keep_learned, &ops);
	if (r->dry_run) {
		ret = print_difference(c, r, &cur, &ops);
		goto out;
	}
	if (!r->old_limits)
		r->old_limits = json_incref(cur.limits.obj);
	ret = set_limits(c, r, cur.limits.obj, true, &changed);
	if (ret)
		goto out;
	if (changed) {
		r->raised = true;
		ret = AGAIN;	/* the generation may have changed */
		goto out;
	}
	if (ops.n && transact(c, gen, &ops, &bad, &err)) {
		if ((err.code == ESTALE || err.code == EBUSY) && !last &&
		    (err.code == ESTALE || !bad)) {
			nap();
			ret = AGAIN;
		} else {
			ret = report_op(r, bad, &err);
		}
		goto out;
	}
	ret = set_limits(c, r, cur.limits.obj, false, &changed);
	r->raised = false;
out:
	oplist_free(&ops);
	config_free(&cur);
	return ret;
}

static int restore(struct ctx *c, struct restore *r)
{
	int tries, ret = AGAIN;

	wait_for_devices(r);
	for (tries = 1; tries <= TRIES && ret == AGAIN; tries++)
		ret = attempt(c, r, tries == TRIES);
	if (ret)
		undo_limits(c, r);
	return ret;
}

static int load_document(struct restore *r, FILE *fp)
{
	unsigned int found;

	r->doc = doc_read(fp, r->file);
	if (!r->doc)
		return ST_USAGE;
	return doc_build(r->doc, &r->want, &found);
}

static int load(struct restore *r, bool document)
{
	FILE *fp = stdin;
	int ret;

	if (strcmp(r->file, "-")) {
		fp = fopen(r->file, "re");
		if (!fp)
			return err_at(NULL, "cannot open %s: %m", r->file);
	} else {
		r->file = "stdin";
	}
	if (document)
		ret = load_document(r, fp);
	else
		ret = config_load(&r->want, fp, r->file);
	if (fp != stdin)
		fclose(fp);
	return ret;
}

static bool is_option(const char *word, const char *name)
{
	if (word[0] == '-' && word[1] == '-')
		word++;
	return word[0] == '-' && !strcmp(word + 1, name);
}

static int parse_wait(struct restore *r, struct args *a)
{
	const struct tok *tok = args_next(a);

	if (!tok)
		return err_end(a, "--wait wants a time");
	if (unit_msec(tok->s, &r->wait) || r->wait > 86400000)
		return err_word(tok, "'%s' is not a time up to a day", tok->s);
	return 0;
}

static int parse_file(struct restore *r, const struct tok *tok,
		      const char *name)
{
	if (tok->s[0] == '-' && tok->s[1])
		return err_word(tok, "%s has no option '%s'", name, tok->s);
	if (r->file)
		return err_word(tok, "'%s' is too much", tok->s);
	r->file = tok->s;
	return 0;
}

static int parse_options(struct restore *r, struct args *a, const char *name)
{
	bool apply = !strcmp(name, "apply");
	const struct tok *tok;
	int ret = 0;

	while (!ret && (tok = args_next(a))) {
		if (is_option(tok->s, "dry-run"))
			r->dry_run = true;
		else if (is_option(tok->s, "keep-learned"))
			r->keep_learned = true;
		else if (is_option(tok->s, "skip-missing"))
			r->skip_missing = true;
		else if (is_option(tok->s, "wait"))
			ret = parse_wait(r, a);
		else if (apply && args_peek(a) &&
			 (is_option(tok->s, "f") || is_option(tok->s, "file")))
			ret = parse_file(r, args_next(a), name);
		else
			ret = parse_file(r, tok, name);
	}
	if (ret)
		return ret;
	if (!r->file)
		return err_end(a, "which file shall be %s?",
			       apply ? "applied" : "restored");
	return 0;
}

static int run(struct ctx *c, struct args *a, const char *name)
{
	struct restore r = { 0 };
	int ret;

	if (c->txn)
		return err_at(&a->tok[0].pos,
			      "%s is a transaction of its own", name);
	ret = parse_options(&r, a, name);
	if (ret)
		return ret;
	config_init(&r.want);
	ret = load(&r, !strcmp(name, "apply"));
	if (!ret)
		ret = sdw_start(c);
	if (!ret)
		ret = restore(c, &r);
	config_free(&r.want);
	doc_free(r.doc);
	json_decref(r.old_limits);
	return ret;
}

int cmd_restore(struct ctx *c, struct args *a)
{
	return run(c, a, "restore");
}

int cmd_apply(struct ctx *c, struct args *a)
{
	return run(c, a, "apply");
}
