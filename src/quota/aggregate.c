/*
 * The quota aggregates: transition, inverse, combination and results.
 *
 * The state is made at the first row of a group, whose quota and span it
 * keeps; it is changed in place, which an aggregate may do (see int4_avg_accum).
 * A call site prepares once what all its rows share: which cell a day counts
 * in.  Where the query states quota and span as constants that is all, and the
 * states need not even be looked at, which would cost a cache miss a row; else
 * each row is compared with the row before, and with its state.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "calendar/calendar.h"
#include "catalog/pg_aggregate.h"
#include "nodes/execnodes.h"
#include "quota/quota.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(statute_quota_add_date);
PG_FUNCTION_INFO_V1(statute_quota_add_instant);
PG_FUNCTION_INFO_V1(statute_quota_add_date_exact);
PG_FUNCTION_INFO_V1(statute_quota_add_instant_exact);
PG_FUNCTION_INFO_V1(statute_quota_remove_date);
PG_FUNCTION_INFO_V1(statute_quota_remove_instant);
PG_FUNCTION_INFO_V1(statute_quota_combine);

/* Longer spans find the cell of a day anew each time. */
#define TABLE_MAX		20000	/* days */
#define NO_CELL			PG_UINT16_MAX

/* No date: such a row makes the state and does not count. */
#define NO_DAY			PG_INT64_MIN

typedef struct QuotaSite
{
	StatuteSite base;			/* first, as statute_calendar_arg() has it */
	bool		ready;			/* the rest is of the last row, or of all */
	bool		fixed;			/* quota and span are constants of the query */
	bool		own;			/* all states were made here, as wide as the tally */
	bool		exact;
	RangeType  *span;			/* as given */
	sc_tally	tally;			/* a new state's */
	Size		size;
	uint16	   *cell_of;		/* [days of the span], or NULL */
} QuotaSite;

static inline bool
in_aggregate(FunctionCallInfo fcinfo)
{
	return fcinfo->context != NULL &&
		(IsA(fcinfo->context, AggState) || IsA(fcinfo->context, WindowAggState));
}

/* Are the arguments after the date constants of the query? */
static bool
args_are_const(const Aggref *aggref)
{
	return aggref != NULL && list_length(aggref->args) >= 3 &&
		IsA(lsecond_node(TargetEntry, aggref->args)->expr, Const) &&
		IsA(lthird_node(TargetEntry, aggref->args)->expr, Const);
}

/* An aggregate of somebody's own could begin with a state from elsewhere. */
static bool
begins_with_null(const Aggref *aggref, Oid function)
{
	HeapTuple	tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggref->aggfnoid));
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	result = ((Form_pg_aggregate) GETSTRUCT(tuple))->aggtransfn == function &&
		heap_attisnull(tuple, Anum_pg_aggregate_agginitval, NULL);
	ReleaseSysCache(tuple);
	return result;
}

static QuotaSite *
new_site(FunctionCallInfo fcinfo, bool exact)
{
	QuotaSite  *site = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(QuotaSite));
	Aggref	   *aggref = AggGetAggref(fcinfo);

	site->exact = exact;
	site->fixed = args_are_const(aggref);
	site->own = site->fixed && begins_with_null(aggref, fcinfo->flinfo->fn_oid);
	fcinfo->flinfo->fn_extra = site;
	return site;
}

static void
build_table(QuotaSite *site)
{
	int64		ndays = (int64) site->tally.last - site->tally.first + 1;

	if (ndays > TABLE_MAX)
		return;
	site->cell_of = palloc(ndays * sizeof(uint16));
	for (int64 i = 0; i < ndays; i++)
	{
		int32		cell = sc_tally_cell(&site->tally, site->tally.first + i);

		site->cell_of[i] = cell < 0 ? NO_CELL : (uint16) cell;
	}
}

