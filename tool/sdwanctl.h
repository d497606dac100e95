/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwanctl: what its files share
 *
 * An object is a JSON object whose keys are the names of the netlink
 * specification with '_' for '-'. codec.c turns it into attributes and back
 * by the tables of schema.c; the grammar (keyword tables of the object files)
 * fills it from words; show, save, filters and the difference engine read it.
 */
#ifndef SDWANCTL_H
#define SDWANCTL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <jansson.h>
#include <linux/netlink.h>
#include <linux/sdwan.h>

struct nl_msg;
struct nlattr;

#ifndef SDWANCTL_VERSION
#define SDWANCTL_VERSION "unknown"
#endif

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define printf_like(f, a) __attribute__((format(printf, f, a)))

/* Exit status. */
enum {
	ST_OK,
	ST_USAGE,
	ST_REFUSED,
};

/* ---- schema.c: the specification as tables ---- */

enum attr_type {
	A_PAD,
	A_U8,
	A_U16,
	A_U32,
	A_U64,
	A_STR,
	A_FLAG,
	A_BOOL,		/* u8, 0 or 1 */
	A_ENUM,		/* u32 */
	A_DSCP,		/* u8, 64 is to copy that of the inner packet, 65 of the path */
	A_ADDR,		/* 16 bytes, IPv4 mapped */
	A_NEST,
	A_PFX_ADDR,	/* with A_PFX_LEN of the same key one value */
	A_PFX_LEN,
	A_MARK,		/* with A_MASK of the same key one value */
	A_MASK,
	A_PORTS,	/* pairs of u16, ranges */
	A_MAC,		/* 6 bytes */
	A_FD,		/* with A_FILE of the same key one value: it, loaded */
	A_FILE,		/* name of a file with a BPF program */
	A_KEY,		/* name of a file with a key; what is in it is sent */
	A_PROG,		/* with A_STR of the same key one value: it, compiled */
};

struct enum_desc {
	const char *const *name;
	unsigned int first;
	unsigned int n;
};

struct attr_desc {
	uint16_t id;
	uint8_t type;
	bool multi;
	const char *name;
	const char *key;
	const struct enum_desc *en;
	const struct attr_set *nest;
};

struct attr_set {
	const char *name;
	const struct attr_desc *attr;
	unsigned int n;
	uint16_t txn;	/* id of the txn attribute, 0 if there is none */
};

extern const struct enum_desc enum_encap, enum_state, enum_reason, enum_kind,
			      enum_origin, enum_df, enum_csum, enum_cmode,
			      enum_cweight, enum_cmove, enum_cfailback,
			      enum_action, enum_owner, enum_lanmode, enum_probe,
			      enum_probemtu, enum_pmtustate;
extern const struct attr_set set_fabric, set_node, set_underlay, set_peer,
			     set_path, set_prefix, set_class, set_rule,
			     set_flow, set_txn, set_lan, set_metric,
			     set_cost, set_decision, set_objective,
			     set_agreement_event;

const char *enum_name(const struct enum_desc *en, unsigned int value);
int enum_value(const struct enum_desc *en, const char *name);
const struct attr_desc *attr_by_id(const struct attr_set *set, unsigned int id);
const struct attr_desc *attr_by_key(const struct attr_set *set, const char *key);

/* ---- util.c ---- */

const char *obj_str(const json_t *obj, const char *key);
json_int_t obj_int(const json_t *obj, const char *key);
void obj_default(json_t *obj, const char *key, json_t *val);
void *grow(void *array, size_t n, size_t size);

/* ---- codec.c: objects to attributes and back ---- */

/* Where in a request the kernel points at. */
struct attr_loc {
	char name[64];	/* name of the attribute, "overlay/addr" in a nest */
	char key[32];	/* key of the outermost attribute */
	int index;	/* which of several of that name */
};

