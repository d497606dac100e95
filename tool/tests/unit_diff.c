// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the parts of sdwanctl: defaults, and what lies between configurations
 */
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* A port that an encapsulation does not have is not made up. */
static void test_ports(void)
{
	static const struct {
		const char *encap;
		json_int_t port;
	} cases[] = {
		{ "geneve", 6081 }, { "vxlan", 4789 }, { "vxlan-gpe", 4790 },
		{ "gre", 0 }, { "dev", 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		json_t *ul = json_pack("{ss}", "encap", cases[i].encap);
		json_t *path = json_copy(ul);
		bool has = cases[i].port;

		obj_underlay.defaults(ul, NULL);
		obj_path.defaults(path, NULL);
		check(obj_int(ul, "port") == cases[i].port &&
		      has == !!json_object_get(ul, "port"),
		      "default port of an underlay: %s", cases[i].encap);
		check(obj_int(path, "dstport") == cases[i].port &&
		      has == !!json_object_get(path, "dstport"),
		      "default port of a path: %s", cases[i].encap);
		json_decref(ul);
		json_decref(path);
	}
}

static char *diff_text(const char *from, const char *to, bool keep_learned)
{
	struct config cur, want;
	struct oplist ops = { 0 };
	char *text = NULL;
	size_t size = 0, i;
	FILE *fp;

	config_init(&cur);
	config_init(&want);
	fp = fmemopen((void *)from, strlen(from), "r");
	if (config_load(&cur, fp, "from"))
		abort();
	fclose(fp);
	fp = fmemopen((void *)to, strlen(to), "r");
	if (config_load(&want, fp, "to"))
		abort();
	fclose(fp);
	config_diff(&cur, &want, keep_learned, &ops);
	fp = open_memstream(&text, &size);
	for (i = 0; i < ops.n; i++)
		op_print(&ops.op[i], fp);
	fclose(fp);
	oplist_free(&ops);
	config_free(&cur);
	config_free(&want);
	return text;
}

#define BASE \
	"node set site 1 name paris\n" \
	"underlay add u1 dev d1\n" \
	"underlay add u2 dev d2 port 7000\n" \
	"peer add a site 2 overlay 10.0.0.2 vni 5 overlay 10.0.0.3\n" \
	"peer add b site 3\n" \
	"path add peer a underlay u1 remote 192.0.2.1\n" \
	"path add peer a underlay u2 remote 192.0.2.1\n" \
	"path add peer b underlay u1 remote 192.0.2.2\n" \
	"prefix add 10.2.0.0/16 vni 5 site 2 gateway 1 gateway 2\n"

#define MORE_BASE \
	"underlay add u dev d port 7000\n" \
	"underlay add e dev d port 7001 encap vxlan-gpe\n" \
	"underlay add w dev d encap dev\n" \
	"underlay add r dev d encap gre\n" \
	"peer add p site 2\n"

static void test_diff(void)
{
	static const struct {
		const char *name, *from, *to, *out;
	} cases[] = {
		{ "the same", BASE, BASE, "" },
		{ "the same, said otherwise", BASE,
		  "prefix replace 10.2.0.0/16 gateway 2 gateway 1 site 2 vni 5\n"
		  "peer add b site 3 gateway 1 overlay none stock off\n"
		  "peer add a overlay 10.0.0.3 overlay 10.0.0.2 vni 5 site 2 source-check on\n"
		  "path add b:u1 peer b underlay u1 remote 192.0.2.2 up preference 100\n"
		  "path add peer a underlay u2 remote 192.0.2.1 dstport 7000\n"
		  "path add peer a underlay u1 remote 192.0.2.1 encap geneve\n"
		  "underlay add u1 dev d1 cost 0 rate 0 port 6081\n"
		  "underlay add u2 dev d2 port 7000\n"
		  "node set name paris gateway 1 site 1\n", "" },
		{ "all from nothing", "", BASE,
		  "node set site 1 name paris\n"
		  "underlay add u1 dev d1\n"
		  "underlay add u2 dev d2 port 7000\n"
		  "peer add a site 2 overlay 10.0.0.2 vni 5 overlay 10.0.0.3\n"
		  "peer add b site 3\n"
		  "path add a:u1 peer a underlay u1 remote 192.0.2.1\n"
		  "path add a:u2 peer a underlay u2 remote 192.0.2.1\n"
		  "path add b:u1 peer b underlay u1 remote 192.0.2.2\n"
		  "prefix add 10.2.0.0/16 vni 5 site 2 gateway 1 gateway 2\n" },
		{ "nothing from all", BASE, "",
		  "prefix del 10.2.0.0/16 vni 5\n"
		  "path del a:u1\npath del a:u2\npath del b:u1\n"
		  "peer del a\npeer del b\n"
		  "underlay del u1\nunderlay del u2\n" },
		{ "one value",
		  "underlay add u dev d cost 1 rate 1mbit\n",
		  "underlay add u dev d cost 1 rate 2mbit\n",
		  "underlay set u rate 2mbit\n" },
		{ "a value back to its default",
		  "underlay add u dev d cost 1\n", "underlay add u dev d\n",
		  "underlay set u cost 0\n" },
		{ "a fixed value of an underlay with a path",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add peer p underlay u remote 192.0.2.1\n",
		  "underlay add u dev d port 9\npeer add p site 2\n"
		  "path add peer p underlay u remote 192.0.2.1\n",
		  "path del p:u\nunderlay del u\nunderlay add u dev d port 9\n"
		  "path add p:u peer p underlay u remote 192.0.2.1\n" },
		{ "a fixed value of a peer with a path",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add peer p underlay u remote 192.0.2.1\n",
		  "underlay add u dev d\npeer add p site 3\n"
		  "path add peer p underlay u remote 192.0.2.1\n",
		  "path del p:u\npeer del p\npeer add p site 3\n"
		  "path add p:u peer p underlay u remote 192.0.2.1\n" },
		{ "the site of the node",
		  "node set site 1\npeer add p site 2\n",
		  "node set site 9\npeer add p site 2\n",
		  "peer del p\nnode set site 9\npeer add p site 2\n" },
		{ "the name of the node",
		  "node set site 1 name x\npeer add p site 2\n",
		  "node set site 1\npeer add p site 2\n",
		  "node set name \"\"\n" },
		{ "two paths change places",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.1\n"
		  "path add y peer p underlay u remote 192.0.2.2\n",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.2\n"
		  "path add y peer p underlay u remote 192.0.2.1\n",
		  "path del x\npath del y\n"
		  "path add x peer p underlay u remote 192.0.2.2\n"
		  "path add y peer p underlay u remote 192.0.2.1\n" },
		{ "a path moves to a free place",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.1\n",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.2\n",
		  "path set x remote 192.0.2.2\n" },
		{ "an overlay address changes hands",
		  "peer add p site 2\npeer add q site 3 overlay 10.0.0.1\n",
		  "peer add p site 2 overlay 10.0.0.1\npeer add q site 3\n",
		  "peer set q overlay none\npeer set p overlay 10.0.0.1\n"
		  "peer set q overlay none\n" },
		{ "an overlay address goes",
		  "peer add q site 3 overlay 10.0.0.1\n", "peer add q site 3\n",
		  "peer set q overlay none\n" },
		{ "a prefix loses its gateways",
		  "prefix add 10.0.0.0/8 vni 1 site 2 gateway 7\n",
		  "prefix add 10.0.0.0/8 vni 1 site 2\n",
		  "prefix replace 10.0.0.0/8 vni 1 site 2\n" },
		{ "the same prefix in two segments",
		  "prefix add 10.0.0.0/8 vni 1 site 2\n",
		  "prefix add 10.0.0.0/8 vni 2 site 2\n"
		  "prefix add 10.0.0.0/8 vni 1 site 2\n",
		  "prefix add 10.0.0.0/8 vni 2 site 2\n" },
		{ "a learned prefix",
		  "prefix add 10.0.0.0/8 vni 1 site 2 origin learned\n", "",
		  "prefix del 10.0.0.0/8 vni 1\n" },
		{ "a life that runs down",
		  "prefix add 10.0.0.0/8 vni 1 site 2 expires 100\n",
		  "prefix add 10.0.0.0/8 vni 1 site 2 expires 120\n", "" },
		{ "a life that is shortened",
		  "prefix add 10.0.0.0/8 vni 1 site 2 expires 100\n",
		  "prefix add 10.0.0.0/8 vni 1 site 2 expires 50\n",
		  "prefix replace 10.0.0.0/8 vni 1 site 2 expires 50s\n" },
		{ "a life that gets no end",
		  "prefix add 10.0.0.0/8 vni 1 site 2 expires 100\n",
		  "prefix add 10.0.0.0/8 vni 1 site 2\n",
		  "prefix replace 10.0.0.0/8 vni 1 site 2\n" },
		{ "encapsulations, said otherwise",
		  MORE_BASE
		  "path add g peer p underlay u remote 192.0.2.1 encap gre\n"
		  "path add x peer p underlay u remote 192.0.2.1 encap vxlan-gpe\n"
		  "path add v peer p underlay u remote 192.0.2.1 encap vxlan\n"
		  "path add y peer p underlay e remote 192.0.2.1\n"
		  "path add z peer p underlay e remote 192.0.2.1 encap geneve\n"
		  "path add d peer p underlay w vni 5\n"
		  "path add h peer p underlay r remote 192.0.2.1\n",
		  MORE_BASE
		  "path add g peer p underlay u remote 192.0.2.1 encap gre "
		  "dscp copy ttl auto df set csum auto fwmark none "
		  "mtu-clamp none mss-clamp off\n"
		  "path add x peer p underlay u remote 192.0.2.1 encap vxlan-gpe dstport 4790\n"
		  "path add v peer p underlay u remote 192.0.2.1 encap vxlan dstport 4789\n"
		  "path add y peer p underlay e remote 192.0.2.1 encap vxlan-gpe dstport 7001\n"
		  "path add z peer p underlay e remote 192.0.2.1 encap geneve dstport 6081\n"
		  "path add d peer p underlay w vni 5 encap dev ttl 0 fwmark 0 mtu-clamp 0\n"
		  "path add h peer p underlay r remote 192.0.2.1 encap gre\n", "" },
		{ "what is said of encapsulations",
		  "",
		  MORE_BASE
		  "path add g peer p underlay u remote 192.0.2.1 encap gre\n"
		  "path add x peer p underlay u remote 192.0.2.1 encap vxlan-gpe dstport 4790\n"
		  "path add y peer p underlay e remote 192.0.2.1 dstport 4790\n"
		  "path add d peer p underlay w vni 5\n"
		  "path add f peer p underlay u vni 6 encap dev\n",
		  MORE_BASE
		  "path add g peer p underlay u remote 192.0.2.1 encap gre\n"
		  "path add x peer p underlay u remote 192.0.2.1 encap vxlan-gpe\n"
		  "path add y peer p underlay e remote 192.0.2.1 dstport 4790\n"
		  "path add d peer p underlay w vni 5\n"
		  "path add f peer p underlay u encap dev vni 6\n" },
		{ "another port of a path of another encapsulation",
		  MORE_BASE
		  "path add x peer p underlay u remote 192.0.2.1 encap vxlan-gpe dstport 7000\n",
		  MORE_BASE
		  "path add x peer p underlay u remote 192.0.2.1 encap vxlan-gpe\n",
		  "path set x dstport 4790\n" },
		{ "the encapsulation of an underlay, to one without port",
		  "underlay add u dev d port 7000\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.1\n",
		  "underlay add u dev d encap gre\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.1\n",
		  "path del x\nunderlay del u\nunderlay add u dev d encap gre\n"
		  "path add x peer p underlay u remote 192.0.2.1\n" },
		{ "the segment of a path",
		  "underlay add u dev d encap dev\npeer add p site 2\n"
		  "path add x peer p underlay u vni 5\n",
		  "underlay add u dev d encap dev\npeer add p site 2\n"
		  "path add x peer p underlay u vni 6 mss-clamp on\n",
		  "path del x\n"
		  "path add x peer p underlay u vni 6 mss-clamp on\n" },
		{ "from a remote address to a segment",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.1 ttl 5\n",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add x peer p underlay u vni 6 encap dev\n",
		  "path del x\n"
		  "path add x peer p underlay u encap dev vni 6\n" },
		{ "another path takes over the device",
		  "underlay add u dev d encap dev\npeer add p site 2\n"
		  "peer add q site 3\n"
		  "path add x peer p underlay u vni 5\n",
		  "underlay add u dev d encap dev\npeer add p site 2\n"
		  "peer add q site 3\n"
		  "path add y peer q underlay u vni 5\n",
		  "path del x\npath add y peer q underlay u vni 5\n" },
		{ "outer packets",
		  MORE_BASE
		  "path add x peer p underlay u remote 192.0.2.1 dscp 5 fwmark 1 df copy\n",
		  MORE_BASE
		  "path add x peer p underlay u remote 192.0.2.1 dscp af11 df copy ttl 3\n",
		  "path set x dscp af11 ttl 3 fwmark none\n" },
		{ "members in another order",
		  "class add c mode prefer a,b\n",
		  "class add c mode prefer b,a\n",
		  "class set c members b,a\n" },
		{ "a class, said otherwise",
		  "class add c mode balance a=1,b=2\n",
		  "class replace c policy c gap auto failback soft move flowlet "
		  "best-effort dscp path weight explicit mode balance a,b=2\n",
		  "" },
		{ "no members any more",
		  "class add c mode balance a,b\n",
		  "class add c mode balance\n", "class set c members none\n" },
		{ "no weights any more",
		  "class add c mode balance a=2,b\n",
		  "class add c mode balance a,b\n",
		  "class set c members a,b weight equal\n" },
		{ "another mode",
		  "class add c mode balance weight rate strict\n",
		  "class add c mode pin a strict\n",
		  "class replace c mode pin a strict\n" },
		{ "a class that a rule leaves",
		  "class add a mode balance\nclass add b mode balance\n"
		  "rule add pref 1 action class a\n",
		  "class add b mode balance\nrule add pref 1 action class b\n",
		  "rule set pref 1 class b\nclass del a\n" },
		{ "a class that goes with its rule",
		  "class add a mode balance\nrule add pref 1 class a\n",
		  "class add b mode balance\nrule add pref 2 class b\n",
		  "rule del pref 1\nclass del a\nclass add b mode balance\n"
		  "rule add pref 2 action class b\n" },
		{ "a rule with less",
		  "rule add pref 1 proto tcp dport 5 action drop\n",
		  "rule add pref 1 proto tcp action drop\n",
		  "rule replace pref 1 proto tcp action drop\n" },
		{ "a rule with more",
		  "rule add pref 1 proto tcp action drop\n",
		  "rule add pref 1 name x proto tcp dport 6,5 action drop\n",
		  "rule set pref 1 name x dport 5-6\n" },
		{ "a rule, said otherwise",
		  "rule add pref 1 proto tcp dport 5,6,7 mark 1/1 from any action pass\n",
		  "rule replace 0x1 mark 0x1/0x1 dport 5-7 proto 6 action pass\n",
		  "" },
		{ "names like keywords",
		  "",
		  "underlay add name name dev d\npeer add peer site 2\n"
		  "path add name peer peer peer underlay name remote 192.0.2.1\n",
		  "underlay add name name dev d\npeer add peer site 2\n"
		  "path add name peer peer peer underlay name remote 192.0.2.1\n" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = diff_text(cases[i].from, cases[i].to, false);
		bool good = !strcmp(text, cases[i].out);

		check(good, "difference: %s", cases[i].name);
		if (!good)
			printf("# got:\n%s", text);
		free(text);
	}
}

static void test_diff_learned(void)
{
	char *text = diff_text("prefix add 10.0.0.0/8 vni 1 site 2\n"
			       "prefix add 11.0.0.0/8 vni 1 site 2 origin learned\n",
			       "", true);

	check(!strcmp(text, "prefix del 10.0.0.0/8 vni 1\n"),
	      "difference: a learned prefix is left alone if so wanted");
	free(text);
}

void unit_diff(void)
{
	test_ports();
	test_diff();
	test_diff_learned();
}
