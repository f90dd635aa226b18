/*
 * Working-day functions on dates.
 *
 * Infinite dates stay as they are where one is moved, as date + integer
 * leaves them; where days are counted they are an error, as in date - date.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"
#include "workday/workday.h"

PG_FUNCTION_INFO_V1(statute_is_workday);
PG_FUNCTION_INFO_V1(statute_is_provisional);
PG_FUNCTION_INFO_V1(statute_add_workdays);
PG_FUNCTION_INFO_V1(statute_workdays_between);
PG_FUNCTION_INFO_V1(statute_next_workday);
PG_FUNCTION_INFO_V1(statute_prev_workday);
PG_FUNCTION_INFO_V1(statute_roll_workday);
PG_FUNCTION_INFO_V1(statute_count_workdays);
PG_FUNCTION_INFO_V1(statute_list_workdays);

static void
check_countable(bool finite)
{
	if (!finite)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("cannot count the working days of an unending period")));
}

Datum
statute_is_workday(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, 1);

	if (DATE_NOT_FINITE(day))
		PG_RETURN_NULL();
	statute_check_announced(cal, day, day);
	PG_RETURN_BOOL(sc_is_workday(&cal->days, day));
}

Datum
statute_is_provisional(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, 1);

	if (DATE_NOT_FINITE(day))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(day < cal->known_from || day > cal->known_through);
}

Datum
statute_add_workdays(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, 2);

	if (DATE_NOT_FINITE(day))
		PG_RETURN_DATEADT(day);
	PG_RETURN_DATEADT(statute_add_workdays_to(cal, day, PG_GETARG_INT32(1)));
}

Datum
statute_workdays_between(PG_FUNCTION_ARGS)
{
	DateADT		a = PG_GETARG_DATEADT(0);
	DateADT		b = PG_GETARG_DATEADT(1);
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, 2);
	int32		rank_a;
	int32		rank_b;

	if (statute_sure_rank(cal, a, &rank_a) && statute_sure_rank(cal, b, &rank_b))
		PG_RETURN_INT32(rank_b - rank_a);
	check_countable(!DATE_NOT_FINITE(a) && !DATE_NOT_FINITE(b));
	PG_RETURN_INT32(statute_count_between(cal, a, b));
}

Datum
statute_next_workday(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, 1);

	if (DATE_NOT_FINITE(day))
		PG_RETURN_DATEADT(day);
	PG_RETURN_DATEADT(statute_add_workdays_to(cal, day, 1));
}

Datum
statute_prev_workday(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, 1);

	if (DATE_NOT_FINITE(day))
		PG_RETURN_DATEADT(day);
	PG_RETURN_DATEADT(statute_add_workdays_to(cal, day, -1));
}

Datum
statute_roll_workday(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	text	   *name = PG_GETARG_TEXT_PP(1);
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, 2);
	sc_roll		roll;
	DateADT		result;

	if (!sc_roll_parse(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &roll))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown roll \"%.*s\"", (int) VARSIZE_ANY_EXHDR(name), VARDATA_ANY(name)),
				 errhint("Use following, preceding, modified_following, modified_preceding, nearest or none.")));
	if (DATE_NOT_FINITE(day) || roll == SC_ROLL_NONE)
		PG_RETURN_DATEADT(day);
	result = statute_date_result(sc_roll_day(&cal->days, day, roll));
	statute_check_announced(cal, Min(day, result), Max(day, result));
	PG_RETURN_DATEADT(result);
}

/*
 * The days of a range of dates or working days as (after, through], whatever
 * its bounds; false where it is empty.
 */
static bool
range_days(RangeType *range, DateADT *after, DateADT *through)
{
	TypeCacheEntry *typcache = lookup_type_cache(RangeTypeGetOid(range), TYPECACHE_RANGE_INFO);
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;
	int64		low;
	int64		high;

	range_deserialize(typcache, range, &lower, &upper, &empty);
	if (empty)
		return false;
	check_countable(!lower.infinite && !upper.infinite &&
					!DATE_NOT_FINITE(DatumGetDateADT(lower.val)) &&
					!DATE_NOT_FINITE(DatumGetDateADT(upper.val)));
	low = (int64) DatumGetDateADT(lower.val) - lower.inclusive;
	high = (int64) DatumGetDateADT(upper.val) - !upper.inclusive;
	*after = (DateADT) low;
	*through = (DateADT) high;
	return high > low;
}

Datum
statute_count_workdays(PG_FUNCTION_ARGS)
{
	RangeType  *range = PG_GETARG_RANGE_P(0);
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, 1);
	DateADT		after;
	DateADT		through;

	if (!range_days(range, &after, &through))
		PG_RETURN_INT32(0);
	PG_RETURN_INT32(statute_count_between(cal, after, through));
}

Datum
statute_list_workdays(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	RangeType  *range = PG_GETARG_RANGE_P(0);
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, 1);
	DateADT		after;
	DateADT		through;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (range_days(range, &after, &through))
	{
		int64		rank = sc_rank(&cal->days, after);
		int64		last = sc_rank(&cal->days, through);

		statute_check_announced(cal, (int64) after + 1, through);
		while (rank++ < last)
		{
			Datum		day = DateADTGetDatum((DateADT) sc_select(&cal->days, rank));
			bool		isnull = false;

			CHECK_FOR_INTERRUPTS();
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &day, &isnull);
		}
	}
	return (Datum) 0;
}
