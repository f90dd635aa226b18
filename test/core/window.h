/*
 * A stretch of days as an array of booleans, and the questions that a calendar
 * answers, answered by stepping from day to day.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include "chance.h"
#include "core/calendar.h"

#define WINDOW_EXCEPTIONS	64

typedef struct window
{
	int64_t		low;			/* a Monday */
	int			ndays;
	bool	   *works;
	unsigned	week;
	int			nexceptions;
	sc_exception exceptions[2 * WINDOW_EXCEPTIONS];
	int32_t    *space;
	sc_calendar cal;
} window;

static inline bool
window_works(const window *w, int64_t day)
{
	if (day < w->low || day >= w->low + w->ndays)
	{
		fprintf(stderr, "the test left its window at day %lld\n", (long long) day);
		abort();
	}
	return w->works[day - w->low];
}

/* Memory of exactly the size that was asked for, so that no overrun is hidden. */
static inline void
window_compile(window *w)
{
	int64_t		words = sc_calendar_words(w->exceptions, w->nexceptions);

	w->space = malloc((size_t) words * sizeof(int32_t));
	sc_calendar_init(&w->cal, w->week, w->exceptions, w->nexceptions, w->space);
}

/* Day 2, 2000-01-03, was a Monday. */
static inline void
window_fill(window *w, int64_t center, int ndays)
{
	w->low = 2 + 7 * ((center - ndays / 2 - 2) / 7);
	w->ndays = ndays;
	w->works = malloc((size_t) ndays);
	for (int i = 0; i < ndays; i++)
		w->works[i] = (w->week & (1u << (i % 7))) != 0;
	for (int i = 0; i < w->nexceptions; i++)
	{
		int64_t		at = w->exceptions[i].day - w->low;

		if (at >= 0 && at < ndays)
			w->works[at] = w->exceptions[i].works;
	}
	window_compile(w);
}

static inline void
window_free(window *w)
{
	free(w->works);
	free(w->space);
}

static inline unsigned
random_week(void)
{
	switch (chance_between(0, 5))
	{
		case 0:
			return 1u << chance_between(0, 6);
		case 1:
			return 0x7F;
		case 2:
			return (unsigned) chance_between(1, 0x7F);
		case 3:
			return 0x3F;
		default:
			return 0x1F;
	}
}

/* Some exceptions of both kinds, also such that change nothing, in order. */
static inline void
random_exceptions(window *w, int64_t center, int spread)
{
	int			wanted = chance(15) ? 0 : (int) chance_between(1, WINDOW_EXCEPTIONS);
	int64_t		day = center - chance_between(0, spread);
	int64_t		last = center + spread;
	int			percent = (int) chance_between(0, 100);
	int64_t		stride = chance(30) ? 1 : 1 + 2 * (int64_t) spread / WINDOW_EXCEPTIONS;

	w->nexceptions = 0;
	for (; w->nexceptions < wanted && day <= last; day += chance_between(1, stride))
	{
		if (sc_day_valid(day))
			w->exceptions[w->nexceptions++] = (sc_exception) {(sc_day) day, chance(percent)};
	}
}

/* Where calendars are: mostly about now, sometimes at the ends of all dates. */
static inline int64_t
random_center(void)
{
	switch (chance_between(0, 9))
	{
		case 0:
			return SC_DAY_MIN + chance_between(0, 300);
		case 1:
			return SC_DAY_MAX - chance_between(0, 300);
		case 2:
			return chance_between(SC_DAY_MIN + 100000, SC_DAY_MAX - 100000);
		case 3:
			return chance_between(-5000, 5000);
		default:
			return chance_between(7000, 10000);
	}
}

static inline int64_t
step_between(const window *w, int64_t a, int64_t b)
{
	int64_t		n = 0;

	while (a < b)
		n += window_works(w, ++a);
	while (a > b)
		n -= window_works(w, a--);
	return n;
}

static inline int64_t
step_add(const window *w, int64_t day, int64_t n)
{
	int			way = n < 0 ? -1 : 1;

	for (n *= way; n > 0; n -= window_works(w, day))
		day += way;
	return day;
}

static inline bool
step_same_month(int64_t a, int64_t b)
{
	return sc_day_valid(a) && sc_day_valid(b) &&
		sc_ymd_of((sc_day) a).month == sc_ymd_of((sc_day) b).month;
}

static inline int64_t
step_nearest(const window *w, int64_t day)
{
	for (int64_t k = 0;; k++)
	{
		if (window_works(w, day + k))
			return day + k;
		if (window_works(w, day - k))
			return day - k;
	}
}

/* The first working day that way, in the month if it must be, else back. */
static inline int64_t
step_roll(const window *w, int64_t day, sc_roll roll)
{
	int			way = roll == SC_ROLL_FOLLOWING || roll == SC_ROLL_MODIFIED_FOLLOWING ? 1 : -1;
	bool		modified = roll == SC_ROLL_MODIFIED_FOLLOWING || roll == SC_ROLL_MODIFIED_PRECEDING;
	int64_t		at = day;

	if (roll == SC_ROLL_NONE)
		return day;
	if (roll == SC_ROLL_NEAREST)
		return step_nearest(w, day);
	while (!window_works(w, at))
		at += way;
	if (modified && !step_same_month(day, at))
	{
		for (at = day; !window_works(w, at);)
			at -= way;
	}
	return at;
}

#endif							/* WINDOW_H */
