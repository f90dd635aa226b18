/*
 * Random cases of counting: a calendar, a convention, a zone of fixed offset,
 * stops of the clock and a time limit.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "core/counting.h"
#include "window.h"

#define SCENARIO_PAUSES		6
#define SCENARIO_DAYS		6400	/* of the window */
#define SCENARIO_SPREAD		300		/* exceptions are so far around */

/* Beyond this day there are no instants. */
#define LAST_DAY_WITH_TIME	100000000

typedef struct scenario
{
	window		w;
	sc_convention conv;
	int64_t		offset;			/* local time less the instant */
	sc_zone		zone;
	sc_pause	pauses[SCENARIO_PAUSES];
	sc_period	p;
	int64_t		center;
	bool		has_time;
} scenario;

static const sc_convention plain_convention = {
	.roll_forward = SC_ROLL_NONE, .roll_backward = SC_ROLL_NONE,
	.closing = SC_USEC_PER_DAY, .receipt_cutoff = SC_USEC_PER_DAY
};

static int64_t
add_offset(void *arg, int64_t instant)
{
	return instant + *(int64_t *) arg;
}

static int64_t
subtract_offset(void *arg, int64_t local)
{
	return local - *(int64_t *) arg;
}

static inline int64_t
instant_of(const scenario *s, int64_t day, int64_t time)
{
	return day * SC_USEC_PER_DAY + time - s->offset;
}

/* A period that counts nothing yet, over the calendar of the window. */
static inline void
scenario_start(scenario *s)
{
	s->zone = (sc_zone) {add_offset, subtract_offset, &s->offset};
	s->p = (sc_period) {&s->w.cal, &s->conv, &s->zone, {0, SC_DAY}, SC_FORWARD, s->pauses, 0};
}

static inline sc_convention
random_convention(void)
{
	static const int64_t closings[] = {24 * 60, 24 * 60, 17 * 60, 12 * 60 + 30, 1};
	sc_convention c = plain_convention;

	c.event_day_counts = chance(30);
	c.clear_forward = !c.event_day_counts && chance(25);
	c.clear_backward = !c.event_day_counts && chance(25);
	c.full_hours = chance(30);
	c.roll_hours = chance(40);
	c.roll_backward = (sc_roll) chance_between(0, SC_ROLL_COUNT - 1);
	c.roll_forward = (sc_roll) chance_between(0, SC_ROLL_COUNT - 1);
	c.month_end = chance(50) ? SC_MONTH_CLAMP : SC_MONTH_NEXT;
	c.short_days = chance(60) ? 0 : (int32_t) chance_between(1, 12);
	c.closing = chance_of(closings) * SC_USEC_PER_MINUTE;
	c.receipt_cutoff = chance(50) ? c.closing : chance_between(0, c.closing);
	if (c.roll_forward != SC_ROLL_PRECEDING && c.roll_forward != SC_ROLL_MODIFIED_PRECEDING &&
		chance(35))
	{
		c.min_workdays = (int32_t) chance_between(1, chance(70) ? 6 : 60);
		c.min_workdays_from = c.min_workdays + (int32_t) chance_between(0, 12);
	}
	return c;
}

static inline void
random_calendar(scenario *s)
{
	static const int64_t hours[] = {0, 8, -5, 14, -12};
	int64_t		center = random_center();

	s->center = center;
	s->has_time = center < LAST_DAY_WITH_TIME;
	s->offset = chance_of(hours) * SC_USEC_PER_HOUR + chance_between(0, 3) * 15 * SC_USEC_PER_MINUTE;
	s->w.week = random_week();
	random_exceptions(&s->w, center, SCENARIO_SPREAD);
	window_fill(&s->w, center, SCENARIO_DAYS);
	scenario_start(s);
}

/* Gaps and stops of none to some weeks, in multiples of a step, in order. */
static inline void
random_pauses(scenario *s, int64_t from, int64_t step, int64_t longest)
{
	int			n = chance(25) ? 0 : (int) chance_between(1, SCENARIO_PAUSES);

	for (int i = 0; i < n; i++)
	{
		s->pauses[i].from = from += chance_between(chance(50) && i > 0 ? 0 : 1, longest) * step;
		s->pauses[i].to = from += chance(10) ? 0 : chance_between(1, chance(50) ? longest : 10) * step;
	}
	if (n > 0 && chance(10))
		s->pauses[0].from = SC_BEGINNING;
	if (n > 0 && chance(8))
		s->pauses[n - 1].to = SC_NEVER;
	s->p.npauses = n;
}

static inline int64_t
random_event(const scenario *s)
{
	int64_t		day;

	do
		day = s->center + chance_between(-SCENARIO_SPREAD, SCENARIO_SPREAD);
	while (!sc_day_valid(day));
	return day;
}

static inline sc_limit
random_day_limit(void)
{
	static const int32_t most[SC_UNIT_COUNT] = {
		[SC_DAY] = 70, [SC_WORKDAY] = 40, [SC_WEEK] = 9, [SC_MONTH] = 20, [SC_YEAR] = 3
	};
	static const sc_unit units[] = {SC_IMMEDIATE, SC_DAY, SC_DAY, SC_WORKDAY, SC_WORKDAY, SC_WEEK, SC_MONTH, SC_YEAR};
	sc_limit	limit = {0, chance_of(units)};

	if (limit.unit != SC_IMMEDIATE)
		limit.n = (int32_t) chance_between(0, chance(60) ? 3 : most[limit.unit]);
	return limit;
}

/*
 * The next period to count from an event on that day.  Stops belong to periods
 * that run forward: nothing counted back is ever paused.
 */
static inline void
random_day_period(scenario *s, int64_t event)
{
	s->conv = random_convention();
	s->p.limit = random_day_limit();
	s->p.direction = chance(60) ? SC_FORWARD : SC_BACKWARD;
	s->p.npauses = 0;
	if (s->has_time && s->p.direction == SC_FORWARD)
		random_pauses(s, instant_of(s, event - 15, 0), 1 + chance_between(0, 24) * SC_USEC_PER_HOUR, 20);
}

/* Minutes or hours; on whole minutes where full hours are to be met. */
static inline int64_t
random_clock_period(scenario *s, int64_t event)
{
	int64_t		start;

	s->conv = random_convention();
	s->p.limit = chance(50) ? (sc_limit) {(int32_t) chance_between(0, 90), SC_HOUR} :
		(sc_limit) {(int32_t) chance_between(0, chance(50) ? 100 : 4000), SC_MINUTE};
	s->p.direction = chance(70) ? SC_FORWARD : SC_BACKWARD;
	s->p.npauses = 0;
	start = instant_of(s, event, chance_between(0, 24 * 60 - 1) * SC_USEC_PER_MINUTE);
	if (!s->conv.full_hours)
		start += chance_between(0, SC_USEC_PER_MINUTE - 1);
	if (s->p.direction == SC_FORWARD)
		random_pauses(s, start - 1000 * SC_USEC_PER_MINUTE, SC_USEC_PER_MINUTE, 1500);
	return start;
}

#endif							/* SCENARIO_H */