/* What cannot be sent, and why; @attr is NULL where no attribute is to blame. */
struct codec_error {
	const struct attr_desc *attr;
	char msg[256];
};

int codec_encode(struct nl_msg *msg, const struct attr_set *set,
		 const json_t *obj, struct codec_error *why);
json_t *codec_decode(const struct attr_set *set, const struct nlattr *head,
		     int len);
bool codec_locate(const struct attr_set *set, const struct nlattr *head,
		  int len, size_t base, size_t offset, struct attr_loc *loc);

/* ---- addr.c: addresses and prefixes ---- */

#define ADDR_LEN 16
#define ADDR_TEXT 64

int addr_parse(const char *s, uint8_t addr[ADDR_LEN]);
void addr_format(const uint8_t addr[ADDR_LEN], char *buf, size_t size);
bool addr_is_v4(const uint8_t addr[ADDR_LEN]);
int prefix_parse(const char *s, uint8_t addr[ADDR_LEN], uint8_t *plen);
void prefix_format(const uint8_t addr[ADDR_LEN], uint8_t plen, char *buf,
		   size_t size);

/* ---- units.c: numbers ---- */

int unit_number(const char *s, uint64_t max, uint64_t *val);
int unit_rate(const char *s, uint64_t *bps);
int unit_msec(const char *s, uint64_t *msec);
int unit_usec(const char *s, uint64_t *usec);
int unit_part(const char *s, uint64_t *ppm);
void format_rate(uint64_t bps, char *buf, size_t size);
void format_msec(uint64_t msec, char *buf, size_t size);
void format_usec(uint64_t usec, char *buf, size_t size);
void format_part(uint64_t ppm, char *buf, size_t size);

/* ---- dscp.c ---- */

#define DSCP_MAX 63

/* Words, not values; of a class also "path", in rules neither it nor "copy". */
extern const struct enum_desc enum_dscp, enum_dscp_class, enum_dscp_value;

json_t *dscp_to_json(uint8_t dscp);
uint8_t dscp_from_json(const json_t *val);
uint8_t dscp_by_name(const char *name);
const char *dscp_name(uint8_t dscp);

/* ---- bpf.c: programs that rules ask ---- */

int bpf_load(const char *path, int *fd, char *why, size_t size);

/* ---- key.c: keys of peers ---- */

#define PEER_KEY_MAX 64

int key_load(const char *path, uint8_t key[PEER_KEY_MAX], char *why, size_t size);

/* ---- match.c: protocols, ethertypes, MAC addresses, ports and marks ---- */

struct port_range {
	uint16_t first;
	uint16_t last;
};

#define PORTS_ROOM 256		/* ranges before they are merged */
#define PORTS_TEXT 256
#define MARK_TEXT 32
#define MAC_LEN 6
#define MAC_TEXT 18

/* words, not values */
extern const struct enum_desc enum_proto, enum_ethertype;

uint8_t proto_by_name(const char *name);
const char *proto_name(json_int_t proto);
uint16_t ethertype_by_name(const char *name);
const char *ethertype_name(json_int_t type);
int mac_parse(const char *s, uint8_t mac[MAC_LEN]);
void mac_format(const uint8_t mac[MAC_LEN], char *buf, size_t size);
bool proto_has_ports(json_int_t proto);
unsigned int ports_merge(struct port_range *r, unsigned int n);
int ports_parse(const char *s, struct port_range r[PORTS_ROOM],
		unsigned int *n);
void ports_format(const struct port_range *r, unsigned int n, char *buf,
		  size_t size);
int mark_parse(const char *s, uint32_t *mark, uint32_t *mask);
void mark_format(uint32_t mark, uint32_t mask, char *buf, size_t size);

/* ---- token.c: words and where they stand ---- */

struct pos {
	const char *file;	/* NULL on the command line */
	unsigned int line;
	unsigned int col;
};

struct tok {
	char *s;
	struct pos pos;
};

