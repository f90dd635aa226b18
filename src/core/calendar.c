/*
 * Building compiled calendars, and rolling a day to a working one.
 */
#include <string.h>

#include "core/calendar.h"

static const char *const roll_names[SC_ROLL_COUNT] = {
	"none", "following", "preceding",
	"modified_following", "modified_preceding", "nearest"
};

/* The table runs from the Monday on or before the first exception ... */
static sc_day
span_first(const sc_exception *exceptions)
{
	return exceptions[0].day - sc_weekday(exceptions[0].day);
}

/* ... through the Sunday on or after the last one. */
static int64_t
span_length(const sc_exception *exceptions, int n)
{
	int64_t		last = exceptions[n - 1].day;

	return last - sc_weekday(last) + 7 - span_first(exceptions);
}

/*
 * How many int32 a calendar with these exceptions, sorted by day, needs; -1
 * where they are further apart than any calendar is.
 */
int64_t
sc_calendar_words(const sc_exception *exceptions, int n)
{
	int64_t		length;

	if (n == 0)
		return 1;
	length = span_length(exceptions, n);
	return length > SC_SPAN_MAX ? -1 : 2 * length + 1;
}

static void
init_week(sc_calendar *cal, unsigned week)
{
	cal->per_week = 0;
	for (int i = 0; i < 7; i++)
	{
		cal->week_before[i] = cal->per_week;
		if (week & (1u << i))
			cal->week_nth[cal->per_week++] = i;
	}
	cal->week_before[7] = cal->per_week;
}

/*
 * Compile a weekly pattern, which must have at least one working day, and
 * exceptions that are sorted by day and unique.  The space is the caller's,
 * sc_calendar_words() long, and lives as long as the calendar.
 */
void
sc_calendar_init(sc_calendar *cal, unsigned week,
				 const sc_exception *exceptions, int n, int32_t *space)
{
	int32_t    *nth;
	int			e = 0;

	memset(cal, 0, sizeof(*cal));
	init_week(cal, week);
	cal->first = n > 0 ? span_first(exceptions) : 2;	/* 2000-01-03, a Monday */
	cal->ndays = n > 0 ? (int32_t) span_length(exceptions, n) : 0;
	cal->before = space;
	cal->nth = nth = space + cal->ndays + 1;

	for (int32_t i = 0; i < cal->ndays; i++)
	{
		sc_day		day = cal->first + i;
		bool		works = (week >> (i % 7)) & 1;

		if (e < n && exceptions[e].day == day)
			works = exceptions[e++].works;
		space[i] = cal->nworking;
		if (works)
			nth[cal->nworking++] = day;
	}
	space[cal->ndays] = cal->nworking;
}

static bool
same_month(int64_t a, int64_t b)
{
	sc_ymd		x = sc_ymd_of((sc_day) a);
	sc_ymd		y = sc_ymd_of((sc_day) b);

	return x.year == y.year && x.month == y.month;
}

/* The result can lie outside the range of days; the caller checks. */
int64_t
sc_roll_day(const sc_calendar *cal, sc_day day, sc_roll roll)
{
	int64_t		rank = sc_rank(cal, day);
	int64_t		before = sc_select(cal, rank);
	int64_t		after = sc_select(cal, rank + 1);

	if (before == day || roll == SC_ROLL_NONE)
		return day;

	switch (roll)
	{
		case SC_ROLL_FOLLOWING:
			return after;
		case SC_ROLL_PRECEDING:
			return before;
		case SC_ROLL_MODIFIED_FOLLOWING:
			return sc_day_valid(after) && same_month(day, after) ? after : before;
		case SC_ROLL_MODIFIED_PRECEDING:
			return sc_day_valid(before) && same_month(day, before) ? before : after;
		case SC_ROLL_NEAREST:
			return day - before < after - day ? before : after;
		case SC_ROLL_NONE:
			break;
	}
	return day;
}

bool
sc_roll_parse(const char *name, size_t len, sc_roll *roll)
{
	for (int i = 0; i < SC_ROLL_COUNT; i++)
	{
		if (strlen(roll_names[i]) == len && memcmp(roll_names[i], name, len) == 0)
		{
			*roll = (sc_roll) i;
			return true;
		}
	}
	return false;
}

const char *
sc_roll_name(sc_roll roll)
{
	return roll_names[roll];
}
