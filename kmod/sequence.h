/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the number of a packet that may come twice
 */
#ifndef _SDWAN_SEQUENCE_H
#define _SDWAN_SEQUENCE_H

#include <linux/types.h>

/* Bits of a stream's name. */
#define SDWAN_STREAM_BITS	56

/**
 * struct sdwan_sequence - the number of a packet
 * @stream: whose numbers these are
 * @number: the number
 * @present: there is one
 * @second: this is the second of two copies
 *
 * A stream is what one CPU sends to one peer. Its name is a random one, and
 * another one after each start of the sender.
 */
struct sdwan_sequence {
	u64 stream;
	u32 number;
	bool present;
	bool second;
};

#endif /* _SDWAN_SEQUENCE_H */
