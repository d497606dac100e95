// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: "metrics", the counters as OpenMetrics text, for Prometheus and
 * its like
 */
#include <errno.h>
#include <string.h>

#include "sdwanctl.h"

const char usage_metrics[] =
"Usage: sdwanctl metrics\n";

struct metric {
	const char *name;
	const char *key;
	const char *help;
	bool gauge;
};

/* What one kind of object has, and what tells its objects apart. */
struct family {
	const char *const *labels;
	const struct metric *metric;
};

static const char *const counter_labels[] = { "name", NULL };

static const struct metric counter_metrics[] = {
	{ "sdwan_fabric_drops", "value",
	  "Packets dropped before a segment was known, by cause.", false },
	{ }
};

static const char *const count_labels[] = { "kind", NULL };

static const struct metric count_metrics[] = {
	{ "sdwan_objects", "count", "Objects that exist.", true },
	{ "sdwan_objects_limit", "limit", "Objects that there may be.", true },
	{ }
};

static const char *const path_labels[] = { "name", "peer", "underlay", NULL };

static const struct metric path_metrics[] = {
	{ "sdwan_path_up", "up", "Whether the path carries traffic.", true },
	{ "sdwan_path_degraded", "degraded",
	  "Whether it does so after all that are not.", true },
	{ "sdwan_path_tx_packets", "tx_packets", "Outer packets sent.",
	  false },
	{ "sdwan_path_tx_bytes", "tx_bytes", "Outer bytes sent.", false },
	{ "sdwan_path_tx_errors", "tx_errors",
	  "Packets that could not be sent.", false },
	{ "sdwan_path_rx_packets", "rx_packets", "Outer packets accepted.",
	  false },
	{ "sdwan_path_rx_bytes", "rx_bytes", "Outer bytes accepted.", false },
	{ "sdwan_path_rx_errors", "rx_errors",
	  "Packets that arrived and were dropped.", false },
	{ "sdwan_path_rx_duplicates", "rx_duplicates",
	  "Packets sent over two paths that arrived and were removed.", false },
	{ "sdwan_path_tx_rate_bits", "tx_rate", "Bits of data sent a second.",
	  true },
	{ "sdwan_path_rx_rate_bits", "rx_rate",
	  "Bits of data received a second.", true },
	{ "sdwan_path_rtt_microseconds", "rtt", "Smoothed round-trip time.",
	  true },
	{ "sdwan_path_rtt_var_microseconds", "rtt_var",
	  "Mean deviation of the round-trip time.", true },
	{ "sdwan_path_rtt_min_microseconds", "rtt_min",
	  "Shortest round-trip time.", true },
	{ "sdwan_path_delay_var_tx_microseconds", "delay_var_tx",
	  "Variation of the delay to the far end.", true },
	{ "sdwan_path_delay_var_rx_microseconds", "delay_var_rx",
	  "Variation of the delay from the far end.", true },
	{ "sdwan_path_transit_microseconds", "transit",
	  "How much longer than by the quickest path the way takes.", true },
	{ "sdwan_path_transit_var_microseconds", "transit_var",
	  "How much that varies.", true },
	{ "sdwan_path_probe_loss_tx_millionths", "probe_loss_tx",
	  "Lost part of the probes, smoothed.", true },
	{ "sdwan_path_probe_loss_rx_millionths", "probe_loss_rx",
	  "Lost part of the answers, smoothed.", true },
	{ "sdwan_path_probes_sent", "probes_sent", "Probes sent.", false },
	{ "sdwan_path_probes_answered", "probes_answered",
	  "Answers that were accepted.", false },
	{ "sdwan_path_probes_lost_tx", "probes_lost_tx",
	  "Probes lost on the way to the far end.", false },
	{ "sdwan_path_probes_lost_rx", "probes_lost_rx",
	  "Answers lost on the way back.", false },
	{ "sdwan_path_probes_reflected", "probes_reflected",
	  "Probes of the far end that were answered.", false },
	{ "sdwan_path_data_loss_tx_millionths", "data_loss_tx",
	  "Lost part of the data to the far end, smoothed.", true },
	{ "sdwan_path_data_loss_rx_millionths", "data_loss_rx",
	  "Lost part of the data from the far end, smoothed.", true },
	{ "sdwan_path_data_lost_tx", "data_lost_tx",
	  "Data packets lost on the way to the far end.", false },
	{ "sdwan_path_data_lost_rx", "data_lost_rx",
	  "Data packets lost on the way from the far end.", false },
	{ "sdwan_path_pmtu_bytes", "pmtu",
	  "Longest outer packet that is known to pass.", true },
	{ "sdwan_path_heard_age_milliseconds", "heard_age",
	  "Time since a probe or an answer has come.", true },
	{ }
};

