// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: how long a packet may be that passes a path (RFC 8899)
 *
 * Routers that drop what is too long need not say so.  Probes are padded to find
 * out.  A path carries what its route allows until a probe of that length is lost:
 * on nearly all paths it is not, and who was told less would believe it for
 * minutes.  What is never answered at any length says nothing of the path.
 *
 * This is arithmetic; probe_pmtu.c asks, and knows the time.
 */
#include <linux/minmax.h>
#include <linux/string.h>

#include "search.h"

/* RFC 8899, section 5.1.2 */
#define SDWAN_SEARCH_PROBES	3
#define SDWAN_SEARCH_BASE_LEN	1200

/**
 * sdwan_search_begin() - forget what was known
 * @s: search
 */
void sdwan_search_begin(struct sdwan_search *s)
{
	memset(s, 0, sizeof(*s));
}

/* What is sent now at most. */
static u32 sdwan_search_sent(const struct sdwan_search *s)
{
	return s->limit ?: s->top;
}

static void sdwan_search_done(struct sdwan_search *s, u64 again_at)
{
	s->phase = SDWAN_SEARCH_DONE;
	s->again_at = again_at;
}

/* From what passes upwards, what the route allows first. */
static void sdwan_search_climb(struct sdwan_search *s)
{
	s->phase = SDWAN_SEARCH_CLIMB;
	s->low = s->limit;
	s->high = s->top + 1;
}

/* The route allows something else than before. */
static void sdwan_search_bounds(struct sdwan_search *s, u32 top, u32 floor)
{
	s->top = top;
	s->floor = min(floor, top);
	s->size = 0;
	s->lost = 0;
	s->low = 0;
	s->high = top + 1;
	if (s->limit >= top)
		s->limit = 0;
	if (s->limit)
		sdwan_search_climb(s);
	else
		s->phase = SDWAN_SEARCH_TOP;
}

static u32 sdwan_search_size(const struct sdwan_search *s)
{
	switch (s->phase) {
	case SDWAN_SEARCH_BASE:
		return SDWAN_SEARCH_BASE_LEN;
	case SDWAN_SEARCH_FLOOR:
		return s->floor;
	case SDWAN_SEARCH_CLIMB:
		return s->high > s->top ? s->top : (s->low + s->high) / 2;
	case SDWAN_SEARCH_DONE:
		return sdwan_search_sent(s);
	default:
		return s->top;
	}
}

/**
 * sdwan_search_resume() - the path was silent, and may be another one since
 * @s: search; what was under way is not any more
 */
void sdwan_search_resume(struct sdwan_search *s)
{
	s->size = 0;
	s->lost = 0;
	if (s->phase != SDWAN_SEARCH_DONE)
		return;
	if (s->limit)
		sdwan_search_climb(s);
	else
		s->phase = SDWAN_SEARCH_TOP;
}

/**
 * sdwan_search_ask() - what length is to be asked for now
 * @s: search, with nothing under way
 * @top: what the route allows
 * @floor: what has to pass anywhere
 * @now: time
 *
 * Return: length of the probe.
 */
u32 sdwan_search_ask(struct sdwan_search *s, u32 top, u32 floor, u64 now)
{
	if (s->top != top || s->floor != min(floor, top))
		sdwan_search_bounds(s, top, floor);
	if (!s->lost && now >= s->again_at) {
		if (s->phase == SDWAN_SEARCH_DEAF)
			s->phase = SDWAN_SEARCH_TOP;
		else if (s->phase == SDWAN_SEARCH_DONE && s->limit)
			sdwan_search_climb(s);
	}
	s->size = sdwan_search_size(s);
	return s->size;
}

/**
 * sdwan_search_passed() - the probe that was asked for was answered
 * @s: search
 * @again_at: when longer ones are to be asked for, if this is the end of it
 */
void sdwan_search_passed(struct sdwan_search *s, u64 again_at)
{
	u32 size = s->size;

	s->size = 0;
	s->lost = 0;
	s->heard = true;
	if (s->phase == SDWAN_SEARCH_DONE) {
		/* there is nothing longer to ask for */
		if (!s->limit)
			s->again_at = again_at;
		return;
	}
	s->low = size;
	s->limit = size < s->top ? size : 0;
	if (size >= s->top || s->high - s->low <= 1)
		sdwan_search_done(s, again_at);
	else
		s->phase = SDWAN_SEARCH_CLIMB;
}

/* Not even the shortest one was answered: a path like that, or a far end. */
static void sdwan_search_give_up(struct sdwan_search *s, u64 again_at)
{
	sdwan_search_done(s, again_at);
	if (!s->heard)
		s->phase = SDWAN_SEARCH_DEAF;
	s->limit = s->heard && s->floor < s->top ? s->floor : 0;
}

/* What was to pass did not. */
static void sdwan_search_fall(struct sdwan_search *s, u64 again_at)
{
	if (s->high > SDWAN_SEARCH_BASE_LEN && s->floor < SDWAN_SEARCH_BASE_LEN)
		s->phase = SDWAN_SEARCH_BASE;
	else if (s->high > s->floor)
		s->phase = SDWAN_SEARCH_FLOOR;
	else
		sdwan_search_give_up(s, again_at);
}

/**
 * sdwan_search_lost() - the probe that was asked for was not answered
 * @s: search
 * @again_at: when longer ones are to be asked for, if this is the end of it
 *
 * One that is lost says little: packets of all lengths are.
 */
void sdwan_search_lost(struct sdwan_search *s, u64 again_at)
{
	u32 size = s->size;

	s->size = 0;
	if (++s->lost < SDWAN_SEARCH_PROBES)
		return;
	s->lost = 0;
	s->high = size;
	if (s->phase != SDWAN_SEARCH_CLIMB)
		sdwan_search_fall(s, again_at);
	else if (s->high - s->low <= 1)
		sdwan_search_done(s, again_at);
}

/**
 * sdwan_search_busy() - whether the answer is wanted soon
 * @s: search
 *
 * Return: true until it is known what passes, and where that is in doubt.
 */
bool sdwan_search_busy(const struct sdwan_search *s)
{
	return s->lost || s->phase < SDWAN_SEARCH_DONE;
}