struct args {
	struct tok *tok;
	int n;
	int i;
	struct pos end;		/* just behind the last word */
};

struct reader {
	FILE *fp;
	const char *file;
	unsigned int line;
};

const struct tok *args_peek(const struct args *a);
const struct tok *args_next(struct args *a);
int args_from_argv(struct args *a, int argc, char **argv);
void args_free(struct args *a);
int args_read(struct reader *r, struct args *a);
void print_word(FILE *fp, const char *word);

/* ---- diag.c: what goes to standard error ---- */

int err_at(const struct pos *pos, const char *fmt, ...) printf_like(2, 3);
int err_word(const struct tok *tok, const char *fmt, ...) printf_like(2, 3);
int err_end(const struct args *a, const char *fmt, ...) printf_like(2, 3);
int err_refused(const struct pos *pos, const char *fmt, ...) printf_like(2, 3);
void warn_at(const struct pos *pos, const char *fmt, ...) printf_like(2, 3);

/* ---- transport.c (or the fake kernel of the tests) ---- */

struct transport {
	int (*open)(int protocol, void **priv);
	int (*send)(void *priv, const struct nlmsghdr *nlh);
	ssize_t (*recv)(void *priv, void *buf, size_t size);
	int (*join)(void *priv, uint32_t group);
	int (*fd)(void *priv);
	void (*close)(void *priv);
	bool (*loaded)(void);	/* asking the family loads no module */
	int (*ethtool)(const char *dev, void *cmd);
};

extern const struct transport *const transport;

/* ---- netlink.c: requests, dumps, transactions ---- */

struct ctx {
	bool json;
	bool pretty;
	bool stats;
	bool details;
	bool force;
	bool timestamp;
	bool in_batch;
	void *nl;		/* the socket, opened at the first request */
	uint16_t family;
	uint32_t group;
	uint32_t seq;
	uint32_t txn;		/* open transaction or 0 */
	uint32_t txn_gen;
	json_t *added;		/* keys of what the transaction has added */
	unsigned char *buf;
};

#define NL_BUFSIZE 65536

struct sdw_error {
	int code;		/* positive errno */
	char msg[256];
	bool missing;		/* the attribute was not there */
	bool located;
	struct attr_loc loc;
};

struct request {
	uint8_t cmd;
	uint16_t flags;
	const struct attr_set *set;
	const json_t *attrs;	/* may be NULL */
};

int sdw_start(struct ctx *c);
void sdw_stop(struct ctx *c);
int sdw_do(struct ctx *c, const struct request *rq, json_t **reply,
	   struct sdw_error *err);
int sdw_dump(struct ctx *c, const struct request *rq, json_t **list,
	     struct sdw_error *err);
int sdw_dump_each(struct ctx *c, const struct request *rq,
		  void (*each)(void *arg, const json_t *obj), void *arg,
		  struct sdw_error *err);
int sdw_generation(struct ctx *c, uint32_t *gen, struct sdw_error *err);
int txn_begin(struct ctx *c, const uint32_t *gen, struct sdw_error *err);
int txn_commit(struct ctx *c, struct sdw_error *err);
void txn_abort(struct ctx *c);
int sdw_report(const struct pos *pos, const json_t *cols,
	       const struct sdw_error *err);

typedef int (*event_fn)(void *arg, uint8_t cmd, const struct nlattr *head,
			int len);
int sdw_event(struct ctx *c, event_fn fn, void *arg);

/* ---- signals.c ---- */

int signals_open(void);

/* ---- netns.c ---- */

int netns_switch(const char *name);

/* ---- link.c: rtnetlink ---- */

int link_vni(const char *dev, uint32_t *vni);
bool link_exists(const char *dev);
int link_dump(json_t *list);
int ethtool_drops(const json_t *dev, json_t *list);
int link_wait(json_t *devs, unsigned int msec);

/* ---- keyword.c: the grammar of attributes ---- */