/* The same as the far end has told it: tx is what that sends. */
static const struct metric far_metrics[] = {
	{ "sdwan_path_far_age_milliseconds", "age",
	  "Time since the far end told what follows.", true },
	{ "sdwan_path_far_rtt_microseconds", "rtt",
	  "Smoothed round-trip time at the far end.", true },
	{ "sdwan_path_far_rtt_var_microseconds", "rtt_var",
	  "Mean deviation of the round-trip time there.", true },
	{ "sdwan_path_far_rtt_min_microseconds", "rtt_min",
	  "Shortest round-trip time there.", true },
	{ "sdwan_path_far_delay_var_tx_microseconds", "delay_var_tx",
	  "Variation of the delay from the far end, by its word.", true },
	{ "sdwan_path_far_delay_var_rx_microseconds", "delay_var_rx",
	  "Variation of the delay to the far end, by its word.", true },
	{ "sdwan_path_far_probe_loss_tx_millionths", "probe_loss_tx",
	  "Lost part of the probes of the far end.", true },
	{ "sdwan_path_far_probe_loss_rx_millionths", "probe_loss_rx",
	  "Lost part of the answers to these.", true },
	{ "sdwan_path_far_data_loss_tx_millionths", "data_loss_tx",
	  "Lost part of the data from the far end, by its word.", true },
	{ "sdwan_path_far_data_loss_rx_millionths", "data_loss_rx",
	  "Lost part of the data to the far end, by its word.", true },
	{ "sdwan_path_far_tx_rate_bits", "tx_rate",
	  "Bits of data the far end sends a second.", true },
	{ "sdwan_path_far_rx_rate_bits", "rx_rate",
	  "Bits of data the far end receives a second.", true },
	{ "sdwan_path_far_heard_age_milliseconds", "heard_age",
	  "Time for which the far end had not heard this one then.", true },
	{ }
};

/* What the gateways of both ends have agreed on, with the labels of their path. */
static const struct metric agreement_metrics[] = {
	{ "sdwan_path_agreement_age_milliseconds", "age",
	  "Time since the other end has told something of decisions.", true },
	{ "sdwan_path_agreement_policies", "policies",
	  "Policies that the leader has on the path.", true },
	{ "sdwan_path_agreement_pending", "pending",
	  "Changes that the follower has not acknowledged.", true },
	{ "sdwan_path_agreement_sent", "sent",
	  "Messages about decisions sent.", false },
	{ "sdwan_path_agreement_received", "received",
	  "Messages about decisions received.", false },
	{ "sdwan_path_agreement_refused", "refused",
	  "Messages about decisions that were of no use.", false },
	{ "sdwan_path_agreement_agreed", "same",
	  "1 where both ends have the same policies on the path.", true },
	{ "sdwan_path_agreement_disagreements", "disagreements",
	  "How often both ends had other policies on the path.", false },
	{ "sdwan_path_agreement_disagreement_milliseconds",
	  "disagreement_time", "Time for which that was so.", false },
	{ "sdwan_path_agreement_resyncs", "resyncs",
	  "How often all policies of the path were told anew.", false },
	{ "sdwan_path_agreement_unknown", "unknown",
	  "Policies that the follower has no class for.", true },
	{ "sdwan_path_agreement_differing", "differing",
	  "Policies that the follower has other goals for.", true },
	{ }
};

static const char *const cost_labels[] = { "metric", "path", NULL };

static const struct metric cost_metrics[] = {
	{ "sdwan_path_cost", "cost",
	  "What the path costs by a metric; 4294967295 for never.", true },
	{ }
};

static const char *const rule_labels[] = { "pref", "name", "class", NULL };

