// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what the two ends of a path tell each other of what they have found out
 *
 * Behind probes that are made by a key, now and then, as their length counts where
 * there are thousands of idle paths.  A probe brings what its sender has found out,
 * and takes back the same of who answers it.  Of the path, that is always told, for
 * who asks how the far end sees it; of the underlay and of the end as such only what
 * a metric of the other end reads.
 */
#include <linux/math64.h>
#include <linux/time64.h>

#include "metric.h"
#include "netlink_gen.h"
#include "probe.h"

/* How often it is told of a path in use. */
#define SDWAN_REPORT_INTERVAL	NSEC_PER_SEC

/* Of another path: behind each so manieth probe. */
#define SDWAN_REPORT_EACH	16

static_assert(offsetof(struct sdwan_metric_path, reserved) ==
	      SDWAN_TLV_PATH_FIELDS * sizeof(__be32));
static_assert(offsetof(struct sdwan_metric_underlay, reserved) ==
	      SDWAN_TLV_UNDERLAY_FIELDS * sizeof(__be32));
static_assert(offsetof(struct sdwan_metric_device, reserved) ==
	      SDWAN_TLV_DEVICE_FIELDS * sizeof(__be32));

/**
 * sdwan_report_due() - whether the next probe has statistics behind it
 * @probe: probes of a path, locked
 * @now: ktime
 *
 * Paths that are probed in step do not tell them in step.
 *
 * Return: true where it does.
 */
bool sdwan_report_due(const struct sdwan_probe *probe, u64 now)
{
	if (probe->fast && now - probe->reported >= SDWAN_REPORT_INTERVAL)
		return true;
	return !((probe->seq + probe->path->obj.id) % SDWAN_REPORT_EACH);
}

static u8 sdwan_report_wants(const struct sdwan_path *path)
{
	return READ_ONCE(path->obj.sn->metrics->wants);
}

/**
 * sdwan_report_fields() - for how many fields of statistics there is to be room
 * @probe: probes of a path, locked
 *
 * Return: as many as either end tells.
 */
unsigned int sdwan_report_fields(const struct sdwan_probe *probe)
{
	u8 wants = sdwan_report_wants(probe->path);

	return max(sdwan_tlv_fields(SDWAN_TLV_PATH | wants),
		   sdwan_tlv_fields(SDWAN_TLV_PATH | probe->report.wants));
}

static void sdwan_report_path(const struct sdwan_path *path, __be32 *field)
{
	struct sdwan_cfg *hdr = rcu_dereference(path->obj.cfg);
	struct sdwan_metric_path section;

	sdwan_metric_path(&section, path, hdr ? sdwan_path_cfg(hdr) : NULL,
			  ktime_get_ns());
	memcpy(field, &section, SDWAN_TLV_PATH_FIELDS * sizeof(*field));
}

static void sdwan_report_underlay(const struct sdwan_path *path, __be32 *field)
{
	struct sdwan_cfg *hdr = rcu_dereference(path->underlay->obj.cfg);
	struct sdwan_metrics *m = path->obj.sn->metrics;
	struct sdwan_metric_underlay section;

	spin_lock(&m->told);
	sdwan_metric_underlay(&section, path->underlay,
			      hdr ? sdwan_underlay_cfg(hdr) : NULL,
			      ktime_get_ns());
	spin_unlock(&m->told);
	memcpy(field, &section, SDWAN_TLV_UNDERLAY_FIELDS * sizeof(*field));
}

static void sdwan_report_device(const struct sdwan_path *path, __be32 *field)
{
	struct sdwan_metrics *m = path->obj.sn->metrics;
	struct sdwan_metric_device section;

	spin_lock(&m->told);
	sdwan_metric_device(&section, m, ktime_get_ns());
	spin_unlock(&m->told);
	memcpy(field, &section, SDWAN_TLV_DEVICE_FIELDS * sizeof(*field));
}

