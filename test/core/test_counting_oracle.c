/*
 * Deadlines of random periods, against the count from day to day and from
 * minute to minute.
 */
#include "oracle.h"
#include "tap.h"

#define CALENDARS	600
#define PERIODS		40			/* to each calendar */

static scenario s;

static const char *
text(void)
{
	static char buf[400];
	char		limit[SC_LIMIT_BUFSIZE];
	const sc_convention *c = &s.conv;
	int			len;

	sc_limit_format(s.p.limit, limit);
	len = snprintf(buf, sizeof(buf),
				   "%s, direction %d, week %x, %d exceptions, event day %d, clear %d %d, rolls %d %d, "
				   "month end %d, short %d, minimum %d from %d, hours %d %d, stops",
				   limit, s.p.direction, s.w.week, s.w.nexceptions, c->event_day_counts,
				   c->clear_forward, c->clear_backward, c->roll_forward, c->roll_backward,
				   c->month_end, c->short_days, c->min_workdays, c->min_workdays_from,
				   c->full_hours, c->roll_hours);
	for (int i = 0; i < s.p.npauses && len < 350; i++)
		len += snprintf(buf + len, sizeof(buf) - (size_t) len, " %.2f-%.2f",
						((double) s.pauses[i].from + (double) s.offset) / SC_USEC_PER_DAY,
						((double) s.pauses[i].to + (double) s.offset) / SC_USEC_PER_DAY);
	return buf;
}

static void
for_each_event(void (*ask) (int64_t event))
{
	for (int i = 0; i < CALENDARS; i++)
	{
		random_calendar(&s);
		for (int j = 0; j < PERIODS; j++)
			ask(random_event(&s));
		window_free(&s.w);
	}
}

static void
ask_last_day(int64_t event)
{
	answer		want;
	sc_status	status;
	int64_t		last;
	sc_reach	reach;

	random_day_period(&s, event);
	want = oracle_last_day(&s, event);
	status = sc_last_day(&s.p, (sc_day) event, &last, &reach);
	expect(status == want.status && (status != SC_OK || last == want.at),
		   "from %lld: got %d, %lld, want %d, %lld: %s", (long long) event,
		   status, (long long) last, want.status, (long long) want.at, text());
}

/* What holds whatever the way there */
static void
ask_where_it_ends(int64_t event)
{
	int64_t		last;
	sc_reach	reach;
	sc_roll		roll;

	random_day_period(&s, event);
	roll = s.p.direction == SC_FORWARD ? s.conv.roll_forward : s.conv.roll_backward;
	if (sc_last_day(&s.p, (sc_day) event, &last, &reach) != SC_OK)
		return;
	if (s.p.limit.n > 0 || s.p.limit.unit == SC_IMMEDIATE)
		expect_int(day_stopped(&s, last), RUNNING, "last day %lld, %s", (long long) last, text());
	if (roll != SC_ROLL_NONE || s.p.limit.unit == SC_IMMEDIATE)
		expect(sc_is_workday(s.p.cal, last), "last day %lld, %s", (long long) last, text());
	if (s.p.limit.unit == SC_WORKDAY && s.p.limit.n > 0 && !oracle_is_clear(&s))
		expect(sc_is_workday(s.p.cal, last), "last day %lld, %s", (long long) last, text());
	expect(sc_day_valid(last), "last day %lld, %s", (long long) last, text());
}

/* A stop never brings the end nearer, and more of the limit neither. */
static void
ask_order(int64_t event)
{
	int64_t		with;
	int64_t		without;
	int64_t		longer;
	sc_reach	reach;
	sc_status	status;

	random_day_period(&s, event);
	s.conv.roll_forward = chance(50) ? SC_ROLL_FOLLOWING : SC_ROLL_NONE;
	s.p.direction = SC_FORWARD;
	status = sc_last_day(&s.p, (sc_day) event, &with, &reach);
	s.p.npauses = 0;
	if (status != SC_OK || sc_last_day(&s.p, (sc_day) event, &without, &reach) != SC_OK)
		return;
	expect(with >= without, "%lld, %lld, %s", (long long) with, (long long) without, text());

	if (s.p.limit.unit == SC_IMMEDIATE || s.p.limit.n++ == s.conv.short_days)
		return;
	if (sc_last_day(&s.p, (sc_day) event, &longer, &reach) == SC_OK)
		expect(longer >= without, "%lld, %lld, %s", (long long) longer, (long long) without, text());
}

static void
ask_deadline(int64_t event)
{
	int64_t		start;
	int64_t		deadline = 0;
	answer		want;
	sc_status	status;
	sc_reach	reach;

	if (!s.has_time)
		return;
	random_day_period(&s, event);
	start = instant_of(&s, event, chance(20) ? s.conv.receipt_cutoff + chance_between(-1, 1) :
					   chance_between(0, SC_USEC_PER_DAY - 1));
	want = oracle_last_day(&s, oracle_event_day(&s, start));
	expect_int(sc_event_day(&s.p, start), oracle_event_day(&s, start), "%s", text());
	status = sc_deadline(&s.p, start, &deadline, &reach);
	expect_int(status, want.status, "%s", text());
	if (status == SC_OK)
		expect_int(deadline, instant_of(&s, want.at, s.conv.closing), "%s", text());
}

static void
ask_clock(int64_t event)
{
	int64_t		start;
	int64_t		deadline = 0;
	answer		want;
	sc_status	status;
	sc_reach	reach;

	if (!s.has_time)
		return;
	start = random_clock_period(&s, event);
	want = oracle_clock(&s, start);
	status = sc_deadline(&s.p, start, &deadline, &reach);
	expect_int(status, want.status, "%s", text());
	if (status == SC_OK)
		expect_int(deadline, want.at, "from %lld, %s", (long long) start, text());
}

static void
ask_elapsed(int64_t event)
{
	int64_t		start;
	int64_t		until;
	int64_t		through = event + chance_between(0, 60);
	bool		workdays = chance(50);

	if (!s.has_time)
		return;
	random_day_period(&s, event);
	expect_int(sc_elapsed_days(&s.p, workdays, (sc_day) event, (sc_day) through),
			   oracle_elapsed_days(&s, workdays, event, through),
			   "%lld through %lld, %s", (long long) event, (long long) through, text());
	start = random_clock_period(&s, event);
	until = start + chance_between(0, 3000) * SC_USEC_PER_MINUTE;
	expect_int(sc_elapsed_clock(&s.p, start, until), oracle_elapsed_clock(&s, start, until),
			   "%lld until %lld, %s", (long long) start, (long long) until, text());
}

int
main(void)
{
	chance_start(4);
	for_each_event(ask_last_day);
	property("the last day is the one that counting by hand finds");
	for_each_event(ask_where_it_ends);
	property("it is no day that a stop removes, and a working day if it is rolled");
	for_each_event(ask_order);
	property("stops and longer limits end later");
	for_each_event(ask_deadline);
	property("the deadline is when that day ends, counted from the day of receipt");
	for_each_event(ask_clock);
	property("minutes and hours run on the clock, but for stops");
	for_each_event(ask_elapsed);
	property("elapsed days and time are counted likewise");
	return done();
}
