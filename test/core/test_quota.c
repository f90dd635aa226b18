/*
 * What quotas mean: which there are, their order, their periods and bounds.
 */
#include "chance.h"
#include "core/quota.h"
#include "stepping.h"
#include "tap.h"

#define LENGTH_OF(a)	((int) (sizeof(a) / sizeof((a)[0])))
#define RANDOM_TRIES	50000

#define FIRST_OF_YEAR_1		(-730119)
#define LAST_OF_YEAR_9999	2921939

#define PLAIN	.amount = 1, .base = SC_BASE_UNKNOWN, .since = SC_NO_EVENT

static const char *
text(const sc_quota *q)
{
	static char buf[160];

	snprintf(buf, sizeof(buf), "sense %d, measure %d, per %d of %d, amount %d, base %d %d, since %d", q->sense,
			 q->measure, q->per, q->ndays, q->amount, q->base_kind, q->base, q->since);
	return buf;
}

/* --- Which there are ------------------------------------------------------ */

static void
test_bad_fields(void)
{
	static const struct
	{
		sc_quota	quota;		/* amount, base, since, ndays, sense, measure, per, base_kind */
		sc_quota_status status;
	}			cases[] = {
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_TIMES, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_OK},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_MORE_THAN, SC_TIMES, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_BAD_SENSE},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_LESS_THAN, SC_TIMES, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_BAD_SENSE},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_SENSE_COUNT, SC_TIMES, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_BAD_SENSE},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, 255, SC_TIMES, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_BAD_SENSE},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_MEASURE_COUNT, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_BAD_NUMBER},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, 255, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_BAD_NUMBER},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_TIMES, SC_PER_COUNT, SC_NO_BASE}, SC_QUOTA_BAD_PERIOD},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_TIMES, 255, SC_NO_BASE}, SC_QUOTA_BAD_PERIOD},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_TIMES, SC_IN_TOTAL, SC_BASE_COUNT}, SC_QUOTA_BAD_BASE},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_TIMES, SC_IN_TOTAL, 255}, SC_QUOTA_BAD_BASE},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_PERCENT, SC_PER_YEAR, SC_BASE_COUNT}, SC_QUOTA_BAD_BASE},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_TIMES, SC_PER_DAYS, SC_NO_BASE}, SC_QUOTA_BAD_PERIOD},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, -1, SC_AT_LEAST, SC_TIMES, SC_PER_DAYS, SC_NO_BASE}, SC_QUOTA_BAD_PERIOD},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 1, SC_AT_LEAST, SC_TIMES, SC_PER_DAYS, SC_NO_BASE}, SC_QUOTA_OK},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, SC_WINDOW_MAX, SC_AT_LEAST, SC_TIMES, SC_PER_DAYS, SC_NO_BASE}, SC_QUOTA_OK},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, SC_WINDOW_MAX + 1, SC_AT_LEAST, SC_TIMES, SC_PER_DAYS, SC_NO_BASE}, SC_QUOTA_BAD_PERIOD},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 1, SC_AT_LEAST, SC_TIMES, SC_PER_YEAR, SC_NO_BASE}, SC_QUOTA_BAD_PERIOD},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 30, SC_AT_LEAST, SC_TIMES, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_BAD_PERIOD},
		{{0, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_TIMES, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_NOT_POSITIVE},
		{{INT32_MIN, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_TIMES, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_NOT_POSITIVE},
		{{INT32_MAX, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_TIMES, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_OK},
		{{1, 0, SC_NO_EVENT, 0, SC_AT_LEAST, SC_TIMES, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_BAD_BASE},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_TIMES, SC_IN_TOTAL, SC_BASE_GIVEN}, SC_QUOTA_BAD_BASE},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_TIMES, SC_PER_YEAR, SC_BASE_PREVIOUS}, SC_QUOTA_BAD_BASE},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_PERCENT, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_BAD_BASE},
		{{1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_PERCENT, SC_IN_TOTAL, SC_BASE_GIVEN}, SC_QUOTA_OK},
		{{1, 0, SC_NO_EVENT, 0, SC_AT_LEAST, SC_PERCENT, SC_IN_TOTAL, SC_BASE_GIVEN}, SC_QUOTA_OK},
		{{1, -2, SC_NO_EVENT, 0, SC_AT_LEAST, SC_PERCENT, SC_IN_TOTAL, SC_BASE_GIVEN}, SC_QUOTA_BAD_BASE},
		{{1, INT32_MIN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_PERCENT, SC_IN_TOTAL, SC_BASE_GIVEN}, SC_QUOTA_BAD_BASE},
		{{1, 5, SC_NO_EVENT, 0, SC_AT_LEAST, SC_PERCENT, SC_PER_YEAR, SC_BASE_PREVIOUS}, SC_QUOTA_BAD_BASE},
		{{1, 0, SC_NO_EVENT, 0, SC_AT_LEAST, SC_PERCENT, SC_PER_MONTH, SC_BASE_YEAR_BEFORE}, SC_QUOTA_BAD_BASE},
		{{SC_PERCENT_MAX, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_PERCENT, SC_IN_TOTAL, SC_BASE_GIVEN}, SC_QUOTA_OK},
		{{SC_PERCENT_MAX + 1, SC_BASE_UNKNOWN, SC_NO_EVENT, 0, SC_AT_LEAST, SC_PERCENT, SC_IN_TOTAL, SC_BASE_GIVEN}, SC_QUOTA_PERCENT_RANGE},
		{{1, SC_BASE_UNKNOWN, FIRST_OF_YEAR_1, 0, SC_AT_LEAST, SC_TIMES, SC_PER_YEAR, SC_NO_BASE}, SC_QUOTA_OK},
		{{1, SC_BASE_UNKNOWN, FIRST_OF_YEAR_1 - 1, 0, SC_AT_LEAST, SC_TIMES, SC_PER_YEAR, SC_NO_BASE}, SC_QUOTA_BAD_DATE},
		{{1, SC_BASE_UNKNOWN, LAST_OF_YEAR_9999, 0, SC_AT_LEAST, SC_TIMES, SC_PER_YEAR, SC_NO_BASE}, SC_QUOTA_OK},
		{{1, SC_BASE_UNKNOWN, LAST_OF_YEAR_9999 + 1, 0, SC_AT_LEAST, SC_TIMES, SC_PER_YEAR, SC_NO_BASE}, SC_QUOTA_BAD_DATE},
		{{1, SC_BASE_UNKNOWN, INT32_MAX, 0, SC_AT_LEAST, SC_TIMES, SC_PER_YEAR, SC_NO_BASE}, SC_QUOTA_BAD_DATE},
		{{1, SC_BASE_UNKNOWN, INT32_MIN + 1, 0, SC_AT_LEAST, SC_TIMES, SC_PER_YEAR, SC_NO_BASE}, SC_QUOTA_BAD_DATE},
		{{1, SC_BASE_UNKNOWN, 0, 0, SC_AT_LEAST, SC_TIMES, SC_IN_TOTAL, SC_NO_BASE}, SC_QUOTA_SINCE_WHAT}
	};

	for (int i = 0; i < LENGTH_OF(cases); i++)
		expect_int(sc_quota_check(&cases[i].quota), cases[i].status, "%s", text(&cases[i].quota));
	property("every bad field is rejected by its name");
}

