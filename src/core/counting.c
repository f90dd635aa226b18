/*
 * Counting time limits.
 *
 * A period in days, weeks, months, years or working days is counted in whole
 * days of the calendar's zone; minutes and hours run on the clock.  A stop of
 * the clock from one instant to another removes the days after its first
 * through its last one; the first is counted, as the day of an event is not.
 */
#include <float.h>

#include "core/counting.h"

/* A stop in whole days: those with after < day <= through are removed. */
typedef struct removed_days
{
	int64_t		after;
	int64_t		through;
	bool		unending;
} removed_days;

static int64_t
day_of(int64_t local)
{
	return sc_floor_div(local, SC_USEC_PER_DAY);
}

static int64_t
local_of(const sc_period *p, int64_t instant)
{
	return p->zone->to_local(p->zone->arg, instant);
}

static removed_days
removed_by(const sc_period *p, int i)
{
	removed_days r;

	r.unending = p->pauses[i].to == SC_NEVER;
	r.after = p->pauses[i].from == SC_BEGINNING ? SC_DAY_MIN - 1 :
		day_of(local_of(p, p->pauses[i].from));
	r.through = r.unending ? SC_DAY_MAX :
		p->pauses[i].to == SC_BEGINNING ? SC_DAY_MIN - 1 :
		day_of(local_of(p, p->pauses[i].to));
	return r;
}

bool
sc_counts_workdays(const sc_period *p)
{
	return p->limit.unit == SC_WORKDAY ||
		(p->limit.unit == SC_DAY && p->limit.n <= p->conv->short_days);
}

/* days of the kind that the period counts, in (after, through] */
static int64_t
count_days(const sc_period *p, bool workdays, int64_t after, int64_t through)
{
	return workdays ? sc_workdays_between(p->cal, after, through) : through - after;
}

/* what remains of count_days() when the stops are taken out */
int64_t
sc_elapsed_days(const sc_period *p, bool workdays, sc_day after, sc_day through)
{
	int64_t		count = count_days(p, workdays, after, through);

	for (int i = 0; i < p->npauses; i++)
	{
		removed_days r = removed_by(p, i);
		int64_t		from = r.after > after ? r.after : after;
		int64_t		to = r.through < through ? r.through : through;

		if (from < to)
			count -= count_days(p, workdays, from, to);
	}
	return count;
}

/* The day off which the limit is counted: the one before day one. */
static int64_t
count_from(const sc_period *p, int64_t event)
{
	return p->conv->event_day_counts ? event - p->direction : event;
}

/* Clear days are days: CPR 2.8(2) says nothing of weeks and months. */
static bool
is_clear(const sc_period *p)
{
	if (p->limit.unit != SC_DAY && p->limit.unit != SC_WORKDAY)
		return false;
	return p->direction == SC_FORWARD ? p->conv->clear_forward : p->conv->clear_backward;
}

static sc_roll
roll_of(const sc_period *p)
{
	return p->direction == SC_FORWARD ? p->conv->roll_forward : p->conv->roll_backward;
}

/* Note that the calendar was asked about all days from one to the other. */
static void
widen(sc_reach *reach, int64_t a, int64_t b)
{
	int64_t		low = a < b ? a : b;
	int64_t		high = a < b ? b : a;

	if (low < reach->from)
		reach->from = low;
	if (high > reach->through)
		reach->through = high;
}

static void
start_reach(sc_reach *reach)
{
	reach->from = SC_DAY_MAX;
	reach->through = SC_DAY_MIN;
}

/*
 * The corresponding day so many months away.  Where the event's own day is
 * counted, that is the day before the one of the same number (BGB 188(2),
 * second alternative), and it is that day which the month can lack.
 */
static int64_t
corresponding_day(const sc_period *p, sc_day event, int64_t months)
{
	sc_ymd		d = sc_ymd_of(event);
	int64_t		m = (int64_t) d.year * 12 + d.month - 1 + months * p->direction;
	int64_t		year = sc_floor_div(m, 12);
	int32_t		month = (int32_t) (m - year * 12) + 1;
	int32_t		length = sc_month_length(year, month);
	bool		day_before = p->conv->event_day_counts && p->direction == SC_FORWARD;
	bool		day_after = p->conv->event_day_counts && p->direction == SC_BACKWARD;
	int32_t		mday = d.mday - day_before; /* 0 is the last day of the month before */

	if (mday > length)
		mday = p->conv->month_end == SC_MONTH_CLAMP ? length : length + 1;
	return sc_day_of(year, month, 1) + mday - 1 + day_after;
}