enum kw_type {
	K_U32,		/* number within min..max */
	K_STR,
	K_ADDR,
	K_ENUM,
	K_ONOFF,
	K_FLAG,		/* a word alone is on; an optional on|off may follow */
	K_TRUE,		/* a word alone */
	K_FALSE,
	K_RATE,
	K_MSEC,
	K_OVERLAY,
	K_DSCP,
	K_UPDOWN,
	K_SEC,
	K_USEC,
	K_PART,		/* of a whole, in millionths */
	K_PREFIX,
	K_PROTO,
	K_PORTS,
	K_MARK,
	K_MODE,		/* of a class, perhaps with members */
	K_MEMBERS,
	K_ACTION,	/* of a rule, perhaps with a class or a segment */
	K_HEX,		/* a number that is told in hexadecimal digits */
	K_SEGMENT,	/* device of a segment, whose number it stands for */
	K_ETHERTYPE,
	K_MAC,
	K_FILE,
	K_KEY,		/* file with a key, or none */
	K_EXPR,		/* expression of a metric */
};

enum {
	KW_CONFIG = 1,	/* in add, set, replace */
	KW_KEY = 2,	/* also names the object: in del */
	KW_FILTER = 4,	/* in show, flush */
	KW_MULTI = 8,	/* may be repeated */
	KW_KEEP = 16,	/* saved even when it is the default */
	KW_FIXED = 32,	/* immutable: a change means delete and add */
	KW_NEED = 64,	/* mandatory in add and replace */
	KW_EMPTY = 128,	/* an empty text takes the value away */
	KW_ANY = 256,	/* "any" says that it is not there */
	KW_COMMAND = 512, /* in add, set, replace, but in no configuration */
	KW_BARE = 1024,	/* may be left out before its value */
};

enum kw_live {
	LIVE_NONE,
	LIVE_PEER,
	LIVE_UNDERLAY,
	LIVE_DEV,
	LIVE_SEGMENT,
	LIVE_PATH,
	LIVE_CLASS,
	LIVE_RULE,
	LIVE_LAN,
	LIVE_METRIC,
};

struct keyword {
	const char *word;	/* or two words, as "set dscp" */
	const char *key;
	uint8_t type;
	uint16_t flags;
	uint8_t live;
	uint64_t min;
	uint64_t max;
	const struct enum_desc *en;
	const char *zero;	/* K_U32, K_USEC: a word for 0, whatever min is */
};

#define PROBE_MULT_MAX 100
#define DEGRADED_LOSS_MAX 1000000
#define DEGRADED_MARGIN_MAX 99

const struct keyword *kw_find(const struct keyword *kw, unsigned int mask,
			      const struct tok *tok, int *status);
const struct keyword *kw_exact(const struct keyword *kw, const char *word);
int kw_parse(const struct keyword *kw, unsigned int mask, struct args *a,
	     json_t *obj, json_t *cols);
int kw_value(const struct keyword *kw, struct args *a, const struct tok *word,
	     json_t **val);
void cols_add(json_t *cols, const char *key, const struct pos *pos);
bool cols_get(const json_t *cols, const char *key, int index,
	      struct pos *pos);
bool is_prefix_of(const char *abbrev, const char *word);
bool kw_begins(const struct keyword *kw, const char *word);

/* ---- object.c: commands that all objects have ---- */

enum obj_id {
	OBJ_NODE,
	OBJ_UNDERLAY,
	OBJ_PEER,
	OBJ_PATH,
	OBJ_PREFIX,
	OBJ_METRIC,
	OBJ_CLASS,
	OBJ_LAN,
	OBJ_RULE,
	OBJ_MAX,
};

struct config;

