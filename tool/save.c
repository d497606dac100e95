// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: "save", the configuration as a file
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sdwanctl.h"

const char usage_save[] =
"Usage: sdwanctl [ -j ] save [ --json ] [ static ] [ FILE | - ]\n";

struct save {
	const char *file;
	bool json;
	bool learned;
};

static void put_json(const struct config *cfg, FILE *fp, bool learned)
{
	json_t *doc = doc_json(cfg, learned);

	json_dumpf(doc, fp, JSON_INDENT(2));
	putc('\n', fp);
	json_decref(doc);
}

static void put(const struct config *cfg, const struct save *s, FILE *fp)
{
	if (s->json)
		put_json(cfg, fp, s->learned);
	else
		config_write(cfg, fp, s->learned);
}

static int write_fd(const struct config *cfg, const struct save *s, int fd)
{
	FILE *fp = fdopen(fd, "w");
	int bad;

	if (!fp) {
		close(fd);
		return -1;
	}
	put(cfg, s, fp);
	bad = ferror(fp) || fflush(fp) || fsync(fileno(fp));
	return fclose(fp) || bad ? -1 : 0;
}

/* A reader sees the old file or the new one, never a part. */
static int write_file(const struct config *cfg, const struct save *s)
{
	const char *file = s->file;
	char *tmp;
	int fd, ret = -1;
	mode_t mask;

	if (asprintf(&tmp, "%s.XXXXXX", file) < 0)
		return err_at(NULL, "out of memory");
	fd = mkstemp(tmp);
	if (fd >= 0) {
		mask = umask(0);
		umask(mask);
		(void)fchmod(fd, 0666 & ~mask);
		ret = write_fd(cfg, s, fd);
		if (!ret)
			ret = rename(tmp, file);
		if (ret)
			unlink(tmp);
	}
	free(tmp);
	if (ret)
		return err_at(NULL, "cannot write %s: %m", file);
	return ST_OK;
}

static int parse_words(struct save *s, struct args *a)
{
	const struct tok *tok = args_next(a);

	if (tok && (!strcmp(tok->s, "--json") || !strcmp(tok->s, "-json"))) {
		s->json = true;
		tok = args_next(a);
	}
	s->learned = !tok || strcmp(tok->s, "static");
	if (!s->learned)
		tok = args_next(a);
	if (tok && strcmp(tok->s, "-"))
		s->file = tok->s;
	tok = args_next(a);
	if (tok)
		return err_word(tok, "'%s' is too much", tok->s);
	return 0;
}

int cmd_save(struct ctx *c, struct args *a)
{
	struct save s = { .json = c->json };
	struct config cfg;
	struct sdw_error err;
	uint32_t gen;
	int ret;

	ret = parse_words(&s, a);
	if (ret)
		return ret;
	if (sdw_start(c))
		return ST_REFUSED;
	if (config_read(c, &cfg, &gen, &err))
		return sdw_report(&a->tok[0].pos, NULL, &err);
	key_name_files(&cfg);
	if (s.file) {
		ret = write_file(&cfg, &s);
	} else {
		put(&cfg, &s, stdout);
		ret = show_flush();
	}
	config_free(&cfg);
	return ret;
}