/* Remember what the arguments of this row say. */
static void
prepare_site(FunctionCallInfo fcinfo, QuotaSite *site, sc_quota *quota, RangeType *span)
{
	MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	DateADT		first;
	DateADT		last;

	site->ready = false;
	statute_get_span(span, &first, &last);
	statute_tally_plan(&site->tally, quota, first, last, site->exact);
	site->size = statute_tally_size(&site->tally);
	if (site->span != NULL)
		pfree(site->span);
	site->span = NULL;
	site->span = (RangeType *) PG_DETOAST_DATUM_COPY(RangeTypePGetDatum(span));
	if (site->fixed)
		build_table(site);
	site->ready = true;
	MemoryContextSwitchTo(old);
}

static QuotaSite *
find_site(FunctionCallInfo fcinfo, bool exact)
{
	QuotaSite  *site = (QuotaSite *) fcinfo->flinfo->fn_extra;
	sc_quota   *quota;
	RangeType  *span;

	if (PG_ARGISNULL(2) || PG_ARGISNULL(3))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", PG_ARGISNULL(2) ? "quota" : "span of a quota")));
	quota = PG_GETARG_QUOTA(2);
	span = PG_GETARG_RANGE_P(3);
	if (site == NULL)
		site = new_site(fcinfo, exact);
	if (!site->ready || memcmp(&site->tally.quota, quota, sizeof(sc_quota)) != 0 ||
		VARSIZE(site->span) != VARSIZE(span) || memcmp(site->span, span, VARSIZE(span)) != 0)
		prepare_site(fcinfo, site, quota, span);
	return site;
}

static inline QuotaSite *
get_site(FunctionCallInfo fcinfo, bool exact)
{
	QuotaSite  *site = (QuotaSite *) fcinfo->flinfo->fn_extra;

	return likely(site != NULL && site->fixed && site->ready) ? site : find_site(fcinfo, exact);
}

static void
check_same(const sc_tally *a, const sc_tally *b)
{
	if (!sc_tally_same(a, b))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("quota and span must be the same in all rows of a group"),
				 errhint("Add them to GROUP BY.")));
}

/* The state so far: to be changed in place, which only an aggregate's own can be. */
static StatuteTally *
find_state(FunctionCallInfo fcinfo, const QuotaSite *site)
{
	StatuteTally *state;

	if (PG_ARGISNULL(0))
		return statute_tally_new(&site->tally);
	state = (StatuteTally *) PG_GETARG_POINTER(0);
	if (!in_aggregate(fcinfo) || VARATT_IS_EXTENDED(state))
		state = (StatuteTally *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
	if (VARSIZE(state) == site->size && memcmp(&state->tally, &site->tally, sizeof(sc_tally)) == 0)
		return state;
	statute_tally_check(state);
	check_same(&state->tally, &site->tally);
	return state;
}

static inline StatuteTally *
get_state(FunctionCallInfo fcinfo, const QuotaSite *site)
{
	if (likely(site->own && !PG_ARGISNULL(0)))
		return (StatuteTally *) PG_GETARG_POINTER(0);
	return find_state(fcinfo, site);
}

static inline int32
get_cell(const QuotaSite *site, int64 day)
{
	uint64		i = (uint64) day - (uint64) (int64) site->tally.first;

	if (likely(site->cell_of != NULL))
	{
		if (i > (uint64) ((int64) site->tally.last - site->tally.first))
			return -1;
		return site->cell_of[i] == NO_CELL ? -1 : site->cell_of[i];
	}
	return sc_tally_cell(&site->tally, day);
}

static void
check_fits(bool fits)
{
	if (!fits)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number of events in a period of a quota is out of range")));
}

static StatuteTally *
add_wider(StatuteTally *state, int32 cell)
{
	if (state->tally.width < 32)
		state = statute_tally_widened(state);
	check_fits(sc_tally_add(&state->tally, state->cells, cell, 1));
	return state;
}

static inline Datum
add_event(FunctionCallInfo fcinfo, QuotaSite *site, int64 day)
{
	StatuteTally *state = get_state(fcinfo, site);
	const sc_tally *tally = site->own ? &site->tally : &state->tally;
	int32		cell = get_cell(site, day);

	if (cell >= 0 && unlikely(!sc_tally_add(tally, state->cells, cell, 1)))
	{
		state = add_wider(state, cell);
		site->own = false;
	}
	PG_RETURN_POINTER(state);
}

static inline Datum
remove_event(FunctionCallInfo fcinfo, const QuotaSite *site, int64 day)
{
	StatuteTally *state = get_state(fcinfo, site);
	int32		cell = get_cell(site, day);

	if (cell >= 0 && !sc_tally_remove(&state->tally, state->cells, cell))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot take an event from a quota_state that does not have it")));
	PG_RETURN_POINTER(state);
}

/* The date of the row; infinite ones lie outside of every span. */
static inline int64
event_date(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(1) ? NO_DAY : PG_GETARG_DATEADT(1);
}

/* The date of an instant in the calendar's time zone */
static inline int64
event_day(FunctionCallInfo fcinfo)
{
	StatuteCalendar *cal;
	TimestampTz at;

	if (PG_ARGISNULL(1))
		return NO_DAY;
	at = PG_GETARG_TIMESTAMPTZ(1);
	if (TIMESTAMP_NOT_FINITE(at))
		return NO_DAY;
	if (PG_NARGS() > 4 && PG_ARGISNULL(4))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("calendar must not be null")));
	cal = statute_calendar_arg(fcinfo, 4);
	return sc_floor_div(cal->zone.core.to_local(cal->zone.core.arg, at), SC_USEC_PER_DAY);
}

