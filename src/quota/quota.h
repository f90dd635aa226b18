/*
 * Quotas and tallies as values of the database.
 */
#ifndef STATUTE_QUOTA_H
#define STATUTE_QUOTA_H

#include "postgres.h"

#include "compat.h"
#include "core/tally.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/date.h"
#include "utils/rangetypes.h"

/* quota: the core's struct, by reference */
#define DatumGetQuota(d)		((sc_quota *) DatumGetPointer(d))
#define PG_GETARG_QUOTA(n)		DatumGetQuota(PG_GETARG_DATUM(n))
#define PG_RETURN_QUOTA(q)		PG_RETURN_POINTER(q)

/* quota_state: a tally and its cells */
typedef struct StatuteTally
{
	int32		vl_len_;		/* varlena header */
	sc_tally	tally;
	unsigned char cells[FLEXIBLE_ARRAY_MEMBER];
} StatuteTally;

#define STATUTE_TALLY_HEADER	offsetof(StatuteTally, cells)

#pragma GCC visibility push(hidden)
/* quota.c */
extern void statute_quota_complain(sc_quota_status status, const char *str, const char *at, Node *escontext);
extern sc_quota *statute_quota_copy(const sc_quota *quota);
extern bool statute_quota_read(StringInfo buf, sc_quota *quota);
extern void statute_quota_write(StringInfo buf, const sc_quota *quota);

/* period.c */
extern Datum statute_make_daterange(int64 first, int64 last);
extern void statute_get_span(RangeType *range, DateADT *first, DateADT *last);

/* state.c */
extern Size statute_tally_size(const sc_tally *tally);
extern StatuteTally *statute_tally_new(const sc_tally *tally);
extern StatuteTally *statute_tally_widened(const StatuteTally *state);
extern StatuteTally *statute_tally_plain(const StatuteTally *state);
extern void statute_tally_check(const StatuteTally *state);
extern void statute_tally_plan(sc_tally *tally, const sc_quota *quota, DateADT first, DateADT last, bool exact);

/* pace.c */
extern void statute_pace_init(void);
#pragma GCC visibility pop

#endif							/* STATUTE_QUOTA_H */