struct objtype {
	const char *name;
	const struct attr_set *set;
	uint8_t get, add, change, del, ntf, del_ntf;
	bool singleton;
	bool name_optional;	/* the kernel makes the name */
	const char *key;	/* key of the first word: "name", "prefix", "pref" */
	unsigned int name_max;
	const struct keyword *kw;
	const char *const *brief;	/* keys shown always, */
	const char *const *detail;	/* with -d, */
	const char *const *stats;	/* with -s; */
	const char *const *options;	/* what is not as usual, all with -d */
	/* Fills in the kernel's defaults; cfg may be NULL. */
	void (*defaults)(json_t *obj, const struct config *cfg);
	/* Says what goes without saying, of whatever changes the object. */
	int (*finish)(json_t *obj, const json_t *cols, const struct args *a);
	/* Checks what the tables cannot say; attributes of an add. */
	int (*check)(const json_t *obj, const json_t *cols,
		     const struct args *a);
	const char *usage;
};

extern const struct objtype obj_node, obj_underlay, obj_peer, obj_path,
			    obj_prefix, obj_class, obj_rule, obj_lan,
			    obj_flow, obj_metric;
extern const struct objtype *const obj_types[OBJ_MAX];
void path_default_name(json_t *obj);
int path_check_encap(const json_t *obj, const json_t *cols,
		     const struct pos *pos);
int encap_port(const char *encap);
void probe_defaults(json_t *obj);
int members_parse(const struct tok *tok, json_t **val);
char *members_text(const json_t *list);

int obj_main(struct ctx *c, const struct objtype *type, struct args *a);
int obj_parse(const struct objtype *type, unsigned int mask, struct args *a,
	      json_t *obj, json_t *cols);
int obj_select(struct ctx *c, const struct objtype *type,
	       const struct args *a, json_t *filter, const json_t *cols,
	       json_t **list);
void obj_drop_any(json_t *obj);
void obj_filter(json_t *list, json_t *filter);
int obj_vni(json_t *obj, const struct pos *pos);
int obj_need(const struct objtype *type, const json_t *obj,
	     const json_t *cols, const struct args *a);
json_t *obj_key_attrs(const struct objtype *type, const json_t *obj);
void obj_key(const struct objtype *type, const json_t *obj, char *buf,
	     size_t size);
int obj_send(struct ctx *c, const struct objtype *type, uint8_t cmd,
	     uint16_t flags, const json_t *obj, const json_t *cols,
	     const struct pos *pos);
#define OBJ_KEY 96

#define OBJ_COMMANDS(kind)				\
	.get = SDWAN_CMD_##kind##_GET,			\
	.add = SDWAN_CMD_##kind##_NEW,			\
	.change = SDWAN_CMD_##kind##_SET,		\
	.del = SDWAN_CMD_##kind##_DEL,			\
	.ntf = SDWAN_CMD_##kind##_NTF,			\
	.del_ntf = SDWAN_CMD_##kind##_DEL_NTF

/* ---- show.c: output ---- */

void show_object(const struct ctx *c, const struct objtype *type,
		 const json_t *obj);
void show_command(FILE *fp, const struct objtype *type, const char *command,
		  const json_t *obj, const json_t *skip);
void show_json(const struct ctx *c, const json_t *val);
void show_pairs(const struct objtype *type, const json_t *obj,
		const char *const *keys, bool full);
int show_flush(void);

/* ---- config.c, diff.c: configurations and what lies between them ---- */

struct item {
	json_t *obj;
	json_t *cols;
	struct pos pos;
	bool renew;		/* diff.c: goes and comes back */
	bool skip;		/* wanted, but not now */
};

/* Sections of a document that are no kind of object. */
enum {
	SECTION_LIMITS = OBJ_MAX,
	SECTION_SERVICES,
};

struct config {
	struct item *item[OBJ_MAX];
	size_t n[OBJ_MAX];
	json_t *index[OBJ_MAX];	/* key of the object: place in item */
	struct item limits;
};

/* key.c */
void key_name_files(const struct config *cfg);

