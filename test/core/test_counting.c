/*
 * Deadlines that one can check in one's head, one rule at a time.
 *
 * Monday to Friday are worked.  In 2024 the days of 10 to 17 February were off
 * and the Sundays 4 and 18 February worked.
 */
#include "oracle.h"
#include "tap.h"

static const sc_exception spring[] = {
	{8800, true}, {8806, false}, {8807, false}, {8808, false}, {8809, false}, {8810, false},
	{8811, false}, {8812, false}, {8813, false}, {8814, true}
};

/* What a period that has no last day is said to end on */
#define NEVER_ENDS		INT64_C(-1000000001)
#define OUT_OF_RANGE	INT64_C(-1000000002)

/* 294276-12-31 24:00, where PostgreSQL's timestamps end */
#define END_OF_TIME		INT64_C(9223371331200000000)

static scenario s;

static sc_day
date(int year, int month, int mday)
{
	return (sc_day) sc_day_of(year, month, mday);
}

/* Back to nothing but counting, in a zone eight hours east */
static void
plain(sc_direction direction)
{
	s.conv = plain_convention;
	s.offset = 8 * SC_USEC_PER_HOUR;
	scenario_start(&s);
	s.p.direction = direction;
}

static int64_t
at(sc_day day, int hour, int minute)
{
	return instant_of(&s, day, hour * SC_USEC_PER_HOUR + minute * SC_USEC_PER_MINUTE);
}

static void
stop_clock(int64_t from, int64_t to)
{
	s.pauses[s.p.npauses++] = (sc_pause) {from, to};
}

static int64_t
result(sc_status status, int64_t at)
{
	return status == SC_OK ? at : status == SC_UNENDING ? NEVER_ENDS : OUT_OF_RANGE;
}

static int64_t
last_day(sc_day event, int32_t n, sc_unit unit)
{
	int64_t		last;
	sc_reach	reach;
	sc_status	status;

	s.p.limit = (sc_limit) {n, unit};
	status = sc_last_day(&s.p, event, &last, &reach);
	return result(status, last);
}

static int64_t
deadline(int64_t start, int32_t n, sc_unit unit)
{
	int64_t		end;
	sc_reach	reach;
	sc_status	status;

	s.p.limit = (sc_limit) {n, unit};
	status = sc_deadline(&s.p, start, &end, &reach);
	return result(status, end);
}

static void
test_days(void)
{
	sc_day		thursday = date(2024, 2, 1);

	plain(SC_FORWARD);
	is_int(last_day(thursday, 10, SC_DAY), date(2024, 2, 11), "the day of the event is not counted");
	is_int(last_day(thursday, 7, SC_WORKDAY), date(2024, 2, 9), "a worked Sunday counts");
	is_int(last_day(thursday, 8, SC_WORKDAY), date(2024, 2, 18), "and days off do not");
	is_int(last_day(thursday, 2, SC_WEEK), date(2024, 2, 15), "weeks end on the weekday of the event");
	s.conv.event_day_counts = true;
	is_int(last_day(thursday, 10, SC_DAY), date(2024, 2, 10), "the day of the event is day one");
	is_int(last_day(thursday, 1, SC_WORKDAY), thursday, "of working days too");
	is_int(last_day(thursday, 1, SC_WEEK), date(2024, 2, 7), "and of weeks");
	plain(SC_BACKWARD);
	is_int(last_day(date(2024, 2, 18), 10, SC_DAY), date(2024, 2, 8), "days are counted back");
	is_int(last_day(date(2024, 2, 18), 2, SC_WORKDAY), date(2024, 2, 8), "working days too");
	s.conv.event_day_counts = true;
	is_int(last_day(date(2024, 2, 18), 2, SC_WORKDAY), date(2024, 2, 9), "day one again");
}