/* The most days that a period of the kind can have */
static int32_t
most_days(const sc_quota *q)
{
	switch (q->per)
	{
		case SC_IN_TOTAL:
			return INT32_MAX;
		case SC_PER_DAYS:
			return q->ndays;
		case SC_PER_WEEK:
			return 7;
		case SC_PER_MONTH:
			return 31;
		case SC_PER_QUARTER:
			return 31 + 30 + 31;
		case SC_PER_HALF_YEAR:
			return 31 + 31 + 30 + 31 + 30 + 31;
		default:
			return 366;
	}
}

static bool
makes_sense(const sc_quota *q)
{
	bool		percent = q->measure == SC_PERCENT;
	bool		window = q->per == SC_PER_DAYS && q->since == SC_NO_EVENT;
	bool		of_a_year = q->per == SC_PER_MONTH || q->per == SC_PER_QUARTER || q->per == SC_PER_HALF_YEAR;

	if (q->since != SC_NO_EVENT && q->per == SC_IN_TOTAL)
		return false;
	if (percent != (q->base_kind != SC_NO_BASE) || (q->base != SC_BASE_UNKNOWN && q->base_kind != SC_BASE_GIVEN))
		return false;
	if (percent ? q->sense == SC_EXACTLY || window || q->amount > SC_PERCENT_MAX :
		q->sense > SC_EXACTLY || (window && q->sense == SC_EXACTLY))
		return false;
	if (q->measure == SC_DISTINCT_DAYS && q->sense != SC_AT_MOST && q->amount > most_days(q))
		return false;
	return (q->base_kind != SC_BASE_PREVIOUS || q->per != SC_IN_TOTAL) &&
		(q->base_kind != SC_BASE_YEAR_BEFORE || of_a_year);
}

