/*
 * Time limits: a whole number of one unit, as a rule states it.
 *
 * A limit is no interval: a working day has no fixed length, and "1 week" and
 * "7 days" are different words of a law even where they end alike.
 */
#ifndef SC_LIMIT_H
#define SC_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The order of the units breaks ties between limits of equal nominal length. */
typedef enum sc_unit
{
	SC_IMMEDIATE,
	SC_MINUTE,
	SC_HOUR,
	SC_DAY,
	SC_WORKDAY,
	SC_WEEK,
	SC_MONTH,
	SC_YEAR
} sc_unit;

#define SC_UNIT_COUNT	(SC_YEAR + 1)

typedef struct sc_limit
{
	int32_t		n;				/* never negative; 0 for SC_IMMEDIATE */
	sc_unit		unit;
} sc_limit;

typedef enum sc_parse_status
{
	SC_PARSE_OK,
	SC_PARSE_SYNTAX,
	SC_PARSE_NEGATIVE,
	SC_PARSE_RANGE,
	SC_PARSE_AMBIGUOUS			/* 3月: three months, or March? */
} sc_parse_status;

#define SC_LIMIT_BUFSIZE	32

#pragma GCC visibility push(hidden)
extern sc_parse_status sc_limit_parse(const char *str, size_t len, sc_limit *limit);
extern void sc_limit_format(sc_limit limit, char buf[SC_LIMIT_BUFSIZE]);
extern bool sc_unit_parse(const char *str, size_t len, sc_unit *unit);
extern int	sc_limit_cmp(sc_limit a, sc_limit b);
#pragma GCC visibility pop

static inline bool
sc_unit_is_clock(sc_unit unit)
{
	return unit == SC_MINUTE || unit == SC_HOUR;
}

#endif							/* SC_LIMIT_H */
