// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: packets that are sent twice and received once
 *
 * Who sends numbers them, each CPU for itself, so that none writes to what
 * another one reads. Hence a stream is what one CPU sends to one peer. Not to
 * one site, as gateways of a site know nothing of what each other has received,
 * and not of one flow, as flows are forgotten.
 *
 * Who receives keeps a window for each stream. They are in buckets of bounded
 * size, with a lock each that only packets with a number take. Where there are
 * too many streams the one that is least in use has to go, those first that
 * have just begun: so whoever invents streams throws out what he invented before.
 * What is forgotten can come twice, but never not at all.
 *
 * Windows are kept until the fabric goes: what is there is used again.
 */
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "stream.h"

/* Buckets of a fabric: initial user namespace, others. */
#define SDWAN_STREAM_BUCKETS_INIT	1024
#define SDWAN_STREAM_BUCKETS_USER	32

/* So many packets make a stream that is not one of those that just began. */
#define SDWAN_STREAM_YOUNG		16

/**
 * struct sdwan_stream - what has been received of a stream
 * @name: its name
 * @peer: id of the peer that sends it
 * @used: jiffies of its last packet
 * @packets: how many there were, no more than SDWAN_STREAM_YOUNG
 * @window: the numbers
 *
 * All of it is protected by the lock of the bucket.
 */
struct sdwan_stream {
	u64 name;
	u32 peer;
	u32 used;
	u32 packets;
	struct sdwan_window window;
};

/**
 * struct sdwan_stream_bucket - streams with some bits of the hash in common
 * @lock: protects all of it
 * @streams: the streams; behind the last one there is none
 */
struct sdwan_stream_bucket {
	spinlock_t lock;	/* of this bucket */
	struct sdwan_stream *streams[SDWAN_STREAM_SLOTS];
} ____cacheline_aligned_in_smp;

/**
 * struct sdwan_streams - what a fabric receives
 * @key: (c) secret of the hash, as whoever sends chooses names
 * @mask: (c) number of buckets, less one
 * @buckets: the buckets
 */
struct sdwan_streams {
	siphash_key_t key;
	u32 mask;
	struct sdwan_stream_bucket buckets[];
};

static struct kmem_cache *sdwan_stream_cache;

/**
 * sdwan_stream_cache_init() - prepare the memory of streams, before any fabric
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_stream_cache_init(void)
{
	sdwan_stream_cache = KMEM_CACHE(sdwan_stream, SLAB_ACCOUNT);
	return sdwan_stream_cache ? 0 : -ENOMEM;
}

/**
 * sdwan_stream_cache_exit() - give back the memory of streams, after all fabrics
 */
void sdwan_stream_cache_exit(void)
{
	kmem_cache_destroy(sdwan_stream_cache);
}

/**
 * sdwan_streams_enable() - be ready to receive streams
 * @sn: fabric; its lock is held
 *
 * To be called before there is anybody who could send them.
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_streams_enable(struct sdwan_net *sn)
{
	u32 n = sn->net->user_ns == &init_user_ns ? SDWAN_STREAM_BUCKETS_INIT :
						    SDWAN_STREAM_BUCKETS_USER;
	struct sdwan_streams *streams;
	u32 i;

	if (rcu_access_pointer(sn->streams))
		return 0;
	streams = kvzalloc(struct_size(streams, buckets, n),
			   GFP_KERNEL_ACCOUNT);
	if (!streams)
		return -ENOMEM;
	get_random_bytes(&streams->key, sizeof(streams->key));
	streams->mask = n - 1;
	for (i = 0; i < n; i++)
		spin_lock_init(&streams->buckets[i].lock);
	rcu_assign_pointer(sn->streams, streams);
	return 0;
}

/**
 * sdwan_streams_exit() - forget all streams, and the memory that they were in
 * @sn: fabric, which receives nothing any more
 */
void sdwan_streams_exit(struct sdwan_net *sn)
{
	struct sdwan_streams *streams = rcu_dereference_raw(sn->streams);
	u32 i, slot;

	if (!streams)
		return;
	for (i = 0; i <= streams->mask; i++)
		for (slot = 0; slot < SDWAN_STREAM_SLOTS; slot++) {
			struct sdwan_stream *stream;

			stream = streams->buckets[i].streams[slot];
			if (stream)
				kmem_cache_free(sdwan_stream_cache, stream);
		}
	kvfree(streams);
}

