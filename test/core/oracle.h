/*
 * Counting as one would do it by hand: from day to day, or from minute to
 * minute, asking of each one whether it counts.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include "scenario.h"

typedef struct answer
{
	sc_status	status;
	int64_t		at;				/* day or instant */
} answer;

typedef enum stop
{
	RUNNING,
	STOPPED,
	STOPPED_FOR_GOOD
} stop;

/* Far below the first instant, so that division always rounds down */
#define LONG_AGO	INT64_C(200000000)

static inline int64_t
local_day(const scenario *s, int64_t instant)
{
	__int128	since = (__int128) instant + s->offset + (__int128) LONG_AGO * SC_USEC_PER_DAY;

	return (int64_t) (since / SC_USEC_PER_DAY) - LONG_AGO;
}

/* A stop from t1 to t2 removes the days d with date(t1) < d <= date(t2). */
static inline stop
day_stopped(const scenario *s, int64_t day)
{
	for (int i = 0; i < s->p.npauses; i++)
	{
		const sc_pause *pause = &s->pauses[i];

		if (pause->from != SC_BEGINNING && day <= local_day(s, pause->from))
			continue;
		if (pause->to == SC_NEVER)
			return STOPPED_FOR_GOOD;
		if (day <= local_day(s, pause->to))
			return STOPPED;
	}
	return RUNNING;
}

/* The n-th day after (or before) another that counts and is not removed */
static inline answer
oracle_count(const scenario *s, int64_t day, int64_t n, bool workdays)
{
	while (n > 0)
	{
		stop		stopped;

		day += s->p.direction;
		if (!sc_day_valid(day))
			return (answer) {SC_OUT_OF_RANGE, day};
		stopped = day_stopped(s, day);
		if (stopped == STOPPED_FOR_GOOD)
			return (answer) {SC_UNENDING, day};
		n -= stopped == RUNNING && (!workdays || window_works(&s->w, day));
	}
	return (answer) {SC_OK, day};
}

/* From this day on, the first one that is worked and not removed */
static inline answer
oracle_seek(const scenario *s, int64_t day)
{
	for (; sc_day_valid(day); day += s->p.direction)
	{
		stop		stopped = day_stopped(s, day);

		if (stopped == STOPPED_FOR_GOOD)
			return (answer) {SC_UNENDING, day};
		if (stopped == RUNNING && window_works(&s->w, day))
			return (answer) {SC_OK, day};
	}
	return (answer) {SC_OUT_OF_RANGE, day};
}

/* Months are gone through one by one; a missing day is clamped or the next. */
static inline int64_t
oracle_month_day(const scenario *s, int64_t event, int64_t months)
{
	sc_ymd		d = sc_ymd_of((sc_day) event);
	bool		counts = s->conv.event_day_counts;
	int64_t		first;
	int64_t		length;
	int64_t		number = d.mday;

	for (; months > 0; months--)
	{
		d.month += s->p.direction;
		if (d.month == 0 || d.month == 13)
		{
			d.year += s->p.direction;
			d.month = d.month == 0 ? 12 : 1;
		}
	}
	first = sc_day_of(d.year, d.month, 1);
	length = (d.month == 12 ? sc_day_of(d.year + 1, 1, 1) : sc_day_of(d.year, d.month + 1, 1)) - first;

	/* day one is the event's own: the day before the next "day one" */
	if (counts && s->p.direction == SC_FORWARD)
		number--;
	if (number > length)
		number = s->conv.month_end == SC_MONTH_NEXT ? length + 1 : length;
	if (counts && s->p.direction == SC_BACKWARD)
		number++;
	return first + number - 1;
}

static inline answer
oracle_counted(const scenario *s, int64_t event)
{
	int64_t		base = s->conv.event_day_counts ? event - s->p.direction : event;
	int64_t		n = s->p.limit.n;

	switch (s->p.limit.unit)
	{
		case SC_WORKDAY:
			return oracle_count(s, base, n, true);
		case SC_DAY:
			return oracle_count(s, base, n, n <= s->conv.short_days);
		case SC_WEEK:
			return oracle_count(s, base, n * 7, false);
		default:
			n = oracle_month_day(s, event, s->p.limit.unit == SC_YEAR ? n * 12 : n) - base;
			return oracle_count(s, base, n * s->p.direction, false);
	}
}

/* Clear days are days, or working days: one more is left at the other end. */
static inline bool
oracle_is_clear(const scenario *s)
{
	if (s->p.limit.unit != SC_DAY && s->p.limit.unit != SC_WORKDAY)
		return false;
	return s->p.direction == SC_FORWARD ? s->conv.clear_forward : s->conv.clear_backward;
}

