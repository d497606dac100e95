// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: where the far ends of paths are that are marked nat
 *
 * Between the ends there may be address translation, which changes the port when it likes,
 * or one of them gets another address.  The far end is then heard from where no path leads
 * to.  Probes with a key say who makes them, and by which path.  One that counts, as it is
 * new and echoes our nonce, tells where the far end is.  One of another session, of a far
 * end that has booted or was never heard, could be a record: it is answered, and asked back
 * where it came from; only who is there can answer that.  All else changes nothing.
 *
 * Soft interrupts note where that was.  The path is changed in process context, as if it
 * were configured so: a new configuration in another epoch, so that neither what sends nor
 * what receives knows of any of this.
 */
#include <linux/udp.h>

#include "addr.h"
#include "encap.h"
#include "endpoint.h"
#include "path.h"
#include "probe.h"
#include "receive_path.h"
#include "site.h"
#include "stamp.h"

/* Outer packets of IPv6 paths are not fragmented to less. */
static bool sdwan_endpoint_may(const struct sdwan_path_cfg *cfg,
			       unsigned short family)
{
	const struct in6_addr *said = &cfg->said.addr;

	if (!ipv6_addr_any(said) && sdwan_addr_family(said) != family)
		return false;
	return family == AF_INET || !cfg->mtu_clamp ||
	       cfg->mtu_clamp >= IPV6_MIN_MTU;
}

static enum sdwan_endpoint_fit
sdwan_endpoint_try(const struct sdwan_path_cfg *cfg,
		   const struct sdwan_tlv_identity *id)
{
	const struct sdwan_endpoint_session says = {
		.nonce = be64_to_cpu(id->nonce),
		.path = be32_to_cpu(id->path),
	};
	const struct sdwan_probe *probe = cfg->path->probe;
	/* a hint, what is done with it is checked under the lock of the probe */
	const struct sdwan_endpoint_session known = {
		.nonce = READ_ONCE(probe->peer_nonce),
		.path = READ_ONCE(probe->peer_path),
	};

	return sdwan_endpoint_fits(&known, READ_ONCE(cfg->path->silent), &says);
}

/* The path that somebody speaks of who says he is a peer of ours. */
static const struct sdwan_path_cfg *
sdwan_endpoint_find(const struct sdwan_sock *ss, u32 underlay,
		    const struct sdwan_tlv_identity *id)
{
	enum sdwan_endpoint_fit fit, best = SDWAN_ENDPOINT_NOT;
	const struct sdwan_path_cfg *cfg, *found = NULL;
	const struct sdwan_site *site;

	site = sdwan_site_find(ss->sn, be32_to_cpu(id->site));
	if (!site)
		return NULL;
	list_for_each_entry_rcu(cfg, &site->paths, by_site) {
		if (!cfg->nat || cfg->key.underlay != underlay ||
		    cfg->key.encap != ss->encap->encap ||
		    cfg->path->peer->gateway != be32_to_cpu(id->gateway) ||
		    !sdwan_endpoint_may(cfg, ss->family))
			continue;
		fit = sdwan_endpoint_try(cfg, id);
		if (fit > best) {
			best = fit;
			found = cfg;
		}
	}
	return found;
}

/* The path, as if it led to where a packet has come from. */
static void sdwan_endpoint_there(const struct sdwan_path_cfg *cfg,
				 const struct sdwan_sock *ss,
				 const struct sk_buff *skb,
				 struct sdwan_path_cfg *there)
{
	*there = *cfg;
	/* its routes are those to where it leads */
	there->dst_cache = (struct dst_cache){};
	there->family = ss->family;
	there->dstport = ((const struct udphdr *)skb->data)->source;
	there->key.port = there->dstport;
	sdwan_receive_remote(ss, skb, &there->key.remote);
}

/**
 * sdwan_endpoint_receive() - take in control traffic from where no path leads to
 * @ss: where it came in, a UDP socket
 * @skb: packet, at its transport header; consumed where it was of use
 * @rx: what its encapsulation says
 * @not: the path that leads there all the same, and is not the one; or NULL
 * @cause: why it was of no use; left alone where it is no probe of such a path
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: whether it was of use.
 */
