/*
 * Calendars as the rest of the extension uses them.
 */
#ifndef STATUTE_CALENDAR_H
#define STATUTE_CALENDAR_H

#include "postgres.h"

#include "compat.h"
#include "core/calendar.h"
#include "core/counting.h"
#include "fmgr.h"
#include "pgtime.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

/* SQLSTATE class ST is ours. */
#define ERRCODE_STATUTE_NOT_ANNOUNCED	MAKE_SQLSTATE('S', 'T', '0', '0', '1')
#define ERRCODE_STATUTE_NOT_A_WORKDAY	MAKE_SQLSTATE('S', 'T', '0', '0', '2')

/*
 * A time zone, and the stretch of time around the last instant asked for in
 * which its offset from UTC does not change.
 */
typedef struct StatuteZone
{
	pg_tz	   *tz;
	int64		low;			/* the stretch is [low, high) */
	int64		high;
	int64		offset;			/* microseconds east of UTC */
	sc_zone		core;			/* what the core calls */
} StatuteZone;

/* A calendar with its parents folded in.  It belongs to the cache. */
typedef struct StatuteCalendar
{
	char		code[NAMEDATALEN];	/* the hash key */
	bool		valid;			/* false while it is being built */
	sc_calendar days;
	int64		known_from;		/* first and last announced day; where they */
	int64		known_through;	/* are not limited, beyond every date */
	sc_day		sure_first;		/* from this day, nsure days have a rank in a */
	uint32		nsure;			/* table that rests on announced days, and is */
	const uint16 *sure_rank;	/* half as wide as the core's, to stay cached */
	char		convention[NAMEDATALEN];
	int64		revision;
	StatuteZone zone;
	TimestampTz warned_at;		/* the last statement that was warned */
} StatuteCalendar;

/* What a call site remembers between rows, in fn_extra; of no epoch: nothing. */
typedef struct StatuteSite
{
	uint64		epoch;
	bool		fixed;			/* the calendar cannot change between rows */
	StatuteCalendar *calendar;
} StatuteSite;

#define STATUTE_NO_EPOCH	0

/*
 * The snapshot under which this transaction last found the cache current.
 * Two snapshots of a session with the same xmax, number of running
 * transactions (in recovery they are counted as subtransactions) and command
 * see the same rows, but for an abort of its own, which the invalidation
 * callback hears of.
 */
typedef struct StatuteVerified
{
	TransactionId xmax;
	uint32		xcnt;
	int32		subxcnt;
	CommandId	curcid;
} StatuteVerified;

typedef enum StatuteBeyond
{
	STATUTE_BEYOND_ASSUME,
	STATUTE_BEYOND_WARN,
	STATUTE_BEYOND_ERROR
} StatuteBeyond;

/*
 * What our files share among themselves is no business of other libraries,
 * and calls to it need not go through the symbol table.  PostgreSQL hides a
 * module's symbols by itself only from 16 on.
 */
#pragma GCC visibility push(hidden)
/* cache.c */
extern uint64 statute_epoch;
extern uint64 statute_cache_generation;
extern StatuteVerified statute_verified;

extern void statute_cache_init(void);
extern uint64 statute_cache_refresh(void);
extern MemoryContext statute_cache_context(void);
extern Oid	statute_table_oid(const char *name);
extern void statute_query(const char *sql, int nargs, Oid *types, Datum *values);
extern StatuteCalendar *statute_calendar_by_name(const char *name, size_t len);
extern StatuteCalendar *statute_calendar_find(FunctionCallInfo fcinfo, int argno);
extern bool statute_arg_is_const(FunctionCallInfo fcinfo, int argno);

/* compile.c */
extern void statute_calendar_compile(StatuteCalendar *cal);

/* announced.c */
extern void statute_announced_init(void);
extern void statute_not_announced(StatuteCalendar *cal, int64 from);
extern char *statute_day_text(int64 day);

/* zone.c */
extern bool statute_zone_init(StatuteZone *zone, const char *name);
#pragma GCC visibility pop

/*
 * Is what a call site remembered at this epoch still so?  The executor always
 * has an active snapshot; who may be called without one asks first.
 */
static inline bool
statute_cache_is_current(uint64 epoch)
{
	Snapshot	snapshot;

	if (epoch != statute_epoch)
		return false;
	snapshot = GetActiveSnapshot();
	return snapshot->xmax == statute_verified.xmax &&
		snapshot->xcnt == statute_verified.xcnt &&
		snapshot->subxcnt == statute_verified.subxcnt &&
		snapshot->curcid == statute_verified.curcid;
}

/*
 * The calendar of a call: its argument, where that is not empty, else the
 * session's.  Valid until the call returns.
 */
static inline StatuteCalendar *
statute_calendar_arg(FunctionCallInfo fcinfo, int argno)
{
	StatuteSite *site = (StatuteSite *) fcinfo->flinfo->fn_extra;

	if (likely(site != NULL && site->fixed && statute_cache_is_current(site->epoch)))
		return site->calendar;
	return statute_calendar_find(fcinfo, argno);
}

/*
 * The rank of a day, where it is in the table and sure: what most calls need
 * of most days, in one comparison that infinite dates fail too.
 */
static inline bool
statute_sure_rank(const StatuteCalendar *cal, sc_day day, int32 *rank)
{
	uint32		i = (uint32) day - (uint32) cal->sure_first;

	if (unlikely(i >= cal->nsure))
		return false;
	*rank = cal->sure_rank[i];
	return true;
}

/* Say so where an answer that looked at these days is not sure. */
static inline void
statute_check_announced(StatuteCalendar *cal, int64 from, int64 through)
{
	if (unlikely(from < cal->known_from || through > cal->known_through) && from <= through)
		statute_not_announced(cal, from);
}

#endif							/* STATUTE_CALENDAR_H */