/* The last counted day, as if nothing stopped the clock. */
static int64_t
counted_day(const sc_period *p, sc_day event)
{
	int64_t		base = count_from(p, event);
	int64_t		n = p->limit.n;

	switch (p->limit.unit)
	{
		case SC_MONTH:
			return corresponding_day(p, event, n);
		case SC_YEAR:
			return corresponding_day(p, event, n * 12);
		case SC_WEEK:
			return base + n * 7 * p->direction;
		default:
			if (sc_counts_workdays(p))
				return sc_add_workdays(p->cal, base, n * p->direction);
			return base + n * p->direction;
	}
}

/*
 * Stops lengthen the period by the days they remove.  One that begins on the
 * last day, or after it, finds the period at its end.
 */
static sc_status
extend_by_pauses(const sc_period *p, int64_t base, int64_t *last)
{
	bool		workdays = sc_counts_workdays(p);

	for (int i = 0; i < p->npauses; i++)
	{
		removed_days r = removed_by(p, i);
		int64_t		from = r.after > base ? r.after : base;

		if (r.after >= *last)
			break;
		if (r.through <= from)
			continue;
		if (r.unending)
			return SC_UNENDING;
		if (workdays)
			*last = sc_select(p->cal, sc_rank(p->cal, *last) +
							  sc_workdays_between(p->cal, from, r.through));
		else
			*last += r.through - from;
		if (!sc_day_valid(*last))
			return SC_OUT_OF_RANGE;
	}
	return SC_OK;
}

/* Move a day that a stop removes past it, to any day or to a working one. */
static sc_status
leave_pauses(const sc_period *p, bool to_workday, int64_t *last)
{
	for (int i = 0; i < p->npauses; i++)
	{
		removed_days r = removed_by(p, i);

		if (r.after < *last && *last <= r.through)
		{
			if (r.unending)
				return SC_UNENDING;
			*last = to_workday ? sc_select(p->cal, sc_rank(p->cal, r.through) + 1) :
				r.through + 1;
		}
	}
	return sc_day_valid(*last) ? SC_OK : SC_OUT_OF_RANGE;
}

/* The days that a roll asked about, also those that it turned away from. */
static void
widen_by_roll(sc_reach *reach, sc_roll roll, int64_t day, int64_t rolled)
{
	sc_ymd		d = sc_ymd_of((sc_day) day);

	widen(reach, day, rolled);
	if (roll == SC_ROLL_NEAREST)
		widen(reach, day, day - (rolled - day));
	if (roll == SC_ROLL_MODIFIED_FOLLOWING && rolled < day)
		widen(reach, day, day - d.mday + sc_month_length(d.year, d.month));
	if (roll == SC_ROLL_MODIFIED_PRECEDING && rolled > day)
		widen(reach, day, day - d.mday + 1);
}

static sc_status
roll_last_day(const sc_period *p, sc_roll roll, int64_t *last, sc_reach *reach)
{
	int64_t		rolled;
	sc_status	status = SC_OK;

	if (!sc_day_valid(*last))
		return SC_OUT_OF_RANGE;
	if (roll == SC_ROLL_NONE)
		return SC_OK;
	rolled = sc_roll_day(p->cal, (sc_day) *last, roll);
	if (!sc_day_valid(rolled))
		return SC_OUT_OF_RANGE;
	widen_by_roll(reach, roll, *last, rolled);
	if (rolled == *last)
		return SC_OK;
	*last = rolled;
	status = leave_pauses(p, true, last);
	widen(reach, rolled, *last);
	return status;
}

/* the limit in days, where it is that long for certain */
static int64_t
limit_in_days(sc_limit limit)
{
	switch (limit.unit)
	{
		case SC_DAY:
		case SC_WORKDAY:
			return limit.n;
		case SC_WEEK:
			return (int64_t) limit.n * 7;
		case SC_MONTH:
			return (int64_t) limit.n * 28;
		case SC_YEAR:
			return (int64_t) limit.n * 365;
		default:
			return 0;
	}
}

/* EU 1182/71 art. 3(5): a period must hold so many working days. */
static sc_status
hold_min_workdays(const sc_period *p, int64_t base, int64_t *last)
{
	int64_t		held;

	if (p->conv->min_workdays == 0 ||
		limit_in_days(p->limit) < p->conv->min_workdays_from)
		return SC_OK;
	if (p->direction == SC_BACKWARD)
	{
		held = sc_workdays_between(p->cal, *last - 1, base - 1);
		if (held < p->conv->min_workdays)
			*last = sc_add_workdays(p->cal, *last, held - p->conv->min_workdays);
		return SC_OK;
	}
	for (;;)
	{
		sc_status	status;

		held = sc_elapsed_days(p, true, (sc_day) base, (sc_day) *last);
		if (held >= p->conv->min_workdays)
			return SC_OK;
		*last = sc_select(p->cal, sc_rank(p->cal, *last) + 1);
		status = leave_pauses(p, true, last);
		if (status != SC_OK)
			return status;
	}
}