bool sdwan_endpoint_receive(struct sdwan_sock *ss, struct sk_buff *skb,
			    const struct sdwan_rx *rx,
			    const struct sdwan_path_cfg *not,
			    enum sdwan_drop *cause)
{
	const struct sdwan_underlay *underlay = rcu_dereference(ss->underlay);
	const struct sdwan_path_cfg *cfg;
	struct sdwan_tlv_identity id;
	struct sdwan_path_cfg there;

	if (!underlay || !sdwan_probe_says(skb, rx, &id))
		return false;
	cfg = sdwan_endpoint_find(ss, underlay->obj.id, &id);
	if (!cfg || cfg == not)
		return false;
	sdwan_endpoint_there(cfg, ss, skb, &there);
	if (!sdwan_addr_unicast(&there.key.remote) || !there.dstport)
		return false;
	return sdwan_probe_receive(&there, skb, rx, true, cause);
}

static void sdwan_endpoint_taken(struct sdwan_net *sn)
{
	local_bh_disable();
	sdwan_drop_count(sn->drops, SDWAN_DROP_RX_PROBE_TAKEN);
	local_bh_enable();
}

/*
 * Somebody else was there before.  Where that was learned, he is not there any longer: two
 * cannot have one address and port.
 */
static bool sdwan_endpoint_free(struct sdwan_path *path,
				const struct sdwan_endpoint *at)
{
	const struct sdwan_endpoint nowhere = {};
	struct sdwan_path *other;
	struct sdwan_rx_key key;
	struct sdwan_cfg *hdr;

	key = sdwan_path_cfg(sdwan_object_cfg(&path->obj))->key;
	key.remote = at->addr;
	key.port = at->port;
	other = sdwan_path_other_at(path, &key);
	if (!other)
		return true;
	hdr = sdwan_object_cfg(&other->obj);
	if (hdr && sdwan_endpoint_known(&sdwan_path_cfg(hdr)->learned) &&
	    !sdwan_path_move(other, &nowhere) &&
	    !sdwan_path_other_at(path, &key))
		return true;
	sdwan_endpoint_taken(path->obj.sn);
	return false;
}

static bool sdwan_endpoint_heard(struct sdwan_probe *probe,
				 struct sdwan_endpoint *at)
{
	bool heard;

	if (!READ_ONCE(probe->elsewhere))
		return false;
	spin_lock_bh(&probe->lock);
	heard = probe->elsewhere;
	*at = probe->place;
	WRITE_ONCE(probe->elsewhere, false);
	spin_unlock_bh(&probe->lock);
	return heard;
}

static void sdwan_endpoint_follow_path(struct sdwan_path *path)
{
	struct sdwan_cfg *hdr = sdwan_object_cfg(&path->obj);
	const struct sdwan_path_cfg *cfg;
	struct sdwan_endpoint at;

	if (!hdr || !sdwan_endpoint_heard(path->probe, &at))
		return;
	cfg = sdwan_path_cfg(hdr);
	/* it was changed meanwhile */
	if (!cfg->nat || !sdwan_endpoint_may(cfg, sdwan_addr_family(&at.addr)))
		return;
	if (ipv6_addr_equal(&cfg->key.remote, &at.addr) &&
	    cfg->dstport == at.port)
		return;
	/* without memory, the next probe tells again */
	if (sdwan_endpoint_free(path, &at))
		sdwan_path_move(path, &at);
}

/**
 * sdwan_endpoint_follow() - let paths lead to where their far ends were heard
 * @sn: fabric
 *
 * Context: Process context, under sdwan_net.lock; may sleep.
 */
void sdwan_endpoint_follow(struct sdwan_net *sn)
{
	struct sdwan_object *obj;
	unsigned long id;

	if (!sn->nat_paths)
		return;
	xa_for_each(&sn->table[SDWAN_KIND_PATH].ids, id, obj)
		sdwan_endpoint_follow_path(container_of(obj, struct sdwan_path,
							obj));
}