Datum
statute_quota_add_date(PG_FUNCTION_ARGS)
{
	return add_event(fcinfo, get_site(fcinfo, false), event_date(fcinfo));
}

Datum
statute_quota_add_instant(PG_FUNCTION_ARGS)
{
	QuotaSite  *site = get_site(fcinfo, false);

	return add_event(fcinfo, site, event_day(fcinfo));
}

/* For frames that move: days keep how many events they had. */
Datum
statute_quota_add_date_exact(PG_FUNCTION_ARGS)
{
	return add_event(fcinfo, get_site(fcinfo, true), event_date(fcinfo));
}

Datum
statute_quota_add_instant_exact(PG_FUNCTION_ARGS)
{
	QuotaSite  *site = get_site(fcinfo, true);

	return add_event(fcinfo, site, event_day(fcinfo));
}

Datum
statute_quota_remove_date(PG_FUNCTION_ARGS)
{
	return remove_event(fcinfo, get_site(fcinfo, true), event_date(fcinfo));
}

Datum
statute_quota_remove_instant(PG_FUNCTION_ARGS)
{
	QuotaSite  *site = get_site(fcinfo, true);

	return remove_event(fcinfo, site, event_day(fcinfo));
}

/* Can the cells of the one not hold the sum? */
static bool
needs_wider(const StatuteTally *a, const StatuteTally *b)
{
	if (a->tally.width != 8 || b->tally.width == 32)
		return a->tally.width == 8;
	for (int32 i = 0; i < a->tally.ncells; i++)
	{
		if (a->cells[i] + b->cells[i] > PG_UINT8_MAX)
			return true;
	}
	return false;
}

/* Strict: what has no rows has no state. */
Datum
statute_quota_combine(PG_FUNCTION_ARGS)
{
	StatuteTally *a = (StatuteTally *) PG_GETARG_POINTER(0);
	StatuteTally *b = (StatuteTally *) PG_DETOAST_DATUM(PG_GETARG_DATUM(1));

	if (!in_aggregate(fcinfo) || VARATT_IS_EXTENDED(a))
		a = (StatuteTally *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
	statute_tally_check(a);
	statute_tally_check(b);

	/* of a moving frame and not: what both know */
	if (a->tally.exact && !b->tally.exact)
		a = statute_tally_plain(a);
	else if (b->tally.exact && !a->tally.exact)
		b = statute_tally_plain(b);
	check_same(&a->tally, &b->tally);
	if (needs_wider(a, b))
		a = statute_tally_widened(a);
	check_fits(sc_tally_merge(&a->tally, a->cells, &b->tally, b->cells));
	PG_RETURN_POINTER(a);
}