static const struct metric rule_metrics[] = {
	{ "sdwan_rule_packets", "packets",
	  "Packets that the rule decided on.", false },
	{ "sdwan_rule_bytes", "bytes", "Bytes of these packets.", false },
	{ }
};

static const char *const link_labels[] = { "dev", "vni", NULL };

static const struct metric link_metrics[] = {
	{ "sdwan_segment_tx_packets", "tx_packets", "Inner packets sent.",
	  false },
	{ "sdwan_segment_tx_bytes", "tx_bytes", "Inner bytes sent.", false },
	{ "sdwan_segment_tx_dropped", "tx_dropped",
	  "Inner packets that were not sent.", false },
	{ "sdwan_segment_rx_packets", "rx_packets", "Inner packets received.",
	  false },
	{ "sdwan_segment_rx_bytes", "rx_bytes", "Inner bytes received.",
	  false },
	{ "sdwan_segment_rx_dropped", "rx_dropped",
	  "Packets that arrived and were dropped.", false },
	{ }
};

static const char *const drop_labels[] = { "dev", "vni", "name", NULL };

static const struct metric drop_metrics[] = {
	{ "sdwan_segment_drops", "value",
	  "Packets of a segment that were dropped, by cause.", false },
	{ }
};

static const struct family family_counter = { counter_labels, counter_metrics };
static const struct family family_count = { count_labels, count_metrics };
static const struct family family_path = { path_labels, path_metrics };
static const struct family family_far = { path_labels, far_metrics };
static const struct family family_agreement = { path_labels,
						  agreement_metrics };
static const struct family family_cost = { cost_labels, cost_metrics };
static const struct family family_rule = { rule_labels, rule_metrics };
static const struct family family_link = { link_labels, link_metrics };
static const struct family family_drop = { drop_labels, drop_metrics };

/* ---- text ---- */

static void put_label(const char *name, const json_t *val, bool first)
{
	const char *p;

	printf("%s%s=\"", first ? "{" : ",", name);
	if (json_is_integer(val))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(val));
	p = json_is_string(val) ? json_string_value(val) : "";
	for (; *p; p++) {
		if (*p == '\n') {
			fputs("\\n", stdout);
			continue;
		}
		if (*p == '"' || *p == '\\')
			putchar('\\');
		putchar(*p);
	}
	putchar('"');
}

/* A label that an object does not have is left out. */
static void put_labels(const char *const *labels, const json_t *obj)
{
	bool first = true;

	for (; *labels; labels++) {
		const json_t *val = json_object_get(obj, *labels);

		if (!val)
			continue;
		put_label(*labels, val, first);
		first = false;
	}
	if (!first)
		putchar('}');
}

/*
 * The name of a counter ends the same in all lines, as the textfile collector
 * and promtool want it.
 */
static void put_metric(const struct metric *m, const char *const *labels,
		       const json_t *list)
{
	const char *end = m->gauge ? "" : "_total";
	size_t i;

	printf("# TYPE %s%s %s\n", m->name, end, m->gauge ? "gauge" : "counter");
	printf("# HELP %s%s %s\n", m->name, end, m->help);
	for (i = 0; i < json_array_size(list); i++) {
		const json_t *obj = json_array_get(list, i);

		if (!json_object_get(obj, m->key))
			continue;
		printf("%s%s", m->name, end);
		put_labels(labels, obj);
		printf(" %" JSON_INTEGER_FORMAT "\n", obj_int(obj, m->key));
	}
}

static void put_family(const struct family *f, const json_t *list)
{
	const struct metric *m;

	for (m = f->metric; m->name; m++)
		put_metric(m, f->labels, list);
}

/* ---- what is counted ---- */

static void put_counts(const json_t *fabric)
{
	json_t *list = json_array();
	const struct keyword *kw;

	for (kw = limit_kw; kw->word; kw++) {
		json_t *one;

		if (!json_object_get(fabric, kw->key) ||
		    !json_object_get(fabric, kw->word))
			continue;
		one = json_object();
		json_object_set_new(one, "kind", json_string(kw->word));
		json_object_set(one, "count", json_object_get(fabric, kw->word));
		json_object_set(one, "limit", json_object_get(fabric, kw->key));
		json_array_append_new(list, one);
	}
	put_family(&family_count, list);
	json_decref(list);
}