/* How "immediate" ends: with the first working day on or after the event. */
static sc_roll
immediate_roll(const sc_period *p)
{
	return p->direction == SC_FORWARD ? SC_ROLL_FOLLOWING : SC_ROLL_PRECEDING;
}

static sc_status
counted_last_day(const sc_period *p, sc_day event, int64_t *last, sc_reach *reach)
{
	int64_t		base = count_from(p, event);
	sc_status	status;

	*last = counted_day(p, event);
	if (!sc_day_valid(*last))
		return SC_OUT_OF_RANGE;
	status = extend_by_pauses(p, base, last);
	if (status != SC_OK)
		return status;
	if (sc_counts_workdays(p))
		widen(reach, base, *last);
	if (is_clear(p))
	{
		*last += p->direction;	/* the day at the other end */
		status = leave_pauses(p, false, last);
		if (status != SC_OK)
			return status;
	}
	status = roll_last_day(p, roll_of(p), last, reach);
	if (status != SC_OK || p->conv->min_workdays == 0)
		return status;
	status = hold_min_workdays(p, base, last);
	widen(reach, base, *last);
	return status;
}

/*
 * The last day of a period in days or longer.  A pure function of days, so
 * that due_date() needs no time of day.
 */
sc_status
sc_last_day(const sc_period *p, sc_day event, int64_t *last, sc_reach *reach)
{
	sc_status	status;

	start_reach(reach);
	*last = event;
	if (p->limit.unit == SC_IMMEDIATE)
	{
		status = roll_last_day(p, immediate_roll(p), last, reach);
		if (status == SC_OK)
			status = leave_pauses(p, true, last);
		widen(reach, event, *last);
	}
	else if (p->limit.n == 0)
		status = roll_last_day(p, roll_of(p), last, reach);
	else
		status = counted_last_day(p, event, last, reach);
	if (status == SC_OK && !sc_day_valid(*last))
		status = SC_OUT_OF_RANGE;
	return status;
}

/* The day of the event; what is received after the cut-off is the next day's. */
sc_day
sc_event_day(const sc_period *p, int64_t start)
{
	int64_t		local = local_of(p, start);
	int64_t		day = day_of(local);

	if (local - day * SC_USEC_PER_DAY > p->conv->receipt_cutoff)
		day++;
	return (sc_day) day;
}

static int64_t
unit_usec(sc_unit unit)
{
	return unit == SC_HOUR ? SC_USEC_PER_HOUR : SC_USEC_PER_MINUTE;
}

/* EU 1182/71 art. 3(1): the hour of the event is not counted. */
static int64_t
clock_start(const sc_period *p, int64_t start)
{
	int64_t		local;

	if (!p->conv->full_hours || p->limit.unit != SC_HOUR)
		return start;
	local = local_of(p, start);
	local = sc_floor_div(local, SC_USEC_PER_HOUR) * SC_USEC_PER_HOUR;
	if (p->direction == SC_FORWARD)
		local += SC_USEC_PER_HOUR;
	return p->zone->to_instant(p->zone->arg, local);
}

/* FRCP 6(a)(2)(C): the same time on the next day that is worked. */
static int64_t
roll_clock(const sc_period *p, int64_t at, sc_reach *reach)
{
	int64_t		local = local_of(p, at);
	int64_t		day = day_of(local);
	int64_t		rolled = sc_roll_day(p->cal, (sc_day) day, immediate_roll(p));

	widen(reach, day, rolled);
	if (rolled == day)
		return at;
	return p->zone->to_instant(p->zone->arg, local + (rolled - day) * SC_USEC_PER_DAY);
}

/* a + b, or false where that is no instant */
static bool
add_usec(int64_t a, int64_t b, int64_t *sum)
{
	if ((b > 0 && a > INT64_MAX - b) || (b < 0 && a < INT64_MIN - b))
		return false;
	*sum = a + b;
	return true;
}

/* So many days fit into microseconds, in every zone; PostgreSQL's own limit is nearer. */
#define LAST_INSTANT_DAY	106751988