static void
test_every_combination(void)
{
	static const int32_t amounts[] = {1, 7, 8, 30, 31, 32, 92, 93, 184, 185, 366, 367, SC_PERCENT_MAX, SC_PERCENT_MAX + 1, INT32_MAX};
	static const int32_t bases[] = {SC_BASE_UNKNOWN, 0, 120};
	sc_quota	q = {PLAIN};

	for (int i = 0; i < LENGTH_OF(amounts) * LENGTH_OF(bases) * 2; i++)
	{
		q.amount = amounts[i / 2 % LENGTH_OF(amounts)];
		q.base = bases[i / 2 / LENGTH_OF(amounts)];
		q.since = i % 2 == 0 ? SC_NO_EVENT : 8082;
		for (int j = 0; j < SC_SENSE_COUNT * SC_MEASURE_COUNT * SC_PER_COUNT * SC_BASE_COUNT; j++)
		{
			q.sense = (uint8_t) (j % SC_SENSE_COUNT);
			q.measure = (uint8_t) (j / SC_SENSE_COUNT % SC_MEASURE_COUNT);
			q.per = (uint8_t) (j / SC_SENSE_COUNT / SC_MEASURE_COUNT % SC_PER_COUNT);
			q.base_kind = (uint8_t) (j / SC_SENSE_COUNT / SC_MEASURE_COUNT / SC_PER_COUNT);
			q.ndays = q.per == SC_PER_DAYS ? 30 : 0;
			expect_int(sc_quota_check(&q) == SC_QUOTA_OK, makes_sense(&q), "%s", text(&q));
		}
	}
	property("of all combinations of fields those are quotas that make sense");
}

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

static sc_quota
few_quotas(void)
{
	sc_quota	q = {.amount = (int32_t) chance_between(1, 2), .base = (int32_t) chance_between(-1, 0)};

	q.since = chance(50) ? SC_NO_EVENT : (sc_day) chance_between(0, 1);
	q.ndays = chance(50) ? 0 : INT32_MAX;
	q.sense = (uint8_t) chance_between(0, 1);
	q.measure = (uint8_t) chance_between(0, 1);
	q.per = (uint8_t) chance_between(0, 1);
	q.base_kind = (uint8_t) chance_between(0, 1);
	return q;
}

/* Each field alone makes a difference: few values, so that most are the same. */
static void
test_order(void)
{
	sc_quota	q = {PLAIN};
	sc_quota	other;

	for (int i = 0; i < RANDOM_TRIES; i++)
	{
		sc_quota	a = few_quotas();
		sc_quota	b = few_quotas();
		sc_quota	c = few_quotas();

		expect((sc_quota_cmp(&a, &b) == 0) == (memcmp(&a, &b, sizeof(a)) == 0), "%s", text(&a));
		expect(sign(sc_quota_cmp(&a, &b)) == -sign(sc_quota_cmp(&b, &a)), "%s", text(&a));
		expect(sc_quota_cmp(&a, &b) > 0 || sc_quota_cmp(&b, &c) > 0 || sc_quota_cmp(&a, &c) <= 0, "%s", text(&a));
	}
	for (size_t i = 0; i < sizeof(q); i++)
	{
		memcpy(&other, &q, sizeof(q));
		((unsigned char *) &other)[i] ^= 1;
		expect(sc_quota_cmp(&q, &other) != 0 && sc_quota_cmp(&other, &other) == 0, "byte %zu", i);
	}
	property("quotas are totally ordered, and equal only if they are the same");
}

static void
test_names(void)
{
	static const char *const names[] = {"total", "days", "week", "month", "quarter", "half year", "year"};
	sc_quota	q = {PLAIN};

	for (int per = 0; per < SC_PER_COUNT; per++)
	{
		expect(strcmp(sc_per_name((sc_per) per), names[per]) == 0, "%s", names[per]);
		for (int i = 0; i < 4; i++)
		{
			q.per = (uint8_t) per;
			q.since = i % 2 == 0 ? SC_NO_EVENT : 0;
			q.measure = i / 2 == 0 ? SC_TIMES : SC_DISTINCT_DAYS;
			expect_int(sc_quota_slides(&q), per == SC_PER_DAYS && q.since == SC_NO_EVENT, "%s", text(&q));
			expect_int(sc_quota_keeps_days(&q), i / 2 == 1 || (per == SC_PER_DAYS && q.since == SC_NO_EVENT), "%s", text(&q));
		}
	}
	property("periods have names; windows slide and keep days, as distinct days do");
}

