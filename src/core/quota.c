/*
 * What a quota means: its periods and its bounds.
 */
#include <stdio.h>
#include <string.h>

#include "core/quota.h"

#define MONTHS_PER_YEAR		12

/* The first and the last day that text can name */
#define FIRST_EVENT			(-730119)	/* 0001-01-01 */
#define LAST_EVENT			2921939 /* 9999-12-31 */

static const char *const senses[SC_SENSE_COUNT] = {
	[SC_AT_LEAST] = "at least", [SC_AT_MOST] = "at most", [SC_EXACTLY] = "exactly",
	[SC_MORE_THAN] = "more than", [SC_LESS_THAN] = "less than"
};

static const char *const periods[SC_PER_COUNT] = {
	[SC_IN_TOTAL] = "total", [SC_PER_DAYS] = "days", [SC_PER_WEEK] = "week",
	[SC_PER_MONTH] = "month", [SC_PER_QUARTER] = "quarter",
	[SC_PER_HALF_YEAR] = "half year", [SC_PER_YEAR] = "year"
};

static const int32_t longest[SC_PER_COUNT] = {
	[SC_IN_TOTAL] = INT32_MAX, [SC_PER_WEEK] = 7, [SC_PER_MONTH] = 31,
	[SC_PER_QUARTER] = 92, [SC_PER_HALF_YEAR] = 184, [SC_PER_YEAR] = 366
};

static const int32_t months[SC_PER_COUNT] = {
	[SC_PER_MONTH] = 1, [SC_PER_QUARTER] = 3, [SC_PER_HALF_YEAR] = 6, [SC_PER_YEAR] = 12
};

const char *
sc_per_name(sc_per per)
{
	return periods[per];
}

static sc_quota_status
check_base(const sc_quota *q)
{
	switch (q->base_kind)
	{
		case SC_BASE_PREVIOUS:
			return q->per == SC_IN_TOTAL || sc_quota_slides(q) ? SC_QUOTA_BASE_PERIOD : SC_QUOTA_OK;
		case SC_BASE_YEAR_BEFORE:
			/* of a year it is the previous one, which has one form only */
			return months[q->per] == 0 || q->per == SC_PER_YEAR ? SC_QUOTA_BASE_PERIOD : SC_QUOTA_OK;
		default:
			return sc_quota_slides(q) ? SC_QUOTA_BASE_PERIOD : SC_QUOTA_OK;
	}
}

static sc_quota_status
check_percentage(const sc_quota *q)
{
	if (q->base_kind == SC_NO_BASE)
		return SC_QUOTA_BAD_BASE;
	if (q->base != SC_BASE_UNKNOWN && (q->base < 0 || q->base_kind != SC_BASE_GIVEN))
		return SC_QUOTA_BAD_BASE;
	if (q->amount > SC_PERCENT_MAX)
		return SC_QUOTA_PERCENT_RANGE;
	if (q->sense == SC_EXACTLY)
		return SC_QUOTA_EXACT_PERCENT;
	return check_base(q);
}

static sc_quota_status
check_number(const sc_quota *q)
{
	if (q->base_kind != SC_NO_BASE || q->base != SC_BASE_UNKNOWN)
		return SC_QUOTA_BAD_BASE;
	if (q->sense == SC_MORE_THAN || q->sense == SC_LESS_THAN)
		return SC_QUOTA_BAD_SENSE;
	if (q->sense == SC_EXACTLY && sc_quota_slides(q))
		return SC_QUOTA_EXACT_WINDOW;
	if (q->measure == SC_DISTINCT_DAYS && q->sense != SC_AT_MOST &&
		q->amount > (q->per == SC_PER_DAYS ? q->ndays : longest[q->per]))
		return SC_QUOTA_TOO_MANY_DAYS;
	return SC_QUOTA_OK;
}

