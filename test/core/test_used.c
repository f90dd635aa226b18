/*
 * The share of a limit that is used up, and the days that an answer rests on.
 */
#include "oracle.h"
#include "tap.h"

#define CALENDARS	250
#define PERIODS		20			/* to each calendar */
#define LOOKS			12			/* at each period */

static scenario s;
static int64_t start;
static int64_t deadline;
static int64_t looks[LOOKS];

/* A forward period that ends, days or clock; its deadline is tested elsewhere. */
static bool
next_period(int64_t event)
{
	sc_reach	reach;

	if (!s.has_time)
		return false;
	if (chance(70))
	{
		random_day_period(&s, event);
		start = instant_of(&s, event, chance_between(0, SC_USEC_PER_DAY - 1));
	}
	else
		start = random_clock_period(&s, event);
	s.p.direction = SC_FORWARD;
	return sc_deadline(&s.p, start, &deadline, &reach) == SC_OK;
}

static void
for_each_period(void (*ask) (void))
{
	for (int i = 0; i < CALENDARS; i++)
	{
		random_calendar(&s);
		for (int j = 0; j < PERIODS; j++)
		{
			if (next_period(random_event(&s)))
				ask();
		}
		window_free(&s.w);
	}
}

static double
used_at(int64_t as_of)
{
	double		used = -1;
	sc_reach	reach;

	if (sc_used(&s.p, start, as_of, &used, &reach) != SC_OK)
		return -1;
	return used;
}

