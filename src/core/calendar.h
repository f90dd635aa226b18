/*
 * Compiled calendars: which days are worked, in constant time.
 *
 * A calendar is a weekly pattern and a list of exceptions, both ways.  Between
 * its first and its last exception it holds two arrays, the number of working
 * days before each day and its inverse, so that counting and adding are one
 * read each; outside, the weekly pattern is a formula.
 *
 * The rank of a day is the number of working days from the table's first day
 * up to and including it, negative before the table.  Every working day has a
 * rank of its own, and sc_select() finds it again.
 */
#ifndef SC_CALENDAR_H
#define SC_CALENDAR_H

#include <stddef.h>

#include "core/day.h"

/* A table this long is a mistake in the data, not a calendar. */
#define SC_SPAN_MAX		(400 * 366)

typedef struct sc_exception
{
	sc_day		day;
	bool		works;
} sc_exception;

typedef struct sc_calendar
{
	sc_day		first;			/* first day of the table, a Monday */
	int32_t		ndays;			/* its length, a multiple of seven */
	int32_t		nworking;		/* working days in it */
	const int32_t *before;		/* [ndays + 1]: working days before first + i */
	const sc_day *nth;			/* [nworking]: the days themselves */
	int32_t		per_week;		/* working days in a plain week */
	int32_t		week_before[8]; /* the same two arrays for a plain week */
	int32_t		week_nth[7];
} sc_calendar;

typedef enum sc_roll
{
	SC_ROLL_NONE,
	SC_ROLL_FOLLOWING,
	SC_ROLL_PRECEDING,
	SC_ROLL_MODIFIED_FOLLOWING,
	SC_ROLL_MODIFIED_PRECEDING,
	SC_ROLL_NEAREST
} sc_roll;

#define SC_ROLL_COUNT	(SC_ROLL_NEAREST + 1)

/* Bit i of a week pattern is set where weekday i (0 = Monday) is worked. */
#pragma GCC visibility push(hidden)
extern int64_t sc_calendar_words(const sc_exception *exceptions, int n);
extern void sc_calendar_init(sc_calendar *cal, unsigned week,
							 const sc_exception *exceptions, int n,
							 int32_t *space);
extern int64_t sc_roll_day(const sc_calendar *cal, sc_day day, sc_roll roll);
extern bool sc_roll_parse(const char *name, size_t len, sc_roll *roll);
extern const char *sc_roll_name(sc_roll roll);
#pragma GCC visibility pop

/* working days in the first m days of an endless row of plain weeks; m may be negative */
static inline int64_t
sc_week_rank(const sc_calendar *cal, int64_t m)
{
	int64_t		weeks = sc_floor_div(m, 7);

	return weeks * cal->per_week + cal->week_before[m - weeks * 7];
}

/* offset of the working day that has k before it in that row */
static inline int64_t
sc_week_select(const sc_calendar *cal, int64_t k)
{
	int64_t		weeks = sc_floor_div(k, cal->per_week);

	return weeks * 7 + cal->week_nth[k - weeks * cal->per_week];
}

/* Almost every day asked for is within the table. */
#if defined(__GNUC__)
#define SC_LIKELY(x)	__builtin_expect((x) != 0, 1)
#else
#define SC_LIKELY(x)	((x) != 0)
#endif

static inline int64_t
sc_rank(const sc_calendar *cal, int64_t day)
{
	int64_t		m = day - cal->first + 1;

	if (SC_LIKELY((uint64_t) m <= (uint64_t) cal->ndays))
		return cal->before[m];
	if (m < 0)
		return sc_week_rank(cal, m);
	return cal->nworking + sc_week_rank(cal, m - cal->ndays);
}

/* the working day of that rank */
static inline int64_t
sc_select(const sc_calendar *cal, int64_t rank)
{
	int64_t		k = rank - 1;

	if (SC_LIKELY((uint64_t) k < (uint64_t) cal->nworking))
		return cal->nth[k];
	if (k < 0)
		return cal->first + sc_week_select(cal, k);
	return (int64_t) cal->first + cal->ndays + sc_week_select(cal, k - cal->nworking);
}

static inline bool
sc_is_workday(const sc_calendar *cal, int64_t day)
{
	return sc_rank(cal, day) != sc_rank(cal, day - 1);
}

/* working days d with a < d <= b; negative where b < a */
static inline int64_t
sc_workdays_between(const sc_calendar *cal, int64_t a, int64_t b)
{
	return sc_rank(cal, b) - sc_rank(cal, a);
}

/* the n-th working day after (n > 0) or before (n < 0) a day */
static inline int64_t
sc_add_workdays(const sc_calendar *cal, int64_t day, int64_t n)
{
	if (n > 0)
		return sc_select(cal, sc_rank(cal, day) + n);
	if (n < 0)
		return sc_select(cal, sc_rank(cal, day - 1) + n + 1);
	return day;
}

#endif							/* SC_CALENDAR_H */