/* Is this a quota?  Text and bytes from outside come through here. */
sc_quota_status
sc_quota_check(const sc_quota *q)
{
	if (q->sense >= SC_SENSE_COUNT)
		return SC_QUOTA_BAD_SENSE;
	if (q->measure >= SC_MEASURE_COUNT)
		return SC_QUOTA_BAD_NUMBER;
	if (q->base_kind >= SC_BASE_COUNT)
		return SC_QUOTA_BAD_BASE;
	if (q->per >= SC_PER_COUNT ||
		(q->per == SC_PER_DAYS ? q->ndays < 1 || q->ndays > SC_WINDOW_MAX : q->ndays != 0))
		return SC_QUOTA_BAD_PERIOD;
	if (q->amount <= 0)
		return SC_QUOTA_NOT_POSITIVE;
	if (q->since != SC_NO_EVENT)
	{
		if (q->since < FIRST_EVENT || q->since > LAST_EVENT)
			return SC_QUOTA_BAD_DATE;
		if (q->per == SC_IN_TOTAL)
			return SC_QUOTA_SINCE_WHAT;
	}
	return q->measure == SC_PERCENT ? check_percentage(q) : check_number(q);
}

static int
format_percent(char *buf, size_t size, int32_t hundredths)
{
	int32_t		whole = hundredths / 100;
	int32_t		rest = hundredths % 100;

	if (rest == 0)
		return snprintf(buf, size, "%d%%", whole);
	if (rest % 10 == 0)
		return snprintf(buf, size, "%d.%d%%", whole, rest / 10);
	return snprintf(buf, size, "%d.%02d%%", whole, rest);
}

static int
format_per(char *buf, size_t size, const sc_quota *q)
{
	if (q->per == SC_PER_DAYS)
		return q->ndays == 1 ? snprintf(buf, size, " per day") :
			snprintf(buf, size, " per %d days", q->ndays);
	if (q->per != SC_IN_TOTAL)
		return snprintf(buf, size, " per %s", periods[q->per]);
	return q->measure == SC_PERCENT ? 0 : snprintf(buf, size, " in total");
}

static int
format_base(char *buf, size_t size, const sc_quota *q)
{
	int			n;

	if (q->base_kind == SC_BASE_PREVIOUS && q->per == SC_PER_DAYS)
		return q->ndays == 1 ? snprintf(buf, size, " of previous day") :
			snprintf(buf, size, " of previous %d days", q->ndays);
	if (q->base_kind == SC_BASE_PREVIOUS)
		return snprintf(buf, size, " of previous %s", periods[q->per]);
	if (q->base_kind == SC_BASE_YEAR_BEFORE)
		return snprintf(buf, size, " of same %s of previous year", periods[q->per]);
	n = q->base == SC_BASE_UNKNOWN ? snprintf(buf, size, " of base") :
		snprintf(buf, size, " of %d", q->base);
	return n + format_per(buf + n, size - n, q);
}

void
sc_quota_format(const sc_quota *q, char buf[SC_QUOTA_BUFSIZE])
{
	size_t		size = SC_QUOTA_BUFSIZE;
	int			n = snprintf(buf, size, "%s ", senses[q->sense]);

	if (q->measure == SC_PERCENT)
	{
		n += format_percent(buf + n, size - n, q->amount);
		n += format_base(buf + n, size - n, q);
	}
	else
	{
		n += snprintf(buf + n, size - n, "%d%s", q->amount,
					  q->measure == SC_TIMES ? "" : q->amount == 1 ? " day" : " days");
		n += format_per(buf + n, size - n, q);
	}
	if (q->since != SC_NO_EVENT)
	{
		sc_ymd		d = sc_ymd_of(q->since);

		snprintf(buf + n, size - n, " since %04d-%02d-%02d", d.year, d.month, d.mday);
	}
}

