/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: packets of STAMP (RFC 8762; session identifiers RFC 8972)
 *
 * Unauthenticated mode (section 4.2.1 and 4.3.1), in whose format all of it is
 * within this module:
 *
 *	sender				reflector
 *	 0 sequence number		 0 sequence number
 *	 4 timestamp			 4 timestamp
 *	12 error estimate, SSID		12 error estimate, SSID
 *	16 zero				16 receive timestamp
 *					24 sender's sequence number
 *					28 sender's timestamp
 *					36 sender's error estimate, zero
 *					40 sender's TTL, zero
 *	44				44
 *
 * Pure functions over bytes, so that they can be tested without a packet.
 */
#ifndef _SDWAN_STAMP_H
#define _SDWAN_STAMP_H

#include <asm/byteorder.h>
#include <linux/bits.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/types.h>

#define SDWAN_STAMP_PORT	862
#define SDWAN_STAMP_LEN		44

/* Longest answer; what a request has beyond is not answered. */
#define SDWAN_STAMP_MAX		512

/* From 1900, where NTP begins, to 1970 */
#define SDWAN_STAMP_EPOCH	2208988800ULL

/* Bits of the error estimate (RFC 4656, section 4.1.2, and RFC 8186) */
#define SDWAN_STAMP_SYNCHRONISED	BIT(15)
#define SDWAN_STAMP_PTP		BIT(14)

/* Not synchronised, wrong by up to a second: 1 * 2^32 * 2^-32 */
#define SDWAN_STAMP_ERROR	(32 << 8 | 1)

/**
 * struct sdwan_stamp_request - what a sender sends
 * @seq: number within the session
 * @stamp: when it was sent
 * @error: how exact that is
 * @ssid: identifier of the session, 0 for none
 * @zero: room for the answer
 */
struct sdwan_stamp_request {
	__be32 seq;
	__be64 stamp;
	__be16 error;
	__be16 ssid;
	u8 zero[28];
} __packed;

/**
 * struct sdwan_stamp_reply - what a reflector answers
 * @seq: number of the answer
 * @stamp: when it was sent
 * @error: how exact that is
 * @ssid: that of the request
 * @received: when the request came
 * @sender_seq: that of the request
 * @sender_stamp: that of the request
 * @sender_error: that of the request
 * @zero: nothing
 * @sender_ttl: TTL that the request came with
 * @zero2: nothing
 */
struct sdwan_stamp_reply {
	__be32 seq;
	__be64 stamp;
	__be16 error;
	__be16 ssid;
	__be64 received;
	__be32 sender_seq;
	__be64 sender_stamp;
	__be16 sender_error;
	__be16 zero;
	u8 sender_ttl;
	u8 zero2[3];
} __packed;

/*
 * Authenticated mode (RFC 8762, section 4.2.2 and 4.3.2; SSID RFC 8972)
 *
 *	sender				reflector
 *	 0 sequence number		 0 sequence number
 *	 4 zero				 4 zero
 *	16 timestamp			16 timestamp
 *	24 error estimate, SSID		24 error estimate, SSID
 *	28 zero				28 zero
 *					32 receive timestamp
 *					40 zero
 *					48 sender's sequence number
 *					52 zero
 *					64 sender's timestamp
 *					72 sender's error estimate, zero
 *					80 sender's TTL, zero
 *	96 HMAC of the 96 bytes before	96 HMAC of the 96 bytes before
 *	112				112
 */
#define SDWAN_STAMP_AUTH_LEN	112

/* What the HMAC covers. */
#define SDWAN_STAMP_AUTH_TEXT	96

/**
 * struct sdwan_stamp_auth_request - what a sender sends
 * @seq: as in &struct sdwan_stamp_request, as the rest
 * @zero: nothing
 * @stamp: when it was sent
 * @error: how exact that is
 * @ssid: identifier of the session
 * @zero2: room for the answer
 * @hmac: HMAC of what is before
 */
struct sdwan_stamp_auth_request {
	__be32 seq;
	u8 zero[12];
	__be64 stamp;
	__be16 error;
	__be16 ssid;
	u8 zero2[68];
	u8 hmac[16];
} __packed;

/**
 * struct sdwan_stamp_auth_reply - what a reflector answers
 * @seq: as in &struct sdwan_stamp_reply, as the rest
 * @zero: nothing
 * @stamp: when it was sent
 * @error: how exact that is
 * @ssid: that of the request
 * @zero2: nothing
 * @received: when the request came
 * @zero3: nothing
 * @sender_seq: that of the request
 * @zero4: nothing
 * @sender_stamp: that of the request
 * @sender_error: that of the request
 * @zero5: nothing
 * @sender_ttl: TTL that the request came with
 * @zero6: nothing
 * @hmac: HMAC of what is before
 */