/**
 * sdwan_report_erase() - tell nothing
 * @s: statistics, for which there is room
 */
void sdwan_report_erase(struct sdwan_tlv_statistics *s)
{
	s->has = 0;
	s->wants = 0;
	s->zero = 0;
	memset(s->field, 0, sdwan_tlv_room(s) * sizeof(*s->field));
}

/**
 * sdwan_report_write() - tell what has been found out
 * @path: path
 * @s: result, with its length; sections for which there is no room are left out
 * @wants: what the peer has a use for
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_report_write(const struct sdwan_path *path,
			struct sdwan_tlv_statistics *s, u8 wants)
{
	static const struct {
		u8 section;
		void (*write)(const struct sdwan_path *path, __be32 *field);
	} sections[] = {
		{ SDWAN_TLV_PATH, sdwan_report_path },
		{ SDWAN_TLV_UNDERLAY, sdwan_report_underlay },
		{ SDWAN_TLV_DEVICE, sdwan_report_device },
	};
	unsigned int i, room = sdwan_tlv_room(s);

	sdwan_report_erase(s);
	s->wants = sdwan_report_wants(path);
	wants |= SDWAN_TLV_PATH;
	for (i = 0; i < ARRAY_SIZE(sections); i++) {
		u8 has = s->has | sections[i].section;

		if (!(wants & sections[i].section) ||
		    sdwan_tlv_fields(has) > room)
			continue;
		sections[i].write(path, s->field + sdwan_tlv_fields(s->has));
		s->has = has;
	}
}

static const __be32 *sdwan_report_section(const struct sdwan_tlv_statistics *s,
					  u8 section, __be32 *to,
					  const __be32 *field)
{
	unsigned int n = sdwan_tlv_fields(section);

	if (!(s->has & section))
		return field;
	memcpy(to, field, n * sizeof(*to));
	return field + n;
}

/**
 * sdwan_report_take() - the far end tells what it has found out
 * @probe: probes of the path, locked
 * @s: what it tells, in a packet of its present session
 * @now: ktime
 *
 * Context: Bottom halves off.
 */
void sdwan_report_take(struct sdwan_probe *probe,
		       const struct sdwan_tlv_statistics *s, u64 now)
{
	struct sdwan_report *report = &probe->report;
	const __be32 *field = s->field;

	report->at = now;
	report->has = s->has & SDWAN_TLV_SECTIONS;
	report->wants = s->wants & SDWAN_TLV_SECTIONS;
	field = sdwan_report_section(s, SDWAN_TLV_PATH, report->path, field);
	field = sdwan_report_section(s, SDWAN_TLV_UNDERLAY, report->underlay,
				     field);
	sdwan_report_section(s, SDWAN_TLV_DEVICE, report->device, field);
	if (report->wants & ~SDWAN_TLV_PATH)
		sdwan_metrics_wanted(probe->path->obj.sn, now);
}

/* The far end's own age, and that of its word. */
static __be32 sdwan_report_age(__be32 told, u64 ns)
{
	u32 age = be32_to_cpu(told);

	if (age == SDWAN_METRIC_UNKNOWN)
		return told;
	return cpu_to_be32(min_t(u64, age + div_u64(ns, NSEC_PER_MSEC),
				 SDWAN_METRIC_UNKNOWN - 1));
}

/**
 * sdwan_report_block() - what the far end has told, as metrics see it
 * @block: result
 * @probe: probes of the path
 * @now: ktime
 */
void sdwan_report_block(struct sdwan_metric_block *block,
			struct sdwan_probe *probe, u64 now)
{
	const struct sdwan_report *report = &probe->report;
	u64 age;