static void
test_months(void)
{
	plain(SC_FORWARD);
	is_int(last_day(date(2024, 1, 15), 1, SC_MONTH), date(2024, 2, 15), "a month ends on the same number");
	is_int(last_day(date(2024, 1, 31), 1, SC_MONTH), date(2024, 2, 29), "or on the last day there is");
	is_int(last_day(date(2023, 10, 31), 4, SC_MONTH), date(2024, 2, 29), "in another year");
	is_int(last_day(date(2024, 2, 29), 1, SC_YEAR), date(2025, 2, 28), "so does a year");
	is_int(last_day(date(2024, 2, 29), 4, SC_YEAR), date(2028, 2, 29), "unless it need not");
	is_int(last_day(date(2024, 2, 29), 1, SC_MONTH), date(2024, 3, 29), "month ends do not stick");
	s.conv.month_end = SC_MONTH_NEXT;
	is_int(last_day(date(2024, 1, 31), 1, SC_MONTH), date(2024, 3, 1), "or on the day after it");
	is_int(last_day(date(2024, 2, 29), 1, SC_YEAR), date(2025, 3, 1), "for years as well");
	plain(SC_FORWARD);
	s.conv.event_day_counts = true;
	is_int(last_day(date(2024, 1, 15), 1, SC_MONTH), date(2024, 2, 14), "with day one, the day before");
	is_int(last_day(date(2024, 3, 1), 1, SC_MONTH), date(2024, 3, 31), "which can end the same month");
	is_int(last_day(date(2024, 1, 1), 1, SC_YEAR), date(2024, 12, 31), "or the same year");
	is_int(last_day(date(2024, 1, 31), 1, SC_MONTH), date(2024, 2, 29), "a month that has no 30th");
	is_int(last_day(date(2024, 1, 30), 1, SC_MONTH), date(2024, 2, 29), "and one that has the 29th");
	plain(SC_BACKWARD);
	is_int(last_day(date(2024, 3, 31), 1, SC_MONTH), date(2024, 2, 29), "months are counted back");
	is_int(last_day(date(2024, 1, 15), 13, SC_MONTH), date(2022, 12, 15), "into other years");
	s.conv.event_day_counts = true;
	is_int(last_day(date(2024, 3, 31), 1, SC_MONTH), date(2024, 3, 1), "with day one, the day after");
}

static void
test_rolling(void)
{
	plain(SC_FORWARD);
	s.conv.roll_forward = SC_ROLL_FOLLOWING;
	s.conv.roll_backward = SC_ROLL_PRECEDING;
	is_int(last_day(date(2024, 2, 1), 10, SC_DAY), date(2024, 2, 18), "a day off is rolled to a working day");
	is_int(last_day(date(2024, 2, 1), 3, SC_DAY), date(2024, 2, 4), "a worked Sunday is not rolled");
	is_int(last_day(date(2024, 2, 11), 0, SC_DAY), date(2024, 2, 18), "no days at all are rolled too");
	s.p.direction = SC_BACKWARD;
	is_int(last_day(date(2024, 2, 20), 5, SC_DAY), date(2024, 2, 9), "counting back has its own roll");
	s.conv.roll_backward = SC_ROLL_NONE;
	is_int(last_day(date(2024, 2, 20), 5, SC_DAY), date(2024, 2, 15), "or none");
	plain(SC_FORWARD);
	is_int(last_day(date(2024, 2, 11), 0, SC_WORKDAY), date(2024, 2, 11), "no working days end where they began");
}

static void
test_immediate(void)
{
	plain(SC_FORWARD);
	is_int(last_day(date(2024, 2, 8), 0, SC_IMMEDIATE), date(2024, 2, 8), "immediate is the working day itself");
	is_int(last_day(date(2024, 2, 11), 0, SC_IMMEDIATE), date(2024, 2, 18), "or the first one after");
	stop_clock(at(date(2024, 2, 17), 9, 0), at(date(2024, 2, 19), 9, 0));
	is_int(last_day(date(2024, 2, 11), 0, SC_IMMEDIATE), date(2024, 2, 20), "that no stop removes");
	stop_clock(at(date(2024, 2, 19), 10, 0), at(date(2024, 2, 21), 9, 0));
	is_int(last_day(date(2024, 2, 11), 0, SC_IMMEDIATE), date(2024, 2, 22), "nor the next stop");
	s.pauses[1].to = SC_NEVER;
	is_int(last_day(date(2024, 2, 11), 0, SC_IMMEDIATE), NEVER_ENDS, "if there ever is one");
	plain(SC_BACKWARD);
	is_int(last_day(date(2024, 2, 11), 0, SC_IMMEDIATE), date(2024, 2, 9), "counting back, the one before");
}

