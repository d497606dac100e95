// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: a packet says where it is to be brought
 *
 * The IP stack asks its routing table for what comes with a route, if that is
 * metadata: so a hook of the device can tell one of the IP stack the segment of a
 * packet. Rules and LANs have the notes of theirs ready.
 */
#include <linux/netdevice.h>
#include <net/dst_metadata.h>

#include "note.h"

/**
 * sdwan_note_alloc() - make a note
 * @vni: segment that it names
 *
 * Context: Process context.
 *
 * Return: the note, for sdwan_note_put(), or NULL without memory.
 */
struct metadata_dst *sdwan_note_alloc(u32 vni)
{
	struct metadata_dst *note;

	note = metadata_dst_alloc(0, METADATA_HW_PORT_MUX,
				  GFP_KERNEL_ACCOUNT);
	if (!note)
		return NULL;
	note->u.port_info.port_id = vni;
	/* nobody's device: so this one is told from those of network cards */
	note->u.port_info.lower_dev = NULL;
	return note;
}

/**
 * sdwan_note_put() - a note is written on no more packets
 * @note: the note, or NULL; goes with the last packet that bears it
 *
 * Context: Any but hard interrupts, a grace period after it could be found last.
 */
void sdwan_note_put(struct metadata_dst *note)
{
	if (note)
		dst_release(&note->dst);
}

/**
 * sdwan_note_write() - say where a packet is to be brought
 * @skb: packet, owned
 * @note: names the segment
 * @in: device that the packet came in by
 *
 * The packet reaches the IP stack within this RCU section, and who keeps it
 * longer takes a reference. That is not sure of the other uses a device may have.
 *
 * Context: Hook of the device: under rcu_read_lock().
 */
void sdwan_note_write(struct sk_buff *skb, struct metadata_dst *note,
		      const struct net_device *in)
{
	skb_dst_drop(skb);
	if (unlikely(rcu_access_pointer(in->rx_handler)))
		skb_dst_set(skb, dst_clone(&note->dst));
	else
		skb_dst_set_noref(skb, &note->dst);
}

/**
 * sdwan_note_read() - where a packet is to be brought
 * @skb: packet that has come in by a LAN of mode direct
 *
 * Return: the segment that its rule leads to, 0 for none.
 */
u32 sdwan_note_read(const struct sk_buff *skb)
{
	const struct metadata_dst *note = skb_metadata_dst(skb);

	if (!note || note->type != METADATA_HW_PORT_MUX ||
	    note->u.port_info.lower_dev)
		return 0;
	return note->u.port_info.port_id;
}
