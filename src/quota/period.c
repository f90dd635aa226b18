/*
 * The periods of quotas.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "quota/quota.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgroids.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(statute_quota_period_of);
PG_FUNCTION_INFO_V1(statute_list_quota_periods);

/* A bound that a date cannot express is none. */
static void
set_bound(RangeBound *bound, int64 day, bool lower)
{
	bound->lower = lower;
	bound->inclusive = lower;
	bound->infinite = day < SC_DAY_MIN || day > SC_DAY_MAX;
	bound->val = bound->infinite ? (Datum) 0 : DateADTGetDatum((DateADT) day);
}

/* Both days included */
Datum
statute_make_daterange(int64 first, int64 last)
{
	RangeBound	lower;
	RangeBound	upper;

	set_bound(&lower, first, true);
	set_bound(&upper, last + 1, false);
	return RangeTypePGetDatum(statute_make_range(lookup_type_cache(DATERANGEOID, TYPECACHE_RANGE_INFO),
												 &lower, &upper));
}

static void
complain_of_span(RangeType *range, const char *what, const char *hint)
{
	char	   *text = OidOutputFunctionCall(F_RANGE_OUT, RangeTypePGetDatum(range));

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("span of a quota %s: \"%s\"", what, text),
			 errhint("%s", hint)));
}

/*
 * The days of a span, both included.  A quota can be judged only over one that
 * has days, and ends.
 */
void
statute_get_span(RangeType *range, DateADT *first, DateADT *last)
{
	TypeCacheEntry *typcache = lookup_type_cache(RangeTypeGetOid(range), TYPECACHE_RANGE_INFO);
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	range_deserialize(typcache, range, &lower, &upper, &empty);
	if (empty)
		complain_of_span(range, "must not be empty", "Give the first day and the day after the last, such as '[2022-01-01,2023-01-01)'.");
	if (lower.infinite || upper.infinite ||
		DATE_NOT_FINITE(DatumGetDateADT(lower.val)) || DATE_NOT_FINITE(DatumGetDateADT(upper.val)))
		complain_of_span(range, "must have a beginning and an end", "Events outside the span are not counted; end it where the events are known through.");
	*first = DatumGetDateADT(lower.val) + !lower.inclusive;
	*last = DatumGetDateADT(upper.val) - !upper.inclusive;
}

Datum
statute_quota_period_of(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	sc_quota   *quota = PG_GETARG_QUOTA(1);
	int64		index;

	if (DATE_NOT_FINITE(day) || (quota->since != SC_NO_EVENT && day <= quota->since))
		PG_RETURN_NULL();
	if (quota->per == SC_IN_TOTAL)
		PG_RETURN_DATUM(statute_make_daterange(PG_INT64_MIN, PG_INT64_MAX - 1));
	if (sc_quota_slides(quota))
		PG_RETURN_DATUM(statute_make_daterange((int64) day - quota->ndays + 1, day));
	index = sc_period_index(quota, day);
	PG_RETURN_DATUM(statute_make_daterange(sc_period_first(quota, index),
										   sc_period_first(quota, index + 1) - 1));
}

static void
put_period(ReturnSetInfo *rsinfo, int64 first, int64 last, bool partial)
{
	Datum		values[2] = {statute_make_daterange(first, last), BoolGetDatum(partial)};
	bool		nulls[2] = {false, false};

	CHECK_FOR_INTERRUPTS();
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

Datum
statute_list_quota_periods(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	sc_quota   *quota = PG_GETARG_QUOTA(0);
	char		buf[SC_QUOTA_BUFSIZE];
	DateADT		first;
	DateADT		last;
	int64		index;

	if (sc_quota_slides(quota))
	{
		sc_quota_format(quota, buf);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("quota \"%s\" has windows, which overlap, and no periods", buf),
				 errhint("Add \"since\" and a date for periods of so many days that follow each other.")));
	}
	statute_get_span(PG_GETARG_RANGE_P(1), &first, &last);
	InitMaterializedSRF(fcinfo, 0);
	if (quota->per == SC_IN_TOTAL)
	{
		put_period(rsinfo, first, last, false);
		return (Datum) 0;
	}
	index = sc_period_index(quota, first);
	if (quota->since != SC_NO_EVENT)
		index = Max(index, 0);
	for (; index <= sc_period_index(quota, last); index++)
	{
		int64		from = sc_period_first(quota, index);
		int64		through = sc_period_first(quota, index + 1) - 1;

		put_period(rsinfo, from, through, from < first || through > last);
	}
	return (Datum) 0;
}
