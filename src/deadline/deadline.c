/*
 * Deadlines and due dates as SQL functions.
 */
#include "postgres.h"

#include "deadline/deadline.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/multirangetypes.h"
#include "utils/numeric.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"
#include "workday/workday.h"

PG_FUNCTION_INFO_V1(statute_deadline);
PG_FUNCTION_INFO_V1(statute_deadline_before);
PG_FUNCTION_INFO_V1(statute_due_date);
PG_FUNCTION_INFO_V1(statute_due_date_before);
PG_FUNCTION_INFO_V1(statute_elapsed);
PG_FUNCTION_INFO_V1(statute_remaining);
PG_FUNCTION_INFO_V1(statute_used_fraction);

/* What a call site remembers; begins like the one that calendars know. */
typedef struct DeadlineSite
{
	StatuteSite base;
	const StatuteConvention *convention;
	uint64		convention_epoch;
} DeadlineSite;

static DeadlineSite *
call_site(FunctionCallInfo fcinfo)
{
	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(DeadlineSite));
	return (DeadlineSite *) fcinfo->flinfo->fn_extra;
}

/*
 * Which arguments name the calendar and the convention; beyond those that the
 * call has, neither is given.
 */
typedef struct CallArgs
{
	int			calendar;
	int			convention;
	int			pauses;
} CallArgs;

static void
find_convention(FunctionCallInfo fcinfo, DeadlineSite *site, int argno)
{
	const char *name = site->base.calendar->convention;
	size_t		len = strlen(name);

	if (argno < PG_NARGS())
	{
		text	   *arg = PG_GETARG_TEXT_PP(argno);

		if (VARSIZE_ANY_EXHDR(arg) > 0)
		{
			name = VARDATA_ANY(arg);
			len = VARSIZE_ANY_EXHDR(arg);
		}
	}
	site->convention = statute_convention_by_name(name, len);

	/* sure until the epoch changes, where neither argument can change */
	site->convention_epoch =
		site->base.fixed && (argno >= PG_NARGS() || statute_arg_is_const(fcinfo, argno)) ?
		site->base.epoch : 0;
}

/* The stops of the clock, in order and without overlap, as a multirange is. */
static void
get_pauses(MultirangeType *mr, sc_period *period)
{
	TypeCacheEntry *typcache;
	RangeType **ranges;
	int32		n;
	sc_pause   *pauses;

	period->pauses = NULL;
	period->npauses = 0;
	if (MultirangeIsEmpty(mr))
		return;
	typcache = lookup_type_cache(MultirangeTypeGetOid(mr), TYPECACHE_MULTIRANGE_INFO);
	multirange_deserialize(typcache->rngtype, mr, &n, &ranges);
	pauses = palloc(sizeof(sc_pause) * n);
	for (int i = 0; i < n; i++)
	{
		RangeBound	lower;
		RangeBound	upper;
		bool		empty;

		range_deserialize(typcache->rngtype, ranges[i], &lower, &upper, &empty);
		pauses[i].from = lower.infinite ? SC_BEGINNING : DatumGetTimestampTz(lower.val);
		pauses[i].to = upper.infinite ? SC_NEVER : DatumGetTimestampTz(upper.val);
	}
	period->pauses = pauses;
	period->npauses = n;
}

/* Everything that a computation needs, from the arguments of a call. */
static StatuteCalendar *
start_period(FunctionCallInfo fcinfo, CallArgs args, sc_limit limit,
			 sc_direction direction, sc_period *period)
{
	DeadlineSite *site = call_site(fcinfo);
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, args.calendar);

	if (unlikely(site->convention_epoch != statute_epoch))
		find_convention(fcinfo, site, args.convention);
	period->cal = &cal->days;
	period->conv = &site->convention->rules;
	period->zone = &cal->zone.core;
	period->limit = limit;
	period->direction = direction;
	period->pauses = NULL;
	period->npauses = 0;
	if (args.pauses < PG_NARGS())
		get_pauses(PG_GETARG_MULTIRANGE_P(args.pauses), period);
	return cal;
}

static void
timestamp_out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("timestamp out of range")));
}