static sc_status
clock_deadline(const sc_period *p, int64_t start, int64_t *deadline, sc_reach *reach)
{
	int64_t		from = clock_start(p, start);
	int64_t		at;

	start_reach(reach);
	if (!add_usec(from, p->limit.n * unit_usec(p->limit.unit) * p->direction, &at))
		return SC_OUT_OF_RANGE;
	for (int i = 0; i < p->npauses; i++)
	{
		int64_t		begin = p->pauses[i].from > from ? p->pauses[i].from : from;

		if (begin >= at)
			break;
		if (p->pauses[i].to <= begin)
			continue;
		if (p->pauses[i].to == SC_NEVER)
			return SC_UNENDING;
		if (!add_usec(p->pauses[i].to, at - begin, &at))
			return SC_OUT_OF_RANGE;
	}
	*deadline = at;
	if (p->conv->roll_hours && p->limit.n > 0)
	{
		if (at / SC_USEC_PER_DAY > LAST_INSTANT_DAY)
			return SC_OUT_OF_RANGE;
		*deadline = roll_clock(p, at, reach);
	}
	return SC_OK;
}

/* When a day ends: at the next midnight, or when the office closes. */
static int64_t
end_of_day(const sc_period *p, int64_t day)
{
	return p->zone->to_instant(p->zone->arg, day * SC_USEC_PER_DAY + p->conv->closing);
}

sc_status
sc_deadline(const sc_period *p, int64_t start, int64_t *deadline, sc_reach *reach)
{
	int64_t		last;
	sc_status	status;

	if (sc_unit_is_clock(p->limit.unit))
		return clock_deadline(p, start, deadline, reach);
	status = sc_last_day(p, sc_event_day(p, start), &last, reach);
	if (status != SC_OK)
		return status;
	if (last > LAST_INSTANT_DAY)
		return SC_OUT_OF_RANGE;
	*deadline = end_of_day(p, last);
	return SC_OK;
}

/*
 * Running time of the clock between two instants, without the stops; SC_NEVER
 * where they are further apart than microseconds can count.
 */
int64_t
sc_elapsed_clock(const sc_period *p, int64_t start, int64_t until)
{
	int64_t		elapsed;

	if (start < 0 && until > SC_NEVER + start)
		return SC_NEVER;
	elapsed = until - start;
	for (int i = 0; i < p->npauses; i++)
	{
		int64_t		from = p->pauses[i].from > start ? p->pauses[i].from : start;
		int64_t		to = p->pauses[i].to < until ? p->pauses[i].to : until;

		if (from < to)
			elapsed -= to - from;
	}
	return elapsed;
}

/*
 * Counted days that are over at an instant, and the part that is over of the
 * one which is running; a day ends when the office closes.
 */
static double
used_days(const sc_period *p, bool workdays, int64_t base, int64_t as_of)
{
	int64_t		today = day_of(local_of(p, as_of));
	int64_t		midnight;
	int64_t		end;
	double		used;

	if (today <= base)
		return 0;
	used = (double) sc_elapsed_days(p, workdays, (sc_day) base, (sc_day) (today - 1));
	if (sc_elapsed_days(p, workdays, (sc_day) (today - 1), (sc_day) today) == 0)
		return used;
	midnight = p->zone->to_instant(p->zone->arg, today * SC_USEC_PER_DAY);
	end = end_of_day(p, today);
	return used + (as_of >= end ? 1.0 : (double) (as_of - midnight) / (double) (end - midnight));
}

/*
 * The share of a period that is used up at an instant: 0 until it begins to
 * run, exactly 1 at the deadline, more when it is late.
 */
sc_status
sc_used(const sc_period *p, int64_t start, int64_t as_of, double *used, sc_reach *reach)
{
	int64_t		deadline;
	double		total;
	sc_status	status = sc_deadline(p, start, &deadline, reach);

	if (status != SC_OK)
		return status;
	if (sc_unit_is_clock(p->limit.unit))
	{
		int64_t		from = clock_start(p, start);

		total = (double) sc_elapsed_clock(p, from, deadline);
		*used = (double) sc_elapsed_clock(p, from, as_of);
	}
	else
	{
		bool		workdays = sc_counts_workdays(p) || p->limit.unit == SC_IMMEDIATE;
		double		begun;	/* of day one, when the event came */
		int64_t		base = count_from(p, sc_event_day(p, start));

		if (p->limit.unit == SC_IMMEDIATE)
			base = sc_event_day(p, start) - 1;
		begun = used_days(p, workdays, base, start);
		total = used_days(p, workdays, base, deadline) - begun;
		*used = used_days(p, workdays, base, as_of) - begun;
	}
	if (total > 0)
		*used /= total;
	else
		*used = as_of < deadline ? 0 : 1;
	if (*used < 0)
		*used = 0;
	if (as_of < deadline && *used >= 1)
		*used = 1 - DBL_EPSILON / 2;
	return SC_OK;
}
