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
"Usage: sdwanctl save [ static ] [ FILE | - ]\n";

static int write_fd(const struct config *cfg, int fd, bool learned)
{
	FILE *fp = fdopen(fd, "w");
	int bad;

	if (!fp) {
		close(fd);
		return -1;
	}
	config_write(cfg, fp, learned);
	bad = ferror(fp) || fflush(fp) || fsync(fileno(fp));
	return fclose(fp) || bad ? -1 : 0;
}

/* A reader sees the old file or the new one, never a part. */
static int write_file(const struct config *cfg, const char *file, bool learned)
{
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
		ret = write_fd(cfg, fd, learned);
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

int cmd_save(struct ctx *c, struct args *a)
{
	const struct tok *tok = args_next(a);
	struct config cfg;
	struct sdw_error err;
	const char *file = NULL;
	bool learned = true;
	uint32_t gen;
	int ret;

	if (tok && !strcmp(tok->s, "static")) {
		learned = false;
		tok = args_next(a);
	}
	if (tok && strcmp(tok->s, "-"))
		file = tok->s;
	tok = args_next(a);
	if (tok)
		return err_word(tok, "'%s' is too much", tok->s);
	if (sdw_start(c))
		return ST_REFUSED;
	if (config_read(c, &cfg, &gen, &err))
		return sdw_report(&a->tok[0].pos, NULL, &err);
	if (file) {
		ret = write_file(&cfg, file, learned);
	} else {
		config_write(&cfg, stdout, learned);
		ret = show_flush();
	}
	config_free(&cfg);
	return ret;
}