/* Stops are of days: the first is counted, the last is removed. */
static void
test_stops(void)
{
	sc_day		monday = date(2024, 6, 3);

	plain(SC_FORWARD);
	stop_clock(at(monday + 2, 10, 0), at(monday + 4, 9, 0));
	is_int(last_day(monday, 10, SC_DAY), monday + 12, "a stop removes two days");
	is_int(last_day(monday, 10, SC_WORKDAY), date(2024, 6, 19), "two working days");
	is_int(last_day(monday, 1, SC_WEEK), monday + 9, "weeks are lengthened by days");
	is_int(last_day(monday, 1, SC_MONTH), date(2024, 7, 5), "so are months");
	is_int(last_day(monday, 2, SC_DAY), monday + 2, "it comes too late on the last day");
	is_int(last_day(monday, 3, SC_DAY), monday + 5, "but not on the day before");
	is_int(last_day(monday + 3, 1, SC_DAY), monday + 5, "an event within it waits for its end");
	is_int(last_day(monday + 4, 1, SC_DAY), monday + 5, "one on its last day does not");
	s.pauses[0].to = at(monday + 2, 23, 59);
	is_int(last_day(monday, 10, SC_DAY), monday + 10, "a stop within a day removes none");
	s.pauses[0].to = at(monday + 3, 0, 0);
	is_int(last_day(monday, 10, SC_DAY), monday + 11, "until midnight, one");
	s.pauses[0].to--;
	is_int(last_day(monday, 10, SC_DAY), monday + 10, "until just before it, none");
	s.pauses[0] = (sc_pause) {at(monday + 5, 0, 0), at(monday + 6, 0, 0)};
	is_int(last_day(monday, 5, SC_WORKDAY), monday + 7, "working days do not wait over a weekend");
}

static void
test_more_stops(void)
{
	sc_day		monday = date(2024, 6, 3);

	plain(SC_FORWARD);
	stop_clock(at(monday + 2, 10, 0), at(monday + 4, 9, 0));
	stop_clock(at(monday + 4, 10, 0), at(monday + 5, 9, 0));
	is_int(last_day(monday, 10, SC_DAY), monday + 13, "stops that meet on a day remove it once");
	stop_clock(at(monday + 12, 10, 0), at(monday + 13, 9, 0));
	is_int(last_day(monday, 10, SC_DAY), monday + 14, "a stop can reach a day that others added");
	s.pauses[2].to = SC_NEVER;
	is_int(last_day(monday, 10, SC_DAY), NEVER_ENDS, "and never end");
	is_int(last_day(monday, 9, SC_DAY), monday + 12, "unless the period ends that very day");
	plain(SC_FORWARD);
	stop_clock(SC_BEGINNING, at(monday + 3, 9, 0));
	is_int(last_day(monday, 1, SC_DAY), monday + 4, "a stop can be older than time");
	plain(SC_FORWARD);
	s.conv.roll_forward = SC_ROLL_FOLLOWING;
	stop_clock(at(monday + 6, 9, 0), at(monday + 8, 9, 0));
	is_int(last_day(monday, 5, SC_DAY), monday + 9, "rolling into a stop goes on to its end");
}

/* EU 1182/71 art. 3(5), FRCP 6(a)(1) as it was, CPR 2.8 with its own example */
static void
test_special_days(void)
{
	sc_day		friday = date(2024, 6, 7);

	plain(SC_FORWARD);
	s.conv.roll_forward = SC_ROLL_FOLLOWING;
	s.conv.min_workdays = s.conv.min_workdays_from = 2;
	is_int(last_day(friday - 1, 2, SC_DAY), friday + 3, "two days hold two working days");
	is_int(last_day(friday, 2, SC_DAY), friday + 4, "or are lengthened");
	is_int(last_day(friday, 1, SC_DAY), friday + 3, "one day need not");
	is_int(last_day(friday, 2, SC_WORKDAY), friday + 4, "working days always do");
	stop_clock(at(friday + 1, 9, 0), at(friday + 3, 9, 0));
	is_int(last_day(friday, 2, SC_DAY), friday + 5, "a day that is stopped is not held");
	plain(SC_FORWARD);
	s.conv.min_workdays = s.conv.min_workdays_from = 2;
	stop_clock(at(friday + 2, 9, 0), SC_NEVER);
	is_int(last_day(friday, 2, SC_DAY), NEVER_ENDS, "nor are there two if it is stopped for good");
	plain(SC_BACKWARD);
	s.conv.min_workdays = s.conv.min_workdays_from = 2;
	is_int(last_day(friday + 3, 2, SC_DAY), friday - 1, "counting back the same");

	plain(SC_FORWARD);
	s.conv.short_days = 5;
	is_int(last_day(friday, 5, SC_DAY), friday + 7, "short limits count working days");
	is_int(last_day(friday, 6, SC_DAY), friday + 6, "longer ones all days");
	is_int(last_day(friday, 1, SC_WEEK), friday + 7, "and weeks are weeks");
	plain(SC_BACKWARD);
	s.conv.short_days = 5;
	s.conv.clear_backward = true;
	is_int(last_day(date(2023, 10, 20), 3, SC_DAY), date(2023, 10, 16), "three clear days before a hearing");
	is_int(last_day(date(2023, 10, 20), 1, SC_WEEK), date(2023, 10, 13), "weeks are not clear");
	plain(SC_FORWARD);
	s.conv.clear_forward = true;
	is_int(last_day(friday, 7, SC_DAY), friday + 8, "clear days leave out both ends");
	is_int(last_day(friday, 0, SC_DAY), friday, "no days are not clear");
}