static int
later(const void *a, const void *b)
{
	int64_t		x = *(const int64_t *) a;
	int64_t		y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

static void
look_around(void)
{
	int64_t		low = start < deadline ? start : deadline;
	int64_t		high = start < deadline ? deadline : start;

	for (int i = 0; i < LOOKS; i++)
		looks[i] = chance_between(low - 2 * SC_USEC_PER_DAY, high + 4 * SC_USEC_PER_DAY);
	looks[0] = start;
	looks[1] = deadline;
	looks[2] = deadline - 1;
	looks[3] = deadline + 1;
	for (int i = 0; i < s.p.npauses && i < 4; i++)
		looks[4 + i] = s.pauses[i].to == SC_NEVER ? deadline : s.pauses[i].to;
	qsort(looks, LOOKS, sizeof(looks[0]), later);
}

static void
ask_order(void)
{
	double		before = 0;

	look_around();
	for (int i = 0; i < LOOKS; i++)
	{
		double		used = used_at(looks[i]);

		expect(used >= before, "%g before, then %g", before, used);
		before = used;
	}
}

static void
ask_ends(void)
{
	expect(used_at(deadline) == 1, "%.17g at the deadline", used_at(deadline));
	expect(used_at(deadline + chance_between(1, 10) * SC_USEC_PER_DAY) >= 1, "%s", "less after it");
}

/* Where day one began before the event did, see below. */
static bool
day_one_is_the_events(void)
{
	return !sc_unit_is_clock(s.p.limit.unit) &&
		(s.conv.event_day_counts || s.p.limit.unit == SC_IMMEDIATE);
}

static void
expect_unused(void)
{
	if (start < deadline)
		expect(used_at(start) == 0 && used_at(start - chance_between(0, 5) * SC_USEC_PER_DAY) == 0,
			   "%g to begin with, event day %d, limit %d of %d", used_at(start),
			   s.conv.event_day_counts, s.p.limit.n, s.p.limit.unit);
}

static void
ask_beginning(void)
{
	if (!day_one_is_the_events())
		expect_unused();
}

static void
ask_beginning_of_day_one(void)
{
	if (day_one_is_the_events())
		expect_unused();
}

/* Where the end can be a time that does not count: a day left clear, or a stop. */
static bool
can_end_uncounted(void)
{
	return sc_unit_is_clock(s.p.limit.unit) ? s.conv.roll_hours : s.conv.clear_forward;
}

static void
expect_left(void)
{
	int64_t		early = deadline - chance_between(1, 3) * SC_USEC_PER_SEC;

	expect(used_at(early) < 1, "%.17g before the deadline, limit %d of %d, %d stops",
		   used_at(early), s.p.limit.n, s.p.limit.unit, s.p.npauses);
}

static void
ask_end(void)
{
	if (!can_end_uncounted())
		expect_left();
}

static void
ask_uncounted_end(void)
{
	if (can_end_uncounted())
		expect_left();
}

/* Units of the limit that are used up, from day to day or minute to minute */
static double
oracle_used(int64_t as_of)
{
	bool		workdays = s.p.limit.unit == SC_WORKDAY || s.p.limit.unit == SC_IMMEDIATE ||
		(s.p.limit.unit == SC_DAY && s.p.limit.n <= s.conv.short_days);
	int64_t		day = oracle_event_day(&s, start);
	double		used = 0;

	if (sc_unit_is_clock(s.p.limit.unit))
		return (double) oracle_elapsed_clock(&s, oracle_clock_start(&s, start), as_of);
	if (!s.conv.event_day_counts && s.p.limit.unit != SC_IMMEDIATE)
		day++;
	for (; day <= local_day(&s, as_of); day++)
	{
		int64_t		now = as_of - instant_of(&s, day, 0);

		if (oracle_elapsed_days(&s, workdays, day - 1, day) > 0)
			used += now > s.conv.closing ? 1 : (double) now / (double) s.conv.closing;
	}
	return used;
}

static void
ask_share(void)
{
	double		total = oracle_used(deadline);
	int64_t		as_of = start + chance_between(0, 30 * 24 * 60) * SC_USEC_PER_MINUTE;
	double		used = used_at(as_of);
	double		want = total > 0 ? oracle_used(as_of) / total : as_of >= deadline;

	if (oracle_used(start) > 0 || can_end_uncounted())
		return;
	expect(used > want - 1e-9 && used < want + 1e-9, "%.15g, not %.15g", used, want);
}

/* The days around what was looked at become others, worked or not. */
static void
change_around(int64_t from, int64_t through)
{
	sc_exception changed[2 * WINDOW_EXCEPTIONS];
	int			n = 0;

	for (int64_t day = from - 12; day < from; day++)
		changed[n++] = (sc_exception) {(sc_day) day, chance(40)};
	for (int i = 0; i < s.w.nexceptions; i++)
	{
		if (s.w.exceptions[i].day >= from && s.w.exceptions[i].day <= through)
			changed[n++] = s.w.exceptions[i];
	}
	for (int64_t day = through + 1; day <= through + 12; day++)
		changed[n++] = (sc_exception) {(sc_day) day, chance(40)};
	memcpy(s.w.exceptions, changed, (size_t) n * sizeof(changed[0]));
	s.w.nexceptions = n;
	free(s.w.space);
	window_compile(&s.w);
}

/* An answer is as sure as the days are that it looked at. */
static void
ask_reach(bool turns_back)
{
	sc_roll		roll;
	window		kept = s.w;
	sc_reach	reach;
	int64_t		again = 0;

	if (s.p.npauses == 0 && chance(60))
		s.p.direction = SC_BACKWARD;
	roll = s.p.direction == SC_FORWARD ? s.conv.roll_forward : s.conv.roll_backward;
	if (turns_back != (roll >= SC_ROLL_MODIFIED_FOLLOWING) ||
		sc_deadline(&s.p, start, &deadline, &reach) != SC_OK)
		return;
	s.w.space = NULL;
	if (reach.from <= reach.through)
		change_around(reach.from, reach.through);
	else
		change_around(local_day(&s, deadline), local_day(&s, deadline) - 1);
	expect(sc_deadline(&s.p, start, &again, &reach) == SC_OK && again == deadline,
		   "%lld, then %lld: limit %d of %d, roll %d", (long long) deadline, (long long) again,
		   s.p.limit.n, s.p.limit.unit, roll);
	free(s.w.space);
	s.w = kept;
}

static void
ask_plain_reach(void)
{
	ask_reach(false);
}

static void
ask_reach_that_turns_back(void)
{
	ask_reach(true);
}

int
main(void)
{
	chance_start(5);
	for_each_period(ask_order);
	property("time is never given back");
	for_each_period(ask_ends);
	property("at the deadline all of it is used, exactly, and later no less");
	for_each_period(ask_beginning);
	property("nothing is used to begin with");
	for_each_period(ask_end);
	property("before the deadline something is left");
	for_each_period(ask_share);
	property("in between it is the share of days or minutes");
	for_each_period(ask_plain_reach);
	property("days that an answer did not look at do not change it");

	for_each_period(ask_beginning_of_day_one);
	property("nothing is used to begin with, where the day of the event counts");
	for_each_period(ask_uncounted_end);
	property("before the deadline something is left, where the end does not count");
	for_each_period(ask_reach_that_turns_back);
	property("days that a roll looked at in vain are looked at");
	return done();
}