/* --- Periods -------------------------------------------------------------- */

/* From day to day: the number changes where a period ends and only there. */
static void
follow(const sc_quota *q, int64_t from, int64_t through)
{
	walker		event = walk_to(q->since == SC_NO_EVENT ? 0 : q->since);
	walker		w = walk_to(from);
	int64_t		index = sc_period_index(q, (sc_day) from);
	int64_t		first = sc_period_first(q, index);
	bool		ended;

	expect(first <= from && from < sc_period_first(q, index + 1), "day %lld, period %lld, %s",
		   (long long) from, (long long) index, text(q));
	for (; w.day < through; step(&w))
	{
		expect_int(sc_period_index(q, (sc_day) w.day), index, "day %lld, %s", (long long) w.day, text(q));
		expect_int(sc_period_first(q, index), first, "period %lld, %s", (long long) index, text(q));
		ended = period_ends(q, &event, &w);
		expect_int(sc_period_first(q, index + 1) == w.day + 1, ended, "day %lld, period %lld, %s",
				   (long long) w.day, (long long) index, text(q));
		if (w.day == q->since)
			expect_int(index, -1, "the event is before the first period, %s", text(q));
		if (ended)
		{
			expect(w.day + 1 - first <= most_days(q), "%lld days, %s", (long long) (w.day + 1 - first), text(q));
			first = w.day + 1;
			index++;
		}
	}
}

static void
test_calendar_periods(void)
{
	static const int64_t from[] = {
		SC_DAY_MIN, FIRST_OF_YEAR_1 - 800, -37000, -800, -1, 8000, LAST_OF_YEAR_9999 - 800, SC_DAY_MAX - 1500
	};
	sc_quota	q = {PLAIN};

	for (q.per = SC_PER_WEEK; q.per < SC_PER_COUNT; q.per++)
	{
		for (int i = 0; i < LENGTH_OF(from); i++)
			follow(&q, from[i], from[i] + 1500);
		for (int i = 0; i < 20; i++)
		{
			int64_t		day = chance_between(SC_DAY_MIN, SC_DAY_MAX - 500);

			follow(&q, day, day + 500);
		}
	}
	property("periods of the calendar are those that one meets from day to day");

	q.per = SC_PER_WEEK;
	is_int(sc_period_index(&q, 1), 0, "week 0 ends on Sunday, 2 January 2000");
	q.per = SC_PER_YEAR;
	is_int(sc_period_index(&q, 0), 2000, "a year has its own number");
	is_int(sc_period_index(&q, FIRST_OF_YEAR_1 - 1), 0, "the year before the first is 0");
	q.per = SC_PER_QUARTER;
	is_int(sc_period_index(&q, 0), 8000, "quarters are counted from the year 0");
	q.per = SC_IN_TOTAL;
	ok(sc_period_index(&q, SC_DAY_MIN) == 0 && sc_period_index(&q, SC_DAY_MAX) == 0, "one period in total");
	q.per = SC_PER_DAYS;
	q.ndays = 30;
	ok(sc_period_index(&q, 100) == 100 && sc_period_first(&q, 100) == 71, "a window of 30 days ends with its day");
}

static void
test_periods_since(void)
{
	/* 31 January and 28, 29 February, 31 August, 30 November, 31 December; the ends */
	static const sc_day events[] = {
		8431, 8461, 8824, 8825, 9009, 9100, 9131, -36439, 59, 60, FIRST_OF_YEAR_1, LAST_OF_YEAR_9999
	};
	static const int32_t windows[] = {1, 2, 30, 365, SC_WINDOW_MAX};

	for (int per = SC_PER_DAYS; per < SC_PER_COUNT; per++)
	{
		for (int i = 0; i < LENGTH_OF(events) + 60; i++)
		{
			sc_quota	q = {PLAIN, .per = (uint8_t) per};
			int64_t		far = chance_between(SC_DAY_MIN, SC_DAY_MAX - 800);

			q.since = i < LENGTH_OF(events) ? events[i] : (sc_day) chance_between(FIRST_OF_YEAR_1, LAST_OF_YEAR_9999);
			q.ndays = per == SC_PER_DAYS ? windows[i % LENGTH_OF(windows)] : 0;
			follow(&q, q.since - 1000, (int64_t) q.since + 1000);
			if (i < LENGTH_OF(events))
				follow(&q, q.since, (int64_t) q.since + 5000);
			follow(&q, far, far + 200);
			follow(&q, SC_DAY_MIN, SC_DAY_MIN + 200);
			follow(&q, SC_DAY_MAX - 200, SC_DAY_MAX);
		}
	}
	property("periods since an event end with the corresponding day, or with the month");
}

