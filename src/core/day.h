/*
 * Day numbers and the proleptic Gregorian calendar.
 *
 * A day is counted from 2000-01-01, as in PostgreSQL's type date, and the
 * limits are those of that type.  Nothing here knows of infinity: wrappers
 * deal with it before they call.
 */
#ifndef SC_DAY_H
#define SC_DAY_H

#include <stdbool.h>
#include <stdint.h>

typedef int32_t sc_day;

#define SC_DAY_MIN		(-2451545)	/* 4714-11-24 BC */
#define SC_DAY_MAX		2145031948	/* 5874897-12-31 */

#define SC_USEC_PER_SEC		INT64_C(1000000)
#define SC_USEC_PER_MINUTE	(60 * SC_USEC_PER_SEC)
#define SC_USEC_PER_HOUR	(60 * SC_USEC_PER_MINUTE)
#define SC_USEC_PER_DAY		(24 * SC_USEC_PER_HOUR)

typedef struct sc_ymd
{
	int32_t		year;			/* astronomical: 0 is 1 BC */
	int32_t		month;			/* 1..12 */
	int32_t		mday;			/* 1..31 */
} sc_ymd;

static inline bool
sc_day_valid(int64_t day)
{
	return day >= SC_DAY_MIN && day <= SC_DAY_MAX;
}

/* floor(a / b) for b > 0, where C truncates toward zero */
static inline int64_t
sc_floor_div(int64_t a, int64_t b)
{
	int64_t		q = a / b;

	return (a % b < 0) ? q - 1 : q;
}

/* 0 is Monday; 2000-01-01 was a Saturday */
static inline int
sc_weekday(int64_t day)
{
	int			r = (int) ((day + 5) % 7);

	return r < 0 ? r + 7 : r;
}

#pragma GCC visibility push(hidden)
extern sc_ymd sc_ymd_of(sc_day day);
extern int64_t sc_day_of(int64_t year, int32_t month, int32_t mday);
extern int32_t sc_month_length(int64_t year, int32_t month);
#pragma GCC visibility pop

#endif							/* SC_DAY_H */
