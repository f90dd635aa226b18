/*
 * Days: conversion, month lengths and weekdays, against a walk that knows
 * only how long each month is.
 */
#include "chance.h"
#include "core/day.h"
#include "tap.h"

#define DAYS_PER_400_YEARS	146097
#define RANDOM_TRIES		300000

typedef struct walker
{
	int64_t		day;
	sc_ymd		ymd;
	int			weekday;
} walker;

/* 4714-11-24 BC was a Monday, and julian day 0. */
static const walker first_day = {SC_DAY_MIN, {-4713, 11, 24}, 0};

static int
days_in_month(int64_t year, int month)
{
	switch (month)
	{
		case 4:
		case 6:
		case 9:
		case 11:
			return 30;
		case 2:
			if (year % 400 == 0)
				return 29;
			if (year % 100 == 0)
				return 28;
			return year % 4 == 0 ? 29 : 28;
		default:
			return 31;
	}
}

static void
step(walker *w)
{
	w->day++;
	w->weekday = w->weekday == 6 ? 0 : w->weekday + 1;
	if (w->ymd.mday < days_in_month(w->ymd.year, w->ymd.month))
	{
		w->ymd.mday++;
		return;
	}
	w->ymd.mday = 1;
	if (++w->ymd.month == 13)
	{
		w->ymd.month = 1;
		w->ymd.year++;
	}
}

static bool
same(sc_ymd a, sc_ymd b)
{
	return a.year == b.year && a.month == b.month && a.mday == b.mday;
}

static void
test_anchors(void)
{
	is_int(sc_day_of(2000, 1, 1), 0, "2000-01-01 is day 0");
	is_int(sc_day_of(1970, 1, 1), -10957, "1970-01-01 is day -10957");
	is_int(sc_day_of(-4713, 11, 24), SC_DAY_MIN, "the first day is 4714-11-24 BC");
	is_int(sc_day_of(5874897, 12, 31), SC_DAY_MAX, "the last day is 5874897-12-31");
	ok(same(sc_ymd_of(SC_DAY_MIN), (sc_ymd) {-4713, 11, 24}), "and back from the first");
	ok(same(sc_ymd_of(SC_DAY_MAX), (sc_ymd) {5874897, 12, 31}), "and back from the last");
	ok(sc_day_valid(SC_DAY_MIN) && sc_day_valid(SC_DAY_MAX), "both ends are days");
	ok(!sc_day_valid((int64_t) SC_DAY_MIN - 1) && !sc_day_valid((int64_t) SC_DAY_MAX + 1) &&
	   !sc_day_valid(INT64_MIN) && !sc_day_valid(INT64_MAX), "and nothing beyond them is");
}

static void
test_walk(void)
{
	walker		w = first_day;

	for (; w.ymd.year <= 10000; step(&w))
	{
		expect(same(sc_ymd_of((sc_day) w.day), w.ymd), "day %lld", (long long) w.day);
		expect_int(sc_day_of(w.ymd.year, w.ymd.month, w.ymd.mday), w.day,
				   "%d-%d-%d", w.ymd.year, w.ymd.month, w.ymd.mday);
		expect_int(sc_weekday(w.day), w.weekday, "weekday of %lld", (long long) w.day);
	}
	property("a walk from 4714 BC to 10000 meets every day");
}

static void
test_month_length(void)
{
	for (int64_t year = -4800; year <= 10000; year++)
	{
		for (int month = 1; month <= 12; month++)
			expect_int(sc_month_length(year, month), days_in_month(year, month),
					   "%lld-%d", (long long) year, month);
	}
	for (int i = 0; i < RANDOM_TRIES; i++)
	{
		int64_t		year = chance_between(INT32_MIN, INT32_MAX) * 3;
		int			month = (int) chance_between(1, 12);
		int64_t		next = month == 12 ? sc_day_of(year + 1, 1, 1) : sc_day_of(year, month + 1, 1);

		expect_int(sc_month_length(year, month), next - sc_day_of(year, month, 1),
				   "%lld-%d", (long long) year, month);
	}
	property("months are as long as they are");
}

/* 400 years later the calendar is the same again, weekdays included. */
static void
test_whole_range(void)
{
	static walker cycle[DAYS_PER_400_YEARS];
	walker		w = first_day;

	for (int i = 0; i < DAYS_PER_400_YEARS; i++, step(&w))
		cycle[i] = w;
	is_int(w.ymd.year - first_day.ymd.year, 400, "the walked cycle is 400 years");

	for (int i = 0; i < RANDOM_TRIES; i++)
	{
		int64_t		day = i < 1000 ? SC_DAY_MAX - i : chance_between(SC_DAY_MIN, SC_DAY_MAX);
		int64_t		offset = day - SC_DAY_MIN;
		walker		want = cycle[offset % DAYS_PER_400_YEARS];

		want.ymd.year += (int32_t) (offset / DAYS_PER_400_YEARS * 400);
		expect(same(sc_ymd_of((sc_day) day), want.ymd), "day %lld", (long long) day);
		expect_int(sc_day_of(want.ymd.year, want.ymd.month, want.ymd.mday), day,
				   "%d-%d-%d", want.ymd.year, want.ymd.month, want.ymd.mday);
		expect_int(sc_weekday(day), want.weekday, "weekday of %lld", (long long) day);
	}
	property("so does the whole range of dates, 400 years at a time");
}

/* Counting months can leave the range of dates before anyone checks it. */
static void
test_beyond_range(void)
{
	for (int i = 0; i < RANDOM_TRIES; i++)
	{
		int64_t		year = chance_between(INT32_MIN, INT32_MAX) * 2;
		int			month = (int) chance_between(1, 12);

		expect_int(sc_day_of(year + 400, month, 1) - sc_day_of(year, month, 1),
				   DAYS_PER_400_YEARS, "%lld-%d", (long long) year, month);
	}
	property("400 years are as long far beyond it");

	for (int64_t day = -INT64_C(40000000000); day < INT64_C(40000000000); day += 1234567)
		expect_int(sc_weekday(day + 1), (sc_weekday(day) + 1) % 7, "%lld", (long long) day);
	property("and weekdays go on");
}

static void
test_floor_div(void)
{
	for (int64_t b = 1; b <= 30; b++)
	{
		for (int64_t a = -200; a <= 200; a++)
		{
			int64_t		q = -300;

			while ((q + 1) * b <= a)
				q++;
			expect_int(sc_floor_div(a, b), q, "%lld / %lld", (long long) a, (long long) b);
		}
	}
	expect_int(sc_floor_div(INT64_MIN, 1), INT64_MIN, "%s", "the least by 1");
	expect_int(sc_floor_div(INT64_MAX, SC_USEC_PER_DAY), 106751991, "%s", "the last instant");
	expect_int(sc_floor_div(INT64_MIN, SC_USEC_PER_DAY), -106751992, "%s", "the first instant");
	property("division rounds down");
}

int
main(void)
{
	chance_start(1);
	test_anchors();
	test_walk();
	test_month_length();
	test_whole_range();
	test_beyond_range();
	test_floor_div();
	return done();
}