static void
test_periods_of_other_years(void)
{
	for (int i = 0; i < RANDOM_TRIES; i++)
	{
		sc_quota	q = {PLAIN, .per = (uint8_t) chance_between(SC_PER_MONTH, SC_PER_YEAR)};
		sc_day		day = (sc_day) (chance(50) ? chance_between(-2000000, 3000000) : chance_between(-1000, 10000));
		int64_t		index = sc_period_index(&q, day);
		walker		now = walk_to(sc_period_first(&q, index));
		walker		before = walk_to(sc_period_first(&q, sc_period_year_before(&q, index)));

		expect(before.year == now.year - 1 && before.month == now.month && before.mday == 1, "day %d, %s", day, text(&q));
		q.since = (sc_day) chance_between(FIRST_OF_YEAR_1, LAST_OF_YEAR_9999);
		index = sc_period_index(&q, q.since + (sc_day) chance_between(1, 2000));
		now = walk_to(sc_period_first(&q, index) - 1);
		before = walk_to(sc_period_first(&q, sc_period_year_before(&q, index)) - 1);
		expect(before.year == now.year - 1 && before.month == now.month, "period %lld, %s", (long long) index, text(&q));
	}
	property("the same period a year before begins a year before");
}

/* --- Bounds --------------------------------------------------------------- */

static bool
meets(const sc_quota *q, __int128 count, int64_t base)
{
	__int128	have = q->measure == SC_PERCENT ? count * 10000 : count;
	__int128	need = q->measure == SC_PERCENT ? (__int128) base * q->amount : q->amount;

	switch (q->sense)
	{
		case SC_AT_LEAST:
			return have >= need;
		case SC_AT_MOST:
			return have <= need;
		case SC_MORE_THAN:
			return have > need;
		case SC_LESS_THAN:
			return have < need;
		default:
			return have == need;
	}
}

static void
test_bounds(void)
{
	static const int32_t amounts[] = {1, 33, 3333, 5000, 9999, 10000, 10001, 12500, 99999, SC_PERCENT_MAX};

	for (int i = 0; i < RANDOM_TRIES; i++)
	{
		sc_quota	q = {PLAIN, .measure = (uint8_t) (chance(80) ? SC_PERCENT : SC_TIMES)};
		int64_t		base = (int64_t) (chance_next() >> chance_between(15, 63));
		sc_bounds	b;

		q.amount = chance(50) ? chance_of(amounts) : (int32_t) chance_between(1, SC_PERCENT_MAX);
		if (q.measure == SC_TIMES && chance(10))
			q.amount = INT32_MAX;
		q.sense = (uint8_t) (q.measure == SC_TIMES ? chance_between(SC_AT_LEAST, SC_EXACTLY) :
							 chance_of(((const int64_t[]) {SC_AT_LEAST, SC_AT_MOST, SC_MORE_THAN, SC_LESS_THAN})));
		b = sc_quota_bounds(&q, base);
		expect(b.least == 0 || (meets(&q, b.least, base) && !meets(&q, (__int128) b.least - 1, base)),
			   "least %lld, base %lld, %s", (long long) b.least, (long long) base, text(&q));
		expect(b.least > 0 || b.most < 0 || meets(&q, 0, base), "base %lld, %s", (long long) base, text(&q));
		expect(b.most == INT64_MAX || ((b.most < 0 || meets(&q, b.most, base)) && !meets(&q, (__int128) b.most + 1, base)),
			   "most %lld, base %lld, %s", (long long) b.most, (long long) base, text(&q));
		expect((b.most == INT64_MAX) == (q.sense == SC_AT_LEAST || q.sense == SC_MORE_THAN), "%s", text(&q));
		expect((b.least == 0 || q.sense != SC_AT_MOST) && (b.most >= b.least || (b.most == -1 && base == 0)),
			   "%lld to %lld, %s", (long long) b.least, (long long) b.most, text(&q));
	}
	property("bounds are the last whole numbers that meet the quota");
}

int
main(void)
{
	chance_start(6);
	test_bad_fields();
	test_every_combination();
	test_order();
	test_names();
	test_calendar_periods();
	test_periods_since();
	test_periods_of_other_years();
	test_bounds();
	return done();
}