static int put_fabric(struct ctx *c, struct sdw_error *err)
{
	const struct request rq = {
		.cmd = SDWAN_CMD_FABRIC_GET, .set = &set_fabric,
	};
	json_t *fabric = NULL;
	int ret = sdw_do(c, &rq, &fabric, err);

	if (ret)
		return ret;
	put_counts(fabric);
	put_family(&family_counter, json_object_get(fabric, "counter"));
	json_decref(fabric);
	return 0;
}

/* A part of what is told of paths, with the labels of those. */
static void put_part(const json_t *paths, const char *key,
		     const struct family *family)
{
	json_t *list = json_array(), *path;
	const char *const *label;
	size_t i;

	json_array_foreach((json_t *)paths, i, path) {
		json_t *part = json_object_get(path, key), *agreed;

		if (!part)
			continue;
		for (label = path_labels; *label; label++)
			json_object_set(part, *label,
					json_object_get(path, *label));
		agreed = json_object_get(part, "agreed");
		if (agreed)
			json_object_set_new(part, "same",
					    json_integer(json_is_true(agreed)));
		json_array_append(list, part);
	}
	put_family(family, list);
	json_decref(list);
}

static void put_paths(const json_t *list)
{
	json_t *obj;
	size_t i;

	json_array_foreach((json_t *)list, i, obj) {
		const char *state = obj_str(obj, "state");
		bool degraded = !strcmp(state, "degraded");

		json_object_set_new(obj, "degraded", json_integer(degraded));
		json_object_set_new(obj, "up",
				    json_integer(degraded ||
						 !strcmp(state, "up")));
	}
	put_family(&family_path, list);
	put_part(list, "far", &family_far);
	put_part(list, "agreement", &family_agreement);
}

static void put_rules(const json_t *list)
{
	put_family(&family_rule, list);
}

static int put_objects(struct ctx *c, const struct objtype *type,
		       void (*put)(const json_t *list), struct sdw_error *err)
{
	const struct request rq = { .cmd = type->get, .set = type->set };
	json_t *list = NULL;
	int ret = sdw_dump(c, &rq, &list, err);

	if (ret == -EOPNOTSUPP)
		return 0;	/* an older module does not have them */
	if (ret)
		return ret;
	list_sort(list, type);
	put(list);
	json_decref(list);
	return 0;
}

static int put_costs(struct ctx *c, struct sdw_error *err)
{
	const struct request rq = {
		.cmd = SDWAN_CMD_METRIC_COST, .set = &set_cost,
	};
	json_t *list = NULL;
	int ret = sdw_dump(c, &rq, &list, err);

	if (ret == -EOPNOTSUPP)
		return 0;	/* an older module does not have them */
	if (!ret)
		put_family(&family_cost, list);
	json_decref(list);
	return ret;
}

static void put_drops(const json_t *links)
{
	json_t *list = json_array(), *link;
	size_t i;

	json_array_foreach(links, i, link) {
		int ret = ethtool_drops(link, list);

		/* it may have gone meanwhile */
		if (ret && ret != -ENODEV)
			warn_at(NULL, "the drops of '%s' are not known: %s",
				obj_str(link, "dev"), strerror(-ret));
	}
	put_family(&family_drop, list);
	json_decref(list);
}

static void put_links(void)
{
	json_t *list = json_array();
	int ret = link_dump(list);

	if (ret)
		warn_at(NULL, "the segments cannot be listed: %s",
			strerror(-ret));
	put_family(&family_link, list);
	put_drops(list);
	json_decref(list);
}

int cmd_metrics(struct ctx *c, struct args *a)
{
	const struct tok *tok = args_next(a);
	struct sdw_error err;
	int ret;

	if (tok)
		return err_word(tok, "'%s' is too much", tok->s);
	if (sdw_start(c))
		return ST_REFUSED;
	ret = put_fabric(c, &err);
	if (!ret)
		ret = put_objects(c, &obj_path, put_paths, &err);
	if (!ret)
		ret = put_costs(c, &err);
	if (!ret)
		ret = put_objects(c, &obj_rule, put_rules, &err);
	if (ret)
		return sdw_report(&a->tok[0].pos, NULL, &err);
	put_links();
	puts("# EOF");
	return show_flush();
}
