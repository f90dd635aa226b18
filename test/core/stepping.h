/*
 * The calendar, walked from day to day, and where the periods of a quota end:
 * an oracle that shares nothing with src/core.
 */
#ifndef STEPPING_H
#define STEPPING_H

#include "core/quota.h"

#define DAYS_OF_400_YEARS	146097

typedef struct walker
{
	int64_t		day;			/* from 2000-01-01, a Saturday */
	int64_t		year;
	int			month;
	int			mday;
	int			weekday;		/* 1 is Monday, 7 is Sunday */
} walker;

static inline int
length_of_month(int64_t year, int month)
{
	if (month == 2)
		return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static inline void
step(walker *w)
{
	w->day++;
	w->weekday = w->weekday == 7 ? 1 : w->weekday + 1;
	if (w->mday++ < length_of_month(w->year, w->month))
		return;
	w->mday = 1;
	if (w->month++ < 12)
		return;
	w->month = 1;
	w->year++;
}

static inline void
step_back(walker *w)
{
	w->day--;
	w->weekday = w->weekday == 1 ? 7 : w->weekday - 1;
	if (w->mday-- > 1)
		return;
	if (w->month-- == 1)
	{
		w->month = 12;
		w->year--;
	}
	w->mday = length_of_month(w->year, w->month);
}

/* The calendar repeats after 400 years, the days of the week too. */
static inline walker
walk_to(int64_t day)
{
	int64_t		cycles = 0;
	int64_t		rest = day;
	walker		w = {0, 2000, 1, 1, 6};

	for (; rest < 0; cycles--)
	{
		int64_t		many = -rest / DAYS_OF_400_YEARS;

		rest += (many + 1) * DAYS_OF_400_YEARS;
		cycles -= many;
	}
	cycles += rest / DAYS_OF_400_YEARS;
	rest %= DAYS_OF_400_YEARS;
	for (; rest >= 366; w.year++)
	{
		int			length = length_of_month(w.year, 2) == 29 ? 366 : 365;

		rest -= length;
		w.day += length;
		w.weekday = (w.weekday - 1 + length) % 7 + 1;
	}
	for (; rest > 0; rest--)
		step(&w);
	w.day = day;
	w.year += cycles * 400;
	return w;
}

static inline int
months_of(const sc_quota *q)
{
	switch (q->per)
	{
		case SC_PER_MONTH:
			return 1;
		case SC_PER_QUARTER:
			return 3;
		case SC_PER_HALF_YEAR:
			return 6;
		default:
			return q->per == SC_PER_YEAR ? 12 : 0;
	}
}

/* Does a period end with this day?  event is the day that the quota is since. */
static inline bool
period_ends(const sc_quota *q, const walker *event, const walker *w)
{
	int			months = months_of(q);
	int			last = length_of_month(w->year, w->month);
	int64_t		between;

	if (q->since == SC_NO_EVENT)
	{
		if (q->per == SC_PER_WEEK)
			return w->weekday == 7;
		return months > 0 && w->month % months == 0 && w->mday == last;
	}
	if (months == 0)
		return (w->day - event->day) % (q->per == SC_PER_WEEK ? 7 : q->ndays) == 0;
	between = (w->year - event->year) * 12 + w->month - event->month;
	return between % months == 0 && w->mday == (event->mday < last ? event->mday : last);
}

#endif							/* STEPPING_H */
