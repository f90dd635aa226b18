/*
 * Quotas: how often, on how many days, at most how many, as a rule states it.
 */
#ifndef SC_QUOTA_H
#define SC_QUOTA_H

#include <stddef.h>

#include "core/day.h"

typedef enum sc_sense
{
	SC_AT_LEAST,
	SC_AT_MOST,
	SC_EXACTLY,
	SC_MORE_THAN,				/* of percentages only: "more than 2" is "at least 3" */
	SC_LESS_THAN
} sc_sense;

typedef enum sc_measure
{
	SC_TIMES,
	SC_DISTINCT_DAYS,
	SC_PERCENT
} sc_measure;

typedef enum sc_per
{
	SC_IN_TOTAL,
	SC_PER_DAYS,				/* a window that slides, or blocks since an event */
	SC_PER_WEEK,
	SC_PER_MONTH,
	SC_PER_QUARTER,
	SC_PER_HALF_YEAR,
	SC_PER_YEAR
} sc_per;

typedef enum sc_base
{
	SC_NO_BASE,
	SC_BASE_PREVIOUS,			/* the period before */
	SC_BASE_YEAR_BEFORE,		/* the same period a year before */
	SC_BASE_GIVEN				/* a number that the quota states, or will */
} sc_base;

#define SC_SENSE_COUNT		(SC_LESS_THAN + 1)
#define SC_MEASURE_COUNT	(SC_PERCENT + 1)
#define SC_PER_COUNT		(SC_PER_YEAR + 1)
#define SC_BASE_COUNT		(SC_BASE_GIVEN + 1)

#define SC_BASE_UNKNOWN		(-1)
#define SC_NO_EVENT			INT32_MIN
#define SC_WINDOW_MAX		36600	/* days; a hundred years */
#define SC_PERCENT_MAX		(1000 * 100)	/* hundredths */

/* No padding and no second form of the same quota: equal ones are equal bytes. */
typedef struct sc_quota
{
	int32_t		amount;			/* times, days, or hundredths of a percent */
	int32_t		base;			/* given number, or SC_BASE_UNKNOWN */
	sc_day		since;			/* the day of the event, or SC_NO_EVENT */
	int32_t		ndays;			/* of SC_PER_DAYS, else 0 */
	uint8_t		sense;
	uint8_t		measure;
	uint8_t		per;
	uint8_t		base_kind;
} sc_quota;

typedef enum sc_quota_status
{
	SC_QUOTA_OK,
	SC_QUOTA_BAD_SENSE,
	SC_QUOTA_BAD_NUMBER,
	SC_QUOTA_BAD_PERIOD,
	SC_QUOTA_BAD_BASE,
	SC_QUOTA_BAD_DATE,
	SC_QUOTA_BAD_END,			/* something follows that does not belong */
	SC_QUOTA_NOT_POSITIVE,
	SC_QUOTA_RANGE,
	SC_QUOTA_PERCENT_RANGE,
	SC_QUOTA_TOO_MANY_DAYS,		/* more than the period can have */
	SC_QUOTA_EXACT_PERCENT,
	SC_QUOTA_EXACT_WINDOW,
	SC_QUOTA_BASE_PERIOD,		/* there is no such base for that period */
	SC_QUOTA_SINCE_WHAT			/* "since" without periods to count */
} sc_quota_status;

/* Inclusive bounds of a count */
typedef struct sc_bounds
{
	int64_t		least;
	int64_t		most;			/* INT64_MAX: none */
} sc_bounds;

#define SC_QUOTA_BUFSIZE	96

#pragma GCC visibility push(hidden)
/* quota_parse.c: on failure, at is the part that was not understood */
extern sc_quota_status sc_quota_parse(const char *str, size_t len, sc_quota *quota, const char **at);

/* quota.c */
extern sc_quota_status sc_quota_check(const sc_quota *quota);
extern void sc_quota_format(const sc_quota *quota, char buf[SC_QUOTA_BUFSIZE]);
extern const char *sc_per_name(sc_per per);
extern int	sc_quota_cmp(const sc_quota *a, const sc_quota *b);
extern sc_bounds sc_quota_bounds(const sc_quota *quota, int64_t base);
extern int64_t sc_period_index(const sc_quota *quota, sc_day day);
extern int64_t sc_period_first(const sc_quota *quota, int64_t index);
extern int64_t sc_period_year_before(const sc_quota *quota, int64_t index);
#pragma GCC visibility pop

/* A window of so many days, wherever it begins */
static inline bool
sc_quota_slides(const sc_quota *quota)
{
	return quota->per == SC_PER_DAYS && quota->since == SC_NO_EVENT;
}

/* Must the day of an event be kept, and not only its period? */
static inline bool
sc_quota_keeps_days(const sc_quota *quota)
{
	return quota->measure == SC_DISTINCT_DAYS || sc_quota_slides(quota);
}

#endif							/* SC_QUOTA_H */
