// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: keys of peers, which are in files that nobody else may read
 *
 * A key is written in hexadecimal digits. It goes into the kernel, and comes out
 * of it no more.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sdwanctl.h"

#define KEY_MIN 16
#define KEY_NEW 32	/* what SHA-256 gives is no stronger with more */
#define KEY_TEXT (2 * PEER_KEY_MAX + 2)
#define KEY_PLACE "/etc/sdwan"

const char usage_genkey[] =
"Usage: sdwanctl genkey [ FILE ]\n";

static int key_digit(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	if (isxdigit((unsigned char)c))
		return tolower((unsigned char)c) - 'a' + 10;
	return -1;
}

static int key_decode(const char *text, size_t len, uint8_t key[PEER_KEY_MAX])
{
	size_t i;

	if (len % 2 || len < 2 * KEY_MIN || len > 2 * PEER_KEY_MAX)
		return -EINVAL;
	for (i = 0; i < len; i++) {
		int digit = key_digit(text[i]);

		if (digit < 0)
			return -EINVAL;
		key[i / 2] = (uint8_t)(i % 2 ? key[i / 2] << 4 | digit : digit);
	}
	return (int)(len / 2);
}

static int key_read(int fd, const char *path, uint8_t key[PEER_KEY_MAX], char *why,
		    size_t size)
{
	char text[KEY_TEXT + 1];
	struct stat st;
	ssize_t len;
	int ret;

	if (fstat(fd, &st)) {
		snprintf(why, size, "%s", path);
		return -errno;
	}
	if (!S_ISREG(st.st_mode) || st.st_mode & 077) {
		snprintf(why, size,
			 "%s: a key is in a file of mode 0600, which only its owner may read",
			 path);
		return -EPERM;
	}
	len = read(fd, text, sizeof(text));
	if (len < 0) {
		snprintf(why, size, "%s", path);
		return -errno;
	}
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	ret = key_decode(text, (size_t)len, key);
	explicit_bzero(text, sizeof(text));
	if (ret < 0)
		snprintf(why, size, "%s: a key has %d to %d hexadecimal digits",
			 path, 2 * KEY_MIN, 2 * PEER_KEY_MAX);
	return ret;
}

/*
 * The key that is in a file. Its length, or a negative error and the reason in
 * @why.
 */
int key_load(const char *path, uint8_t key[PEER_KEY_MAX], char *why, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int ret;

	if (fd < 0) {
		snprintf(why, size, "%s", path);
		return -errno;
	}
	ret = key_read(fd, path, key, why, size);
	close(fd);
	return ret;
}

/* Keys are not saved: what is restored takes them from where they belong. */
void key_name_files(const struct config *cfg)
{
	char path[sizeof(KEY_PLACE "/.key") + SDWAN_NAME_MAX];
	size_t i;

	for (i = 0; i < cfg->n[OBJ_PEER]; i++) {
		json_t *obj = cfg->item[OBJ_PEER][i].obj;
		const char *name = obj_str(obj, "name");

		if (!obj_int(obj, "keys"))
			continue;
		snprintf(path, sizeof(path), KEY_PLACE "/%s.key", name);
		json_object_set_new(obj, "key", json_string(path));
		if (access(path, R_OK))
			warn_at(NULL, "a restore takes the key of peer %s from %s: %m",
				name, path);
	}
}

static int key_new(char text[2 * KEY_NEW + 2])
{
	uint8_t key[KEY_NEW];
	size_t i;

	if (getrandom(key, sizeof(key), 0) != sizeof(key))
		return err_refused(NULL, "there are no random numbers: %s",
				   strerror(errno));
	for (i = 0; i < sizeof(key); i++)
		snprintf(text + 2 * i, 3, "%02x", key[i]);
	text[2 * KEY_NEW] = '\n';
	explicit_bzero(key, sizeof(key));
	return 0;
}

/* A file that is there is left alone: its key may be in use. */
static int key_write(const struct tok *file, const char *text, size_t len)
{
	int fd = open(file->s, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t done;

	if (fd < 0)
		return err_refused(&file->pos, "%s: %s", file->s,
				   strerror(errno));
	done = write(fd, text, len);
	if (close(fd) || done != (ssize_t)len) {
		unlink(file->s);
		return err_refused(&file->pos, "%s: cannot be written",
				   file->s);
	}
	return 0;
}

int cmd_genkey(struct ctx *c, struct args *a)
{
	const struct tok *file = args_next(a), *more = args_peek(a);
	char text[2 * KEY_NEW + 2];
	int ret;

	(void)c;
	if (more)
		return err_word(more, "unknown word '%s'", more->s);
	ret = key_new(text);
	if (ret)
		return ret;
	if (file)
		ret = key_write(file, text, 2 * KEY_NEW + 1);
	else
		fwrite(text, 1, 2 * KEY_NEW + 1, stdout);
	explicit_bzero(text, sizeof(text));
	return ret ? ret : show_flush();
}