struct sdwan_stamp_auth_reply {
	__be32 seq;
	u8 zero[12];
	__be64 stamp;
	__be16 error;
	__be16 ssid;
	u8 zero2[4];
	__be64 received;
	u8 zero3[8];
	__be32 sender_seq;
	u8 zero4[12];
	__be64 sender_stamp;
	__be16 sender_error;
	u8 zero5[6];
	u8 sender_ttl;
	u8 zero6[15];
	u8 hmac[16];
} __packed;

/**
 * sdwan_stamp_ntp() - a time as NTP tells it (RFC 5905)
 * @ns: nanoseconds since 1970
 *
 * Return: seconds since 1900 in the upper 32 bits, their fraction in the lower.
 */
static inline u64 sdwan_stamp_ntp(u64 ns)
{
	u32 rest;
	u64 sec = div_u64_rem(ns, NSEC_PER_SEC, &rest);

	return (sec + SDWAN_STAMP_EPOCH) << 32 |
	       div_u64((u64)rest << 32, NSEC_PER_SEC);
}

/**
 * sdwan_stamp_read() - a timestamp of the other end
 * @stamp: timestamp
 * @error: its error estimate, which tells its format
 *
 * Return: the same in the format of NTP.
 */
static inline u64 sdwan_stamp_read(__be64 stamp, __be16 error)
{
	u64 value = be64_to_cpu(stamp);
	u32 ns = value;

	if (!(be16_to_cpu(error) & SDWAN_STAMP_PTP))
		return value;
	/* truncated PTP: seconds and nanoseconds */
	return ((value >> 32) + SDWAN_STAMP_EPOCH) << 32 |
	       (u32)div_u64((u64)ns << 32, NSEC_PER_SEC);
}

/**
 * sdwan_stamp_diff() - from one timestamp to another
 * @to: in the format of NTP
 * @from: likewise
 *
 * Return: nanoseconds, right for up to 68 years.
 */
static inline s64 sdwan_stamp_diff(u64 to, u64 from)
{
	s64 diff = to - from;

	if (diff < 0)
		return -(s64)mul_u64_u32_shr(-(u64)diff, NSEC_PER_SEC, 32);
	return mul_u64_u32_shr(diff, NSEC_PER_SEC, 32);
}

/**
 * sdwan_stamp_reflect() - write an answer
 * @reply: result
 * @request: what is answered
 * @seq: number of the answer
 * @ttl: TTL that the request came with
 * @received: when the request came, in the format of NTP
 *
 * The timestamp is written when the answer is sent.
 */
static inline void sdwan_stamp_reflect(struct sdwan_stamp_reply *reply,
				       const struct sdwan_stamp_request *request,
				       u32 seq, u8 ttl, u64 received)
{
	*reply = (struct sdwan_stamp_reply){
		.seq = cpu_to_be32(seq),
		.error = cpu_to_be16(SDWAN_STAMP_ERROR),
		.ssid = request->ssid,
		.received = cpu_to_be64(received),
		.sender_seq = request->seq,
		.sender_stamp = request->stamp,
		.sender_error = request->error,
		.sender_ttl = ttl,
	};
}

/**
 * sdwan_stamp_copy_request() - a request in the format of the other mode
 * @to: result, but for the HMAC
 * @from: request; its HMAC, if it has one, was checked
 *
 * Either is a &struct sdwan_stamp_request or a &struct sdwan_stamp_auth_request.
 */
#define sdwan_stamp_copy_request(to, from) do {				\
	__auto_type __from = (from);					\
	__auto_type __to = (to);					\
									\
	*__to = (typeof(*__to)){					\
		.seq = __from->seq,					\
		.stamp = __from->stamp,					\
		.error = __from->error,					\
		.ssid = __from->ssid,					\
	};								\
} while (0)

/**
 * sdwan_stamp_copy_reply() - an answer in the format of the other mode
 * @to: result, but for the HMAC
 * @from: answer; its HMAC, if it has one, was checked
 *
 * Either is a &struct sdwan_stamp_reply or a &struct sdwan_stamp_auth_reply.
 */
#define sdwan_stamp_copy_reply(to, from) do {				\
	__auto_type __from = (from);					\
	__auto_type __to = (to);					\
									\
	*__to = (typeof(*__to)){					\
		.seq = __from->seq,					\
		.stamp = __from->stamp,					\
		.error = __from->error,					\
		.ssid = __from->ssid,					\
		.received = __from->received,				\
		.sender_seq = __from->sender_seq,			\
		.sender_stamp = __from->sender_stamp,			\
		.sender_error = __from->sender_error,			\
		.sender_ttl = __from->sender_ttl,			\
	};								\
} while (0)

#endif /* _SDWAN_STAMP_H */