/* An order for sorting, as DISTINCT needs one; it has no further meaning. */
int
sc_quota_cmp(const sc_quota *a, const sc_quota *b)
{
	const int64_t x[] = {a->per, a->measure, a->sense, a->amount, a->base_kind, a->base, a->ndays, a->since};
	const int64_t y[] = {b->per, b->measure, b->sense, b->amount, b->base_kind, b->base, b->ndays, b->since};

	for (size_t i = 0; i < sizeof(x) / sizeof(x[0]); i++)
	{
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}

/*
 * The counts that meet the quota; a percentage needs the base, which is at
 * most a sum of int32 counts, so that nothing here overflows.
 */
sc_bounds
sc_quota_bounds(const sc_quota *q, int64_t base)
{
	int64_t		n = q->amount;
	int64_t		rest = 0;

	if (q->measure == SC_PERCENT)
	{
		rest = base % 10000 * n % 10000;
		n = base / 10000 * n + base % 10000 * n / 10000;
	}
	switch (q->sense)
	{
		case SC_AT_LEAST:
			return (sc_bounds) {n + (rest > 0), INT64_MAX};
		case SC_MORE_THAN:
			return (sc_bounds) {n + 1, INT64_MAX};
		case SC_AT_MOST:
			return (sc_bounds) {0, n};
		case SC_LESS_THAN:
			return (sc_bounds) {0, rest > 0 ? n : n - 1};
		default:
			return (sc_bounds) {n, n};
	}
}

/* The day that ends so many months after an event (Civil Code 202: clamped) */
static int64_t
months_after(sc_day event, int64_t n)
{
	sc_ymd		d = sc_ymd_of(event);
	int64_t		m = (int64_t) d.year * MONTHS_PER_YEAR + d.month - 1 + n;
	int64_t		year = sc_floor_div(m, MONTHS_PER_YEAR);
	int32_t		month = (int32_t) (m - year * MONTHS_PER_YEAR) + 1;
	int32_t		length = sc_month_length(year, month);

	return sc_day_of(year, month, d.mday < length ? d.mday : length);
}

/* How many whole lengths of months have ended before the day */
static int64_t
month_periods_since(const sc_quota *q, sc_day day)
{
	sc_ymd		from = sc_ymd_of(q->since);
	sc_ymd		to = sc_ymd_of(day);
	int64_t		between = ((int64_t) to.year - from.year) * MONTHS_PER_YEAR + to.month - from.month;
	int64_t		i = sc_floor_div(between, months[q->per]);

	return day <= months_after(q->since, i * months[q->per]) ? i - 1 : i;
}

/*
 * Periods have numbers; those of the calendar from 2000 or from the year 0,
 * those since an event from 0.  As the day of the event does not count (Civil
 * Code 201), a period that was counted from it ends with its last day: period
 * i of half years since 16 February begins on the 17th of a month.
 */
int64_t
sc_period_index(const sc_quota *q, sc_day day)
{
	if (q->per == SC_IN_TOTAL)
		return 0;
	if (months[q->per] != 0)
	{
		sc_ymd		d;

		if (q->since != SC_NO_EVENT)
			return month_periods_since(q, day);
		d = sc_ymd_of(day);
		return sc_floor_div((int64_t) d.year * MONTHS_PER_YEAR + d.month - 1, months[q->per]);
	}
	if (q->since != SC_NO_EVENT)
		return sc_floor_div((int64_t) day - q->since - 1, q->per == SC_PER_WEEK ? 7 : q->ndays);
	if (q->per == SC_PER_WEEK)
		return sc_floor_div((int64_t) day + 5, 7);
	return day;					/* a window has the number of its last day */
}

/* The first day of a period, which can be outside the range of dates */
int64_t
sc_period_first(const sc_quota *q, int64_t index)
{
	if (months[q->per] != 0)
	{
		int64_t		m = index * months[q->per];
		int64_t		year = sc_floor_div(m, MONTHS_PER_YEAR);

		if (q->since != SC_NO_EVENT)
			return months_after(q->since, m) + 1;
		return sc_day_of(year, (int32_t) (m - year * MONTHS_PER_YEAR) + 1, 1);
	}
	if (q->since != SC_NO_EVENT)
		return (int64_t) q->since + 1 + index * (q->per == SC_PER_WEEK ? 7 : q->ndays);
	if (q->per == SC_PER_WEEK)
		return index * 7 - 5;
	return index - q->ndays + 1;
}

/* The same period a year earlier, of periods of months */
int64_t
sc_period_year_before(const sc_quota *q, int64_t index)
{
	return index - MONTHS_PER_YEAR / months[q->per];
}
