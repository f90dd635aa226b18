/*
 * Time limits, conventions and deadlines.
 */
#ifndef STATUTE_DEADLINE_H
#define STATUTE_DEADLINE_H

#include "postgres.h"

#include "calendar/calendar.h"
#include "core/counting.h"

/*
 * timelimit: eight bytes, passed by value where bigint is; the count in the
 * upper half, the unit in the lower.
 */
#define DatumGetTimeLimit(d)	statute_unpack_limit(DatumGetInt64(d))
#define TimeLimitGetDatum(l)	Int64GetDatum(((int64) (l).n << 32) | (l).unit)
#define PG_GETARG_TIMELIMIT(n)	DatumGetTimeLimit(PG_GETARG_DATUM(n))
#define PG_RETURN_TIMELIMIT(l)	return TimeLimitGetDatum(l)

static inline sc_limit
statute_unpack_limit(int64 packed)
{
	sc_limit	limit;

	limit.n = (int32) (packed >> 32);
	limit.unit = (sc_unit) (packed & 0xFF);
	return limit;
}

typedef struct StatuteConvention
{
	char		code[NAMEDATALEN];	/* the hash key */
	bool		valid;			/* false while it is being read */
	sc_convention rules;
} StatuteConvention;

#pragma GCC visibility push(hidden)
/* convention.c */
extern const StatuteConvention *statute_convention_by_name(const char *name, size_t len);
#pragma GCC visibility pop

#endif							/* STATUTE_DEADLINE_H */
