// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: words of the command line and of files, with where they stand
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sdwanctl.h"

const struct tok *args_peek(const struct args *a)
{
	return a->i < a->n ? &a->tok[a->i] : NULL;
}

const struct tok *args_next(struct args *a)
{
	return a->i < a->n ? &a->tok[a->i++] : NULL;
}

void args_free(struct args *a)
{
	int i;

	for (i = 0; i < a->n; i++)
		free(a->tok[i].s);
	free(a->tok);
	memset(a, 0, sizeof(*a));
}

static int args_push(struct args *a, const char *s, size_t len,
		     const struct pos *pos)
{
	struct tok *tok;

	tok = grow(a->tok, (size_t)a->n, sizeof(*tok));
	if (!tok)
		return -ENOMEM;
	a->tok = tok;
	tok += a->n;
	tok->pos = *pos;
	tok->s = strndup(s, len);
	if (!tok->s)
		return -ENOMEM;
	a->n++;
	return 0;
}

int args_from_argv(struct args *a, int argc, char **argv)
{
	static const struct pos nowhere;
	int i;

	memset(a, 0, sizeof(*a));
	for (i = 0; i < argc; i++)
		if (args_push(a, argv[i], strlen(argv[i]), &nowhere))
			return -ENOMEM;
	return 0;
}

struct scanner {
	struct reader *r;
	struct args *a;
	char *line;
	size_t room;
	size_t len;
	size_t at;		/* next character of line */
	char *word;		/* as long as line */
	size_t word_len;
};

/* The next line of the file, without its end. 0 is the end of the file. */
static int next_line(struct scanner *s)
{
	ssize_t len = getline(&s->line, &s->room, s->r->fp);
	char *word;

	if (len < 0)
		return 0;
	if (len && s->line[len - 1] == '\n')
		len--;
	if (len && s->line[len - 1] == '\r')
		len--;
	s->len = (size_t)len;
	s->at = 0;
	s->r->line++;
	word = realloc(s->word, s->word_len + s->len + 1);
	if (!word)
		return -ENOMEM;
	s->word = word;
	return 1;
}

static struct pos here(const struct scanner *s)
{
	return (struct pos) {
		.file = s->r->file,
		.line = s->r->line,
		.col = (unsigned int)s->at + 1,
	};
}

static bool at_end(const struct scanner *s)
{
	return s->at >= s->len;
}

static int scan_quoted(struct scanner *s, const struct pos *start)
{
	char quote = s->line[s->at++];

	while (!at_end(s)) {
		char ch = s->line[s->at++];

		if (ch == quote)
			return 0;
		if (ch == '\\' && quote == '"' && !at_end(s) &&
		    (s->line[s->at] == '"' || s->line[s->at] == '\\'))
			ch = s->line[s->at++];
		s->word[s->word_len++] = ch;
	}
	return -err_at(start, "this quote is not closed");
}

/* One word of one line. */
static int scan_word(struct scanner *s)
{
	struct pos start = here(s);

	s->word_len = 0;
	while (!at_end(s) && !isspace((unsigned char)s->line[s->at])) {
		char ch = s->line[s->at];
		int ret;

		if (ch == '"' || ch == '\'') {
			ret = scan_quoted(s, &start);
			if (ret)
				return ret;
			continue;
		}
		if (ch == '\\') {
			if (s->at + 1 == s->len)
				break;	/* the command goes on below */
			ch = s->line[++s->at];
		}
		if (!ch)
			return -err_at(&start, "a zero byte in this word");
		s->word[s->word_len++] = ch;
		s->at++;
	}
	s->a->end = here(s);
	return args_push(s->a, s->word, s->word_len, &start);
}

/* The words up to the end of the line. */
static int scan_command(struct scanner *s)
{
	int ret;

	for (;;) {
		while (!at_end(s) && isspace((unsigned char)s->line[s->at]))
			s->at++;
		if (at_end(s) || s->line[s->at] == '#')
			return 1;
		if (s->line[s->at] == '\\' && s->at + 1 == s->len) {
			s->word_len = 0;
			ret = next_line(s);
			if (ret <= 0)
				return ret ? ret : 1;
			continue;
		}
		ret = scan_word(s);
		if (ret)
			return ret;
	}
}

/*
 * Read one command, which is a line unless it ends in a backslash.
 * Returns 1, 0 at the end of the file, -ENOMEM, or -ST_USAGE after a message.
 */
int args_read(struct reader *r, struct args *a)
{
	struct scanner s = { .r = r, .a = a };
	int ret;

	memset(a, 0, sizeof(*a));
	ret = next_line(&s);
	if (ret > 0) {
		a->end = here(&s);
		ret = scan_command(&s);
	}
	free(s.line);
	free(s.word);
	return ret;
}

/* Write @word so that args_read() reads it as one word. */
void print_word(FILE *fp, const char *word)
{
	const char *p;

	if (*word && !strpbrk(word, " \t\r\n\v\f\"'\\#")) {
		fputs(word, fp);
		return;
	}
	putc('"', fp);
	for (p = word; *p; p++) {
		if (*p == '"' || *p == '\\')
			putc('\\', fp);
		putc(*p, fp);
	}
	putc('"', fp);
}