static TimestampTz
compute_deadline(FunctionCallInfo fcinfo, CallArgs args, sc_direction direction)
{
	TimestampTz start = PG_GETARG_TIMESTAMPTZ(0);
	TimestampTz result;
	sc_period	period;
	sc_reach	reach;
	StatuteCalendar *cal = start_period(fcinfo, args, PG_GETARG_TIMELIMIT(1), direction, &period);
	sc_status	status;

	if (TIMESTAMP_NOT_FINITE(start))
		return start;
	status = sc_deadline(&period, start, &result, &reach);
	if (status == SC_UNENDING)
		return DT_NOEND;
	if (status != SC_OK || !IS_VALID_TIMESTAMP(result))
		timestamp_out_of_range();
	statute_check_announced(cal, reach.from, reach.through);
	return result;
}

static DateADT
compute_due_date(FunctionCallInfo fcinfo, CallArgs args, sc_direction direction)
{
	DateADT		start = PG_GETARG_DATEADT(0);
	sc_limit	limit = PG_GETARG_TIMELIMIT(1);
	int64		last;
	sc_period	period;
	sc_reach	reach;
	StatuteCalendar *cal = start_period(fcinfo, args, limit, direction, &period);
	sc_status	status;

	if (sc_unit_is_clock(limit.unit))
	{
		char		buf[SC_LIMIT_BUFSIZE];

		sc_limit_format(limit, buf);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a time limit of %s cannot be counted from a date", buf),
				 errhint("Minutes and hours run from an instant: use a timestamp with time zone and statute.deadline().")));
	}
	if (DATE_NOT_FINITE(start))
		return start;
	status = sc_last_day(&period, start, &last, &reach);
	if (status == SC_UNENDING)
		return DATEVAL_NOEND;
	if (status != SC_OK)
		last = PG_INT64_MAX;	/* statute_date_result() complains */
	statute_check_announced(cal, reach.from, reach.through);
	return statute_date_result(last);
}

static const CallArgs limit_args = {2, 3, 4};

Datum
statute_deadline(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(compute_deadline(fcinfo, limit_args, SC_FORWARD));
}

Datum
statute_deadline_before(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(compute_deadline(fcinfo, limit_args, SC_BACKWARD));
}

Datum
statute_due_date(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(compute_due_date(fcinfo, limit_args, SC_FORWARD));
}

Datum
statute_due_date_before(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(compute_due_date(fcinfo, limit_args, SC_BACKWARD));
}

/*
 * For questions about the state at an instant, a stop without an end is taken
 * to end then: the clock would go on if it were resumed.
 */
static void
end_pauses(sc_period *period, TimestampTz as_of)
{
	sc_pause   *last;

	if (period->npauses == 0)
		return;
	last = (sc_pause *) &period->pauses[period->npauses - 1];
	if (last->to == SC_NEVER)
		last->to = Max(last->from, as_of);
}

/* microseconds as a number of minutes or hours */
static Datum
clock_units(int64 usec, sc_unit unit)
{
	int64		per_unit = unit == SC_HOUR ? USECS_PER_HOUR : USECS_PER_MINUTE;

	if (usec == SC_NEVER || usec == -SC_NEVER)
		timestamp_out_of_range();
	return DirectFunctionCall2(numeric_div,
							   NumericGetDatum(int64_to_numeric(usec)),
							   NumericGetDatum(int64_to_numeric(per_unit)));
}

static sc_day
local_day(StatuteCalendar *cal, TimestampTz instant)
{
	return (sc_day) sc_floor_div(cal->zone.core.to_local(cal->zone.core.arg, instant),
								 USECS_PER_DAY);
}

/*
 * Counted days after the first one through the second, less when the first is
 * the later.
 */
static Datum
days_between(StatuteCalendar *cal, const sc_period *period, bool workdays, sc_day a, sc_day b)
{
	int64		n;

	if (workdays)
		statute_check_announced(cal, (int64) Min(a, b) + 1, Max(a, b));
	n = a <= b ? sc_elapsed_days(period, workdays, a, b) : -sc_elapsed_days(period, workdays, b, a);
	return NumericGetDatum(int64_to_numeric(n));
}

