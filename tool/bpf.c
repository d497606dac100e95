// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: programs that rules ask
 *
 * A file is either one that a compiler made, which libbpf loads, or a program that
 * is pinned in a BPF file system. libbpf is looked for only then: most
 * installations have no such rule, and need no library for it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include <linux/bpf.h>
#include <linux/magic.h>

#include "sdwanctl.h"

#define LIBBPF "libbpf.so.1"

struct bpf_object;
struct bpf_program;

static struct {
	void *handle;
	int (*obj_get)(const char *path);
	void *(*set_print)(void *fn);
	struct bpf_object *(*open)(const char *path, const void *opts);
	int (*load)(struct bpf_object *obj);
	struct bpf_program *(*next)(const struct bpf_object *obj,
				    struct bpf_program *prog);
	int (*set_type)(struct bpf_program *prog, enum bpf_prog_type type);
	int (*fd)(const struct bpf_program *prog);
	void (*close)(struct bpf_object *obj);
} lib;

static bool lib_find(void *fn, const char *name)
{
	void *sym = dlsym(lib.handle, name);

	memcpy(fn, &sym, sizeof(sym));
	return sym;
}

static int lib_open(char *why, size_t size)
{
	if (lib.handle)
		return 0;
	lib.handle = dlopen(LIBBPF, RTLD_NOW | RTLD_LOCAL);
	if (!lib.handle) {
		snprintf(why, size, "%s", dlerror());
		return -ENOENT;
	}
	if (!lib_find(&lib.obj_get, "bpf_obj_get") ||
	    !lib_find(&lib.set_print, "libbpf_set_print") ||
	    !lib_find(&lib.open, "bpf_object__open_file") ||
	    !lib_find(&lib.load, "bpf_object__load") ||
	    !lib_find(&lib.next, "bpf_object__next_program") ||
	    !lib_find(&lib.set_type, "bpf_program__set_type") ||
	    !lib_find(&lib.fd, "bpf_program__fd") ||
	    !lib_find(&lib.close, "bpf_object__close")) {
		snprintf(why, size, "%s", dlerror());
		dlclose(lib.handle);
		lib.handle = NULL;
		return -ENOENT;
	}
	/* what goes wrong is said here */
	lib.set_print(NULL);
	return 0;
}

static int load_object(const char *path, struct bpf_object *obj, int *fd,
		       char *why, size_t size)
{
	struct bpf_program *prog = lib.next(obj, NULL);

	if (!prog || lib.next(obj, prog)) {
		snprintf(why, size, "%s: there is to be one program in it",
			 path);
		return -EINVAL;
	}
	lib.set_type(prog, BPF_PROG_TYPE_SOCKET_FILTER);
	if (lib.load(obj)) {
		snprintf(why, size, "%s: the kernel does not take the program",
			 path);
		return -errno;
	}
	*fd = lib.fd(prog);
	return 0;
}

static int load_file(const char *path, int *fd, char *why, size_t size)
{
	struct bpf_object *obj;
	struct statfs fs;
	int ret;

	if (statfs(path, &fs)) {
		snprintf(why, size, "%s", path);
		return -errno;
	}
	ret = lib_open(why, size);
	if (ret)
		return ret;
	if ((unsigned long)fs.f_type == BPF_FS_MAGIC) {
		*fd = lib.obj_get(path);
		snprintf(why, size, "%s", path);
		return *fd < 0 ? -errno : 0;
	}
	obj = lib.open(path, NULL);
	if (!obj) {
		snprintf(why, size, "%s: no BPF object", path);
		return -errno;
	}
	ret = load_object(path, obj, fd, why, size);
	/* else it stays as long as the descriptor is used: until we exit */
	if (ret)
		lib.close(obj);
	return ret;
}

/*
 * The program of a file, which many rules may have: it is loaded once. A negative
 * error and the reason in @why where that cannot be.
 */
int bpf_load(const char *path, int *fd, char *why, size_t size)
{
	static json_t *loaded;
	const json_t *known = json_object_get(loaded, path);
	int ret;

	if (known) {
		*fd = (int)json_integer_value(known);
		return 0;
	}
	ret = load_file(path, fd, why, size);
	if (ret)
		return ret;
	if (!loaded)
		loaded = json_object();
	json_object_set_new(loaded, path, json_integer(*fd));
	return 0;
}