static void
test_ends_of_days(void)
{
	sc_day		monday = date(2024, 6, 3);

	plain(SC_FORWARD);
	is_int(deadline(at(monday, 9, 0), 1, SC_DAY), at(monday + 2, 0, 0), "a day ends at midnight of the zone");
	is_int(deadline(at(monday, 0, 0), 1, SC_DAY), at(monday + 2, 0, 0), "and begins there");
	is_int(deadline(at(monday, 0, 0) - 1, 1, SC_DAY), at(monday + 1, 0, 0), "not before");
	s.conv.closing = 17 * SC_USEC_PER_HOUR;
	s.conv.receipt_cutoff = 16 * SC_USEC_PER_HOUR;
	is_int(deadline(at(monday, 9, 0), 1, SC_DAY), at(monday + 1, 17, 0), "or when the office closes");
	is_int(deadline(at(monday, 16, 0), 1, SC_DAY), at(monday + 1, 17, 0), "in time at the cut-off");
	is_int(deadline(at(monday, 16, 0) + 1, 1, SC_DAY), at(monday + 2, 17, 0), "after it, the next day's");
	is_int(deadline(at(monday, 16, 0) + 1, 0, SC_IMMEDIATE), at(monday + 1, 17, 0), "immediate as well");
	s.offset = -5 * SC_USEC_PER_HOUR;
	is_int(deadline(at(-30, 9, 0), 1, SC_DAY), at(-29, 17, 0), "in zones to the west, and before 2000");
}

static void
test_clock(void)
{
	sc_day		friday = date(2024, 6, 7);

	plain(SC_FORWARD);
	is_int(deadline(at(friday, 23, 50), 30, SC_MINUTE), at(friday + 1, 0, 20), "minutes run through the night");
	is_int(deadline(at(friday, 10, 0), 72, SC_HOUR), at(friday + 3, 10, 0), "hours through the weekend");
	stop_clock(at(friday, 10, 10), at(friday, 11, 0));
	is_int(deadline(at(friday, 10, 0), 0, SC_MINUTE), at(friday, 10, 0), "no minutes are the instant");
	is_int(deadline(at(friday, 10, 30), 0, SC_MINUTE), at(friday, 10, 30), "even in a stop");
	is_int(deadline(at(friday, 10, 0), 10, SC_MINUTE), at(friday, 10, 10), "a stop can come too late");
	is_int(deadline(at(friday, 10, 0), 11, SC_MINUTE), at(friday, 11, 1), "or just in time");
	is_int(deadline(at(friday, 10, 30), 10, SC_MINUTE), at(friday, 11, 10), "or be there already");
	s.pauses[0].to = SC_NEVER;
	is_int(deadline(at(friday, 10, 0), 11, SC_MINUTE), NEVER_ENDS, "or stay");
	plain(SC_FORWARD);
	s.conv.full_hours = true;
	is_int(deadline(at(friday, 10, 15), 1, SC_HOUR), at(friday, 12, 0), "the hour of the event is not counted");
	is_int(deadline(at(friday, 10, 0), 1, SC_HOUR), at(friday, 12, 0), "nor where it begins with it");
	is_int(deadline(at(friday, 10, 15), 1, SC_MINUTE), at(friday, 10, 16), "minutes are");
	s.p.direction = SC_BACKWARD;
	is_int(deadline(at(friday, 10, 15), 1, SC_HOUR), at(friday, 9, 0), "back from the beginning of the hour");
	plain(SC_FORWARD);
	s.conv.roll_hours = true;
	is_int(deadline(at(friday, 10, 0), 24, SC_HOUR), at(friday + 3, 10, 0), "hours can be rolled");
	is_int(deadline(at(friday + 1, 10, 0), 0, SC_HOUR), at(friday + 1, 10, 0), "none are not");
	s.p.direction = SC_BACKWARD;
	is_int(deadline(at(friday + 3, 10, 0), 24, SC_HOUR), at(friday, 10, 0), "also back");
}