static sc_unit
get_unit(text *name)
{
	sc_unit		unit;

	if (!sc_unit_parse(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &unit) ||
		(!sc_unit_is_clock(unit) && unit != SC_DAY && unit != SC_WORKDAY))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("elapsed time cannot be counted in \"%.*s\"",
						(int) VARSIZE_ANY_EXHDR(name), VARDATA_ANY(name)),
				 errhint("Use workdays, days, hours or minutes.")));
	return unit;
}

/* elapsed(start, until, unit, pauses, calendar) */
Datum
statute_elapsed(PG_FUNCTION_ARGS)
{
	TimestampTz start = PG_GETARG_TIMESTAMPTZ(0);
	TimestampTz until = PG_GETARG_TIMESTAMPTZ(1);
	sc_unit		unit = get_unit(PG_GETARG_TEXT_PP(2));
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, 4);
	sc_period	period = {0};

	if (TIMESTAMP_NOT_FINITE(start) || TIMESTAMP_NOT_FINITE(until))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("cannot count the time to or from an infinite timestamp")));
	period.cal = &cal->days;
	period.zone = &cal->zone.core;
	get_pauses(PG_GETARG_MULTIRANGE_P(3), &period);
	if (!sc_unit_is_clock(unit))
		return days_between(cal, &period, unit == SC_WORKDAY,
							local_day(cal, start), local_day(cal, until));
	return clock_units(start <= until ? sc_elapsed_clock(&period, start, until) :
					   -sc_elapsed_clock(&period, until, start), unit);
}

static const CallArgs as_of_args = {3, 4, 5};

/* remaining(start, allowed, as_of, calendar, convention, pauses) */
Datum
statute_remaining(PG_FUNCTION_ARGS)
{
	TimestampTz start = PG_GETARG_TIMESTAMPTZ(0);
	sc_limit	limit = PG_GETARG_TIMELIMIT(1);
	TimestampTz as_of = PG_GETARG_TIMESTAMPTZ(2);
	int64		end;
	sc_period	period;
	sc_reach	reach;
	StatuteCalendar *cal = start_period(fcinfo, as_of_args, limit, SC_FORWARD, &period);
	sc_status	status;

	if (TIMESTAMP_NOT_FINITE(start) || TIMESTAMP_NOT_FINITE(as_of))
		PG_RETURN_NULL();
	end_pauses(&period, as_of);
	if (sc_unit_is_clock(limit.unit))
		status = sc_deadline(&period, start, &end, &reach);
	else
		status = sc_last_day(&period, sc_event_day(&period, start), &end, &reach);
	if (status != SC_OK)
		timestamp_out_of_range();
	statute_check_announced(cal, reach.from, reach.through);
	if (sc_unit_is_clock(limit.unit))
		return clock_units(as_of <= end ? sc_elapsed_clock(&period, as_of, end) :
						   -sc_elapsed_clock(&period, end, as_of), limit.unit);
	return days_between(cal, &period, sc_counts_workdays(&period) || limit.unit == SC_IMMEDIATE,
						local_day(cal, as_of), (sc_day) end);
}

/* used_fraction(start, allowed, as_of, calendar, convention, pauses) */
Datum
statute_used_fraction(PG_FUNCTION_ARGS)
{
	TimestampTz start = PG_GETARG_TIMESTAMPTZ(0);
	TimestampTz as_of = PG_GETARG_TIMESTAMPTZ(2);
	double		used;
	sc_period	period;
	sc_reach	reach;
	StatuteCalendar *cal = start_period(fcinfo, as_of_args, PG_GETARG_TIMELIMIT(1),
										SC_FORWARD, &period);

	if (TIMESTAMP_NOT_FINITE(start) || TIMESTAMP_NOT_FINITE(as_of))
		PG_RETURN_NULL();
	end_pauses(&period, as_of);
	if (sc_used(&period, start, as_of, &used, &reach) != SC_OK)
		timestamp_out_of_range();
	statute_check_announced(cal, reach.from, reach.through);
	PG_RETURN_FLOAT8(used);
}
