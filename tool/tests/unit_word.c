// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the parts of sdwanctl: words and where they stand
 */
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static int read_words(const char *text, struct args *a, struct reader *r)
{
	int ret;

	r->fp = fmemopen((void *)text, strlen(text), "r");
	r->file = "f";
	r->line = 0;
	ret = args_read(r, a);
	fclose(r->fp);
	return ret;
}

static bool word_is(const struct args *a, int i, const char *s,
		    unsigned int line, unsigned int col)
{
	return i < a->n && !strcmp(a->tok[i].s, s) &&
	       a->tok[i].pos.line == line && a->tok[i].pos.col == col;
}

static void test_words(void)
{
	struct reader r;
	struct args a;

	check(read_words("path  add\tx # y\n", &a, &r) == 1 && a.n == 3 &&
	      word_is(&a, 0, "path", 1, 1) && word_is(&a, 1, "add", 1, 7) &&
	      word_is(&a, 2, "x", 1, 11), "words: columns and a comment");
	check(a.end.line == 1 && a.end.col == 12, "words: where they end");
	args_free(&a);
	check(read_words("a \"b c\" 'd\\e' f\\ g h\"i\"\n", &a, &r) == 1 &&
	      a.n == 5 && word_is(&a, 1, "b c", 1, 3) &&
	      word_is(&a, 2, "d\\e", 1, 9) && word_is(&a, 3, "f g", 1, 15) &&
	      word_is(&a, 4, "hi", 1, 20), "words: quotes and backslashes");
	args_free(&a);
	check(read_words("\"a\\\"b\\\\c\" ''\n", &a, &r) == 1 && a.n == 2 &&
	      word_is(&a, 0, "a\"b\\c", 1, 1) && word_is(&a, 1, "", 1, 11),
	      "words: escapes in quotes, and an empty word");
	args_free(&a);
	check(read_words("a \\\n  b\\\nc\n", &a, &r) == 1 && a.n == 3 &&
	      word_is(&a, 1, "b", 2, 3) && word_is(&a, 2, "c", 3, 1),
	      "words: a command of three lines");
	args_free(&a);
	check(read_words("a#b c\r\n", &a, &r) == 1 && a.n == 2 &&
	      word_is(&a, 0, "a#b", 1, 1) && word_is(&a, 1, "c", 1, 5),
	      "words: no comment within a word, no carriage return");
	args_free(&a);
	check(read_words("a", &a, &r) == 1 && a.n == 1,
	      "words: no newline at the end");
	args_free(&a);
	check(read_words("\t\n", &a, &r) == 1 && a.n == 0, "words: none");
	args_free(&a);
}

static void test_quoting(void)
{
	static const char *const words[] = {
		"plain", "with space", "", "#x", "a#b", "q\"q", "it's",
		"back\\slash", "tab\there", "$HOME", "a:b",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		char *text = NULL;
		size_t size = 0;
		FILE *fp = open_memstream(&text, &size);
		struct reader r;
		struct args a;

		print_word(fp, words[i]);
		putc('\n', fp);
		fclose(fp);
		check(read_words(text, &a, &r) == 1 && a.n == 1 &&
		      !strcmp(a.tok[0].s, words[i]),
		      "quoting '%s' comes back", words[i]);
		args_free(&a);
		free(text);
	}
}

void unit_words(void)
{
	test_words();
	test_quoting();
}