static void
test_range(void)
{
	static const sc_unit units[] = {SC_DAY, SC_WORKDAY, SC_WEEK, SC_MONTH, SC_YEAR};

	for (int i = 0; i < 5; i++)
	{
		plain(SC_FORWARD);
		expect_int(last_day(8800, INT32_MAX, units[i]), OUT_OF_RANGE, "unit %d", units[i]);
		expect_int(last_day(SC_DAY_MAX, 1, units[i]), OUT_OF_RANGE, "unit %d", units[i]);
		expect_int(last_day(SC_DAY_MAX, 0, units[i]), SC_DAY_MAX, "unit %d", units[i]);
		plain(SC_BACKWARD);
		expect_int(last_day(8800, INT32_MAX, units[i]), OUT_OF_RANGE, "unit %d", units[i]);
		expect_int(last_day(SC_DAY_MIN, 1, units[i]), OUT_OF_RANGE, "unit %d", units[i]);
		expect_int(last_day(SC_DAY_MIN, 0, units[i]), SC_DAY_MIN, "unit %d", units[i]);
	}
	property("beyond all dates there is no last day");

	plain(SC_FORWARD);
	is_int(deadline(at(106751900, 9, 0), 80, SC_DAY), at(106751981, 0, 0), "the last day that has an end");
	is_int(deadline(at(106751900, 9, 0), 81 + 100, SC_DAY), OUT_OF_RANGE, "later ones have none");
	is_int(deadline(INT64_MAX - SC_USEC_PER_DAY, 25, SC_HOUR), OUT_OF_RANGE, "so have hours");
	stop_clock(at(8800, 0, 0), END_OF_TIME - 1);
	is_int(deadline(at(8799, 0, 0), 9, SC_DAY), OUT_OF_RANGE, "or days after a long stop");
	is_int(deadline(at(8799, 0, 0), 24 * 11, SC_HOUR), OUT_OF_RANGE, "and hours");
	plain(SC_BACKWARD);
	is_int(deadline(INT64_MIN + SC_USEC_PER_DAY, 25, SC_HOUR), OUT_OF_RANGE, "back too");
}

static bool
rolls_at_the_end_of_time(void)
{
	plain(SC_FORWARD);
	s.conv.roll_hours = true;
	return deadline(END_OF_TIME - 1, 195, SC_HOUR) == OUT_OF_RANGE;
}

static bool
stops_for_all_time(void)
{
	int64_t		start = at(SC_DAY_MIN + 1, 0, 0);

	plain(SC_FORWARD);
	stop_clock(start, END_OF_TIME - SC_USEC_PER_DAY);
	return deadline(start, 1, SC_HOUR) == END_OF_TIME - SC_USEC_PER_DAY + SC_USEC_PER_HOUR;
}

static bool
is_late_for_all_time(void)
{
	double		used = 0;
	sc_reach	reach;

	plain(SC_FORWARD);
	s.p.limit = (sc_limit) {1, SC_HOUR};
	return sc_used(&s.p, at(SC_DAY_MIN + 1, 0, 0), END_OF_TIME - 1, &used, &reach) == SC_OK &&
		used > 2.5e9;	/* what an int64 can count */
}

/* All timestamps together are more microseconds than an int64 counts. */
static void
test_overflow(void)
{
	ok(survives(rolls_at_the_end_of_time), "an hour that no zone knows is not rolled");
	ok(survives(stops_for_all_time), "a stop can be as long as time");
	ok(survives(is_late_for_all_time), "and so can lateness");
}

int
main(void)
{
	s.w.week = 0x1F;
	memcpy(s.w.exceptions, spring, sizeof(spring));
	s.w.nexceptions = sizeof(spring) / sizeof(spring[0]);
	window_fill(&s.w, 8800, 700);
	test_days();
	test_months();
	test_rolling();
	test_immediate();
	test_stops();
	test_more_stops();
	test_special_days();
	test_ends_of_days();
	test_clock();
	test_range();
	test_overflow();
	window_free(&s.w);
	return done();
}
