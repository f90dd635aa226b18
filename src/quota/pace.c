/*
 * Will the quota be met?  What is counted so far against the working days left.
 */
#include "postgres.h"

#include "calendar/calendar.h"
#include "funcapi.h"
#include "quota/quota.h"
#include "utils/builtins.h"
#include "utils/guc.h"

PG_FUNCTION_INFO_V1(statute_quota_pace);

static double at_risk_factor = 2.0; /* GUC statute.at_risk_factor */

typedef struct Pace
{
	const char *name;
	int64		shortfall;
	int64		required;
	int64		left;			/* working days, today's included */
	int64		whole;			/* working days of the whole period */
	bool		over;			/* the period has ended */
} Pace;

void
statute_pace_init(void)
{
	DefineCustomRealVariable("statute.at_risk_factor",
							 "How much faster than planned the rest of a quota may have to be met before it counts as at risk.",
							 "The plan is an even pace over the working days of the period.",
							 &at_risk_factor, 2.0, 1.0, 1000.0, PGC_USERSET, 0,
							 NULL, NULL, NULL);
}

/* At risk: the pace now needed is more than so many times the planned one, or no day is to spare. */
static const char *
pace_of_missing(const Pace *p)
{
	if (p->over)
		return "missed";
	if (p->shortfall > p->left)
		return "out of reach";
	if (p->shortfall == p->left ||
		(double) p->shortfall * p->whole > at_risk_factor * p->required * p->left)
		return "at risk";
	return "on track";
}

static const char *
pace_of_maximum(const Pace *p, int64 counted, const sc_bounds *bounds)
{
	if (counted > bounds->most)
		return "missed";
	if (p->over)
		return "met";
	return counted == bounds->most && bounds->least == 0 ? "at risk" : "on track";
}

static void
check_pace(sc_quota *quota, int32 counted)
{
	char		buf[SC_QUOTA_BUFSIZE];

	sc_quota_format(quota, buf);
	if (counted < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("counted events must not be negative: %d", counted)));
	if (quota->measure == SC_PERCENT && quota->base == SC_BASE_UNKNOWN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("pace of quota \"%s\" needs its base", buf),
				 errhint("State the number, such as \"at most 50%% of 120 per year\".")));
}

/* The working days of the period, and those from as_of on */
static void
count_days(Pace *p, StatuteCalendar *cal, DateADT first, DateADT last, DateADT as_of)
{
	int64		from = Max((int64) as_of, (int64) first);

	p->over = as_of > last;
	p->whole = sc_workdays_between(&cal->days, (int64) first - 1, last);
	p->left = p->over ? 0 : sc_workdays_between(&cal->days, from - 1, last);
	if (!p->over)
		statute_check_announced(cal, from, last);
}

Datum
statute_quota_pace(PG_FUNCTION_ARGS)
{
	int32		counted = PG_GETARG_INT32(0);
	sc_quota   *quota = PG_GETARG_QUOTA(1);
	DateADT		as_of = PG_GETARG_DATEADT(3);
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, 4);
	DateADT		first;
	DateADT		last;
	sc_bounds	bounds;
	Pace		p;
	TupleDesc	desc;
	Datum		values[4];
	bool		nulls[4] = {false};

	check_pace(quota, counted);
	statute_get_span(PG_GETARG_RANGE_P(2), &first, &last);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	count_days(&p, cal, first, last, as_of);
	bounds = sc_quota_bounds(quota, quota->base);
	p.required = bounds.least;
	p.shortfall = Max(bounds.least - counted, 0);
	if (p.shortfall > 0)
		p.name = pace_of_missing(&p);
	else if (bounds.most == PG_INT64_MAX)
		p.name = "met";
	else
		p.name = pace_of_maximum(&p, counted, &bounds);

	values[0] = CStringGetTextDatum(p.name);
	values[1] = Int32GetDatum((int32) Min(p.shortfall, PG_INT32_MAX));
	values[2] = Int32GetDatum((int32) p.left);
	nulls[3] = p.shortfall == 0 || p.shortfall > p.whole;
	values[3] = nulls[3] ? (Datum) 0 :
		DateADTGetDatum((DateADT) sc_add_workdays(&cal->days, (int64) last + 1, -p.shortfall));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