/**
 * sdwan_stream_open() - begin the streams to a peer
 * @peer: peer
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_stream_open(struct sdwan_peer *peer)
{
	peer->numbers = alloc_percpu_gfp(u32, GFP_KERNEL_ACCOUNT);
	if (!peer->numbers)
		return -ENOMEM;
	get_random_bytes(&peer->stream, sizeof(peer->stream));
	return 0;
}

/**
 * sdwan_stream_close() - end the streams to a peer
 * @peer: peer that nobody can see any more
 */
void sdwan_stream_close(struct sdwan_peer *peer)
{
	free_percpu(peer->numbers);
}

/**
 * sdwan_stream_next() - number a packet
 * @peer: where it goes
 * @seq: the number
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_stream_next(const struct sdwan_peer *peer,
		       struct sdwan_sequence *seq)
{
	u64 name = peer->stream + smp_processor_id();

	*seq = (struct sdwan_sequence) {
		.stream = name & GENMASK_ULL(SDWAN_STREAM_BITS - 1, 0),
		.number = this_cpu_inc_return(*peer->numbers),
		.present = true,
	};
}

/* Which of two streams has to go first? */
static bool sdwan_stream_idler(const struct sdwan_stream *a,
			       const struct sdwan_stream *b)
{
	bool young_a = a->packets < SDWAN_STREAM_YOUNG;
	bool young_b = b->packets < SDWAN_STREAM_YOUNG;

	return young_a != young_b ? young_a : (s32)(a->used - b->used) < 0;
}

/*
 * Memory for another stream: what is there yet goes when there is no more. The
 * lock of the bucket is held.
 */
static struct sdwan_stream *
sdwan_stream_room(struct sdwan_stream_bucket *bucket)
{
	struct sdwan_stream *idlest = NULL;
	unsigned int slot;

	for (slot = 0; slot < SDWAN_STREAM_SLOTS; slot++) {
		struct sdwan_stream *stream = bucket->streams[slot];

		if (!stream)
			break;
		if (!idlest || sdwan_stream_idler(stream, idlest))
			idlest = stream;
	}
	if (slot < SDWAN_STREAM_SLOTS) {
		bucket->streams[slot] = kmem_cache_alloc(sdwan_stream_cache,
							 GFP_ATOMIC |
							 __GFP_NOWARN);
		if (bucket->streams[slot])
			return bucket->streams[slot];
	}
	return idlest;
}

static struct sdwan_stream *
sdwan_stream_find(const struct sdwan_stream_bucket *bucket, u32 peer, u64 name)
{
	struct sdwan_stream *stream;
	unsigned int slot;

	for (slot = 0; slot < SDWAN_STREAM_SLOTS; slot++) {
		stream = bucket->streams[slot];
		if (!stream)
			break;
		if (stream->name == name && stream->peer == peer)
			return stream;
	}
	return NULL;
}

/* The lock of the bucket is held. */
static enum sdwan_seen sdwan_stream_look(struct sdwan_stream_bucket *bucket,
					 u32 peer,
					 const struct sdwan_sequence *seq)
{
	u32 now = jiffies;
	struct sdwan_stream *stream;

	stream = sdwan_stream_find(bucket, peer, seq->stream);
	if (likely(stream)) {
		stream->used = now;
		if (stream->packets < SDWAN_STREAM_YOUNG)
			stream->packets++;
		return sdwan_window_look(&stream->window, seq->number, now);
	}

	stream = sdwan_stream_room(bucket);
	if (stream) {
		stream->name = seq->stream;
		stream->peer = peer;
		stream->used = now;
		stream->packets = 1;
		sdwan_window_start(&stream->window, seq->number, now);
	}
	return SDWAN_SEEN_FIRST;
}

/**
 * sdwan_stream_seen() - whether a packet has come before
 * @sn: fabric
 * @peer: who has sent it
 * @seq: its number
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: what is known of its number.
 */
enum sdwan_seen sdwan_stream_seen(struct sdwan_net *sn,
				  const struct sdwan_peer *peer,
				  const struct sdwan_sequence *seq)
{
	struct sdwan_streams *streams = rcu_dereference(sn->streams);
	struct sdwan_stream_bucket *bucket;
	enum sdwan_seen seen;
	u64 hash;

	/* its peer is so new that this CPU does not see what came with it */
	if (unlikely(!streams))
		return SDWAN_SEEN_FIRST;
	hash = siphash_2u64(seq->stream, peer->obj.id, &streams->key);
	bucket = &streams->buckets[hash & streams->mask];
	spin_lock(&bucket->lock);
	seen = sdwan_stream_look(bucket, peer->obj.id, seq);
	spin_unlock(&bucket->lock);
	return seen;
}