enum op_kind {
	OP_DEL,
	OP_ADD,
	OP_SET,
	OP_REPLACE,
};

struct op {
	enum op_kind kind;
	const struct objtype *type;
	json_t *obj;		/* what to send */
	const struct item *item;	/* where it comes from, or NULL */
};

struct oplist {
	struct op *op;
	size_t n;
};

void config_init(struct config *cfg);
void config_free(struct config *cfg);
struct item *config_find(const struct config *cfg, enum obj_id id,
			 const char *key);
int config_add(struct config *cfg, enum obj_id id, json_t *obj, json_t *cols,
	       const struct pos *pos);
int config_take(struct config *cfg, enum obj_id id, json_t *obj,
		json_t *cols, const struct pos *pos);
int config_complete(struct config *cfg);
int config_load(struct config *cfg, FILE *fp, const char *file);
int config_read(struct ctx *c, struct config *cfg, uint32_t *gen,
		struct sdw_error *err);
json_t *config_default(const struct config *cfg, const struct objtype *type,
		       const json_t *obj);
json_t *config_list(const struct config *cfg, enum obj_id id, bool learned);
json_t *config_essence(const struct config *cfg, const struct objtype *type,
		       const json_t *obj);
void config_write(const struct config *cfg, FILE *fp, bool learned);
void config_diff(struct config *cur, struct config *want, bool keep_learned,
		 struct oplist *ops);
void oplist_free(struct oplist *ops);
void op_print(const struct op *op, FILE *fp);
json_t *op_json(const struct op *op);

/* ---- document*.c: configurations in YAML and JSON ---- */

struct doc;

struct doc *doc_read(FILE *fp, const char *file);
void doc_free(struct doc *d);
int doc_build(const struct doc *d, struct config *cfg, unsigned int *found);
void doc_adopt(const struct doc *d, struct config *want,
	       const struct config *cur, unsigned int found);
json_t *doc_json(const struct config *cfg, bool learned);

/* ---- sort.c ---- */

int list_sort(json_t *list, const struct objtype *type);
int save_sort(json_t *list, const struct config *cfg, enum obj_id id);

/* ---- the other commands ---- */

int cmd_status(struct ctx *c, struct args *a);
int cmd_limit(struct ctx *c, struct args *a);
int cmd_flow(struct ctx *c, struct args *a);
int cmd_metrics(struct ctx *c, struct args *a);
int cmd_metric(struct ctx *c, struct args *a);
int cmd_decision(struct ctx *c, struct args *a);
int cmd_genkey(struct ctx *c, struct args *a);
int cmd_monitor(struct ctx *c, struct args *a);
int cmd_top(struct ctx *c, struct args *a);
int cmd_save(struct ctx *c, struct args *a);
int cmd_restore(struct ctx *c, struct args *a);
int cmd_apply(struct ctx *c, struct args *a);
int cmd_complete(struct ctx *c, struct args *a);
extern const struct keyword limit_kw[], flow_filter_kw[], flow_packet_kw[],
			    decision_kw[], top_kw[];
json_t *decision_of(struct ctx *c, const char *class, json_int_t site);
void decision_print(const json_t *decision);
void decision_line(const json_t *decision);
void objective_line(const json_t *objective);
void agreement_line(const json_t *agreement);
void limits_print(FILE *fp, const char *head, const json_t *limits);
extern const char usage_status[], usage_limit[], usage_monitor[],
		  usage_save[], usage_restore[], usage_apply[], usage_flow[],
		  usage_metrics[], usage_genkey[], usage_top[],
		  usage_decision[];

struct command {
	const char *name;
	int (*fn)(struct ctx *c, struct args *a);	/* or */
	const struct objtype *type;
	bool hidden;
	const char *usage;
};

extern const struct command commands[];
int command_run(struct ctx *c, struct args *a);
int batch_run(struct ctx *c, const char *file, bool transaction);

#endif /* SDWANCTL_H */