/* To a working day; one that a stop removes is left for a later one. */
static inline answer
oracle_rolled(const scenario *s, int64_t last)
{
	sc_roll		roll = s->p.direction == SC_FORWARD ? s->conv.roll_forward : s->conv.roll_backward;
	int64_t		rolled = step_roll(&s->w, last, roll);

	if (!sc_day_valid(rolled))
		return (answer) {SC_OUT_OF_RANGE, rolled};
	if (rolled == last || day_stopped(s, rolled) == RUNNING)
		return (answer) {SC_OK, rolled};
	return oracle_seek(s, rolled);
}

/* Working days of the period that are not removed, the last one included */
static inline int64_t
oracle_held(const scenario *s, int64_t event, int64_t last)
{
	int			way = s->p.direction;
	int64_t		day = s->conv.event_day_counts ? event : event + way;
	int64_t		held = 0;

	for (; (last - day) * way >= 0; day += way)
		held += window_works(&s->w, day) && day_stopped(s, day) == RUNNING;
	return held;
}

static inline bool
oracle_has_minimum(const scenario *s)
{
	static const int shortest[SC_UNIT_COUNT] = {
		[SC_DAY] = 1, [SC_WORKDAY] = 1, [SC_WEEK] = 7, [SC_MONTH] = 28, [SC_YEAR] = 365
	};

	return s->conv.min_workdays > 0 && s->p.limit.n > 0 &&
		s->p.limit.n * shortest[s->p.limit.unit] >= s->conv.min_workdays_from;
}

static inline answer
oracle_last_day(const scenario *s, int64_t event)
{
	answer		a = {SC_OK, event};

	if (s->p.limit.unit == SC_IMMEDIATE)
		return oracle_seek(s, event);
	if (s->p.limit.n > 0)
		a = oracle_counted(s, event);
	if (a.status == SC_OK && s->p.limit.n > 0 && oracle_is_clear(s))
		a = oracle_count(s, a.at, 1, false);
	if (a.status == SC_OK)
		a = oracle_rolled(s, a.at);
	while (a.status == SC_OK && oracle_has_minimum(s) &&
		   oracle_held(s, event, a.at) < s->conv.min_workdays)
		a = oracle_seek(s, a.at + s->p.direction);
	return a;
}

static inline int64_t
oracle_event_day(const scenario *s, int64_t start)
{
	int64_t		day = local_day(s, start);

	return start - instant_of(s, day, 0) > s->conv.receipt_cutoff ? day + 1 : day;
}

static inline int64_t
oracle_elapsed_days(const scenario *s, bool workdays, int64_t after, int64_t through)
{
	int64_t		n = 0;

	for (int64_t day = after + 1; day <= through; day++)
		n += (!workdays || window_works(&s->w, day)) && day_stopped(s, day) == RUNNING;
	return n;
}

static inline stop
minute_stopped(const scenario *s, int64_t instant)
{
	for (int i = 0; i < s->p.npauses; i++)
	{
		if (instant >= s->pauses[i].from && instant < s->pauses[i].to)
			return s->pauses[i].to == SC_NEVER ? STOPPED_FOR_GOOD : STOPPED;
	}
	return RUNNING;
}

static inline int64_t
oracle_clock_start(const scenario *s, int64_t start)
{
	int64_t		of_day = start - instant_of(s, local_day(s, start), 0);

	if (!s->conv.full_hours || s->p.limit.unit != SC_HOUR)
		return start;
	return start - of_day % SC_USEC_PER_HOUR +
		(s->p.direction == SC_FORWARD ? SC_USEC_PER_HOUR : 0);
}

static inline answer
oracle_clock(const scenario *s, int64_t start)
{
	int64_t		n = (int64_t) s->p.limit.n * (s->p.limit.unit == SC_HOUR ? 60 : 1);
	int64_t		at = oracle_clock_start(s, start);
	int64_t		day;

	for (; n > 0; at += s->p.direction * SC_USEC_PER_MINUTE)
	{
		stop		stopped = minute_stopped(s, at);

		if (stopped == STOPPED_FOR_GOOD)
			return (answer) {SC_UNENDING, at};
		n -= stopped == RUNNING;
	}
	day = local_day(s, at);
	if (s->conv.roll_hours && s->p.limit.n > 0)
	{
		for (; !window_works(&s->w, day); day += s->p.direction)
			at += s->p.direction * SC_USEC_PER_DAY;
	}
	return (answer) {SC_OK, at};
}

static inline int64_t
oracle_elapsed_clock(const scenario *s, int64_t start, int64_t until)
{
	int64_t		elapsed = 0;

	for (; start < until; start += SC_USEC_PER_MINUTE)
		elapsed += minute_stopped(s, start) == RUNNING ? SC_USEC_PER_MINUTE : 0;
	return elapsed;
}

#endif							/* ORACLE_H */