	spin_lock_bh(&probe->lock);
	/* another CPU may have heard it since */
	age = max_t(s64, now - report->at, 0);
	if (report->has & SDWAN_TLV_PATH) {
		memcpy(&block->far_path, report->path, sizeof(report->path));
		block->far_path.age_ms =
			sdwan_report_age(block->far_path.age_ms, age);
	}
	if (report->has & SDWAN_TLV_UNDERLAY) {
		memcpy(&block->far_underlay, report->underlay,
		       sizeof(report->underlay));
		block->far_underlay.age_ms =
			sdwan_report_age(block->far_underlay.age_ms, age);
	}
	if (report->has & SDWAN_TLV_DEVICE) {
		memcpy(&block->far_device, report->device,
		       sizeof(report->device));
		block->far_device.age_ms =
			sdwan_report_age(block->far_device.age_ms, age);
	}
	spin_unlock_bh(&probe->lock);
}

#define SDWAN_REPORT_ATTR(attr, member, unit) \
	{ SDWAN_A_FAR_##attr, \
	  offsetof(struct sdwan_metric_path, member) / sizeof(__be32), unit }

/* How what is told of the path is called, and in which unit of ours it is said. */
static const struct {
	u16 attr;
	u16 field;
	u16 unit;
} sdwan_report_attrs[] = {
	SDWAN_REPORT_ATTR(RTT, rtt_us, 0),
	SDWAN_REPORT_ATTR(RTT_VAR, rtt_var_us, 0),
	SDWAN_REPORT_ATTR(RTT_MIN, rtt_min_us, 0),
	SDWAN_REPORT_ATTR(DELAY_VAR_TX, delay_var_tx_us, 0),
	SDWAN_REPORT_ATTR(DELAY_VAR_RX, delay_var_rx_us, 0),
	SDWAN_REPORT_ATTR(PROBE_LOSS_TX, probe_loss_tx_ppm, 0),
	SDWAN_REPORT_ATTR(PROBE_LOSS_RX, probe_loss_rx_ppm, 0),
	SDWAN_REPORT_ATTR(DATA_LOSS_TX, data_loss_tx_ppm, 0),
	SDWAN_REPORT_ATTR(DATA_LOSS_RX, data_loss_rx_ppm, 0),
	SDWAN_REPORT_ATTR(TX_RATE, tx_kbit, 1000),
	SDWAN_REPORT_ATTR(RX_RATE, rx_kbit, 1000),
	SDWAN_REPORT_ATTR(HEARD_AGE, age_ms, 0),
	SDWAN_REPORT_ATTR(MTU, mtu, 0),
};

static int sdwan_report_fill_path(struct sk_buff *skb,
				  const struct sdwan_report *report)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(sdwan_report_attrs) && !err; i++) {
		u32 value = be32_to_cpu(report->path[sdwan_report_attrs[i].field]);

		if (value == SDWAN_METRIC_UNKNOWN)
			continue;
		if (sdwan_report_attrs[i].unit)
			err = nla_put_u64_64bit(skb, sdwan_report_attrs[i].attr,
						(u64)value *
						sdwan_report_attrs[i].unit,
						SDWAN_A_FAR_PAD);
		else
			err = nla_put_u32(skb, sdwan_report_attrs[i].attr,
					  value);
	}
	return err;
}

/**
 * sdwan_report_fill() - tell what the far end has told of the path
 * @skb: message
 * @report: that; locked
 * @now: ktime
 *
 * Return: 0 or -EMSGSIZE.
 */
int sdwan_report_fill(struct sk_buff *skb, const struct sdwan_report *report,
		      u64 now)
{
	struct nlattr *nest;
	u64 age;

	if (!(report->has & SDWAN_TLV_PATH))
		return 0;
	age = div_u64(max_t(s64, now - report->at, 0), NSEC_PER_MSEC);
	nest = nla_nest_start(skb, SDWAN_A_PATH_FAR);
	if (!nest ||
	    nla_put_u32(skb, SDWAN_A_FAR_AGE, min_t(u64, age, U32_MAX)) ||
	    sdwan_report_fill_path(skb, report))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
