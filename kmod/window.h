/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: which numbers of a sequence have been seen
 *
 * A bit for each of the last numbers, in a ring of words that is cleared as it
 * goes on, as for replay protection (RFC 6479). But what is looked for here is
 * a packet that was sent twice, not an attack: what is in doubt is let through,
 * and no number, however wrong, keeps the right ones out for long:
 *
 * - a number that is far ahead is believed when a second one agrees with it; the
 *   first one changes nothing, so that a single packet cannot move the window
 *   away from where the sender is;
 * - a number behind the window is too late while the window is alive, which it
 *   is for a while after each number that fits. After that it is treated like
 *   one that is far ahead, so that a sender which is really there gets its window
 *   back.
 *
 * Numbers have 32 bits and wrap (RFC 1982). Pure functions, so that they can be
 * tested without packets.
 */
#ifndef _SDWAN_WINDOW_H
#define _SDWAN_WINDOW_H

#include <linux/jiffies.h>
#include <linux/string.h>
#include <linux/types.h>

#define SDWAN_WINDOW_WORDS	128	/* a power of two */

/* How far back the window is sure to reach: the first word may be a new one. */
#define SDWAN_WINDOW		((SDWAN_WINDOW_WORDS - 1) * 64)

/* More than this ahead is far: a jump to it leaves half of the window behind. */
#define SDWAN_WINDOW_LEAP	(SDWAN_WINDOW / 2)

/* How long a window is alive without a number that fits, in jiffies. */
#define SDWAN_WINDOW_ALIVE	(HZ / 4)

/**
 * enum sdwan_seen - what is to be thought of a number
 * @SDWAN_SEEN_FIRST: not seen before
 * @SDWAN_SEEN_MOVED: likewise, and the window has moved to it
 * @SDWAN_SEEN_AGAIN: seen before
 * @SDWAN_SEEN_LATE: too old to tell
 */
enum sdwan_seen {
	SDWAN_SEEN_FIRST,
	SDWAN_SEEN_MOVED,
	SDWAN_SEEN_AGAIN,
	SDWAN_SEEN_LATE,
};

/**
 * struct sdwan_window - the numbers of a sequence that have been seen
 * @top: the latest
 * @far: one that does not fit, where @has_far
 * @has_far: there was one
 * @last: jiffies of the last one that did fit
 * @bits: a bit for each number, by its lowest bits
 *
 * Protected by its owner.
 */
struct sdwan_window {
	u32 top;
	u32 far;
	bool has_far;
	u32 last;
	u64 bits[SDWAN_WINDOW_WORDS];
};

static inline u64 *sdwan_window_word(struct sdwan_window *w, u32 number)
{
	return &w->bits[number / 64 % SDWAN_WINDOW_WORDS];
}

/* Returns whether it was seen before. */
static inline bool sdwan_window_mark(struct sdwan_window *w, u32 number)
{
	u64 bit = 1ULL << (number % 64), *word = sdwan_window_word(w, number);
	bool seen = *word & bit;

	*word |= bit;
	return seen;
}

/* The words that the window reaches by going on have not been seen. */
static inline void sdwan_window_advance(struct sdwan_window *w, u32 to)
{
	u32 from = w->top / 64;
	/* words count to 2^26, which the ring divides */
	u32 words = (to / 64 - from) & (U32_MAX / 64);
	u32 i;

	if (words > SDWAN_WINDOW_WORDS)
		words = SDWAN_WINDOW_WORDS;
	for (i = 1; i <= words; i++)
		w->bits[(from + i) % SDWAN_WINDOW_WORDS] = 0;
	w->top = to;
}

/**
 * sdwan_window_start() - begin with a number
 * @w: window, with anything in it
 * @number: the first one, which is seen by this
 * @now: jiffies
 */
static inline void sdwan_window_start(struct sdwan_window *w, u32 number,
				      u32 now)
{
	memset(w, 0, sizeof(*w));
	w->top = number;
	w->last = now;
	sdwan_window_mark(w, number);
}

/* One that is neither within the window nor close to it. */
static inline enum sdwan_seen sdwan_window_far(struct sdwan_window *w,
					       u32 number, bool ahead, u32 now)
{
	s32 apart = number - w->far;

	if (!ahead && now - w->last <= SDWAN_WINDOW_ALIVE)
		return SDWAN_SEEN_LATE;
	if (w->has_far && !apart)
		return SDWAN_SEEN_AGAIN;
	if (!w->has_far || apart > SDWAN_WINDOW_LEAP ||
	    apart < -SDWAN_WINDOW_LEAP) {
		w->has_far = true;
		w->far = number;
		return SDWAN_SEEN_FIRST;
	}

	/* the second of its kind */
	if (ahead) {
		sdwan_window_advance(w, apart > 0 ? number : w->far);
		sdwan_window_mark(w, w->far);
	} else {
		sdwan_window_start(w, w->far, now);
		if (apart > 0)
			sdwan_window_advance(w, number);
	}
	sdwan_window_mark(w, number);
	w->has_far = false;
	w->last = now;
	return SDWAN_SEEN_MOVED;
}

/**
 * sdwan_window_look() - a number has come
 * @w: window that was started
 * @number: the number
 * @now: jiffies
 *
 * Return: what to think of it; it is seen by this.
 */
static inline enum sdwan_seen sdwan_window_look(struct sdwan_window *w,
						u32 number, u32 now)
{
	s32 ahead = number - w->top;

	if (ahead > SDWAN_WINDOW_LEAP || ahead <= -SDWAN_WINDOW)
		return sdwan_window_far(w, number, ahead > 0, now);
	if (ahead > 0)
		sdwan_window_advance(w, number);
	if (sdwan_window_mark(w, number))
		return SDWAN_SEEN_AGAIN;
	w->last = now;
	return SDWAN_SEEN_FIRST;
}

#endif /* _SDWAN_WINDOW_H */
