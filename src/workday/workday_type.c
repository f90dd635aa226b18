/*
 * Type workday: a date that the session's calendar works on.
 *
 * It is stored, compared, hashed and sorted as the date that it is, by core's
 * own functions; what is ours is the check on the way in, and arithmetic.
 */
#include "postgres.h"

#include "compat.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "workday/workday.h"

PG_FUNCTION_INFO_V1(statute_workday_in);
PG_FUNCTION_INFO_V1(statute_workday_recv);
PG_FUNCTION_INFO_V1(statute_workday_from_date);
PG_FUNCTION_INFO_V1(statute_workday_pl);
PG_FUNCTION_INFO_V1(statute_workday_mi);
PG_FUNCTION_INFO_V1(statute_int_pl_workday);
PG_FUNCTION_INFO_V1(statute_workday_diff);

#define PG_GETARG_WORKDAY(n)	PG_GETARG_DATEADT(n)
#define PG_RETURN_WORKDAY(x)	PG_RETURN_DATEADT(x)

/*
 * Return the date as a working day, or complain.  In a restore calendars can
 * come after the rows that were checked against them, so there only the date
 * is checked; like functions' bodies, and by the same setting.
 */
static Datum
check_workday(FunctionCallInfo fcinfo, Node *escontext, DateADT day)
{
	StatuteCalendar *cal;

	if (!check_function_bodies)
		return DateADTGetDatum(day);
	if (DATE_NOT_FINITE(day))
		ereturn(escontext, (Datum) 0,
				(errcode(ERRCODE_STATUTE_NOT_A_WORKDAY),
				 errmsg("%s is not a working day", statute_day_text(day))));
	/* literals are read while there is no snapshot, too */
	cal = ActiveSnapshotSet() ? statute_calendar_arg(fcinfo, -1) : statute_calendar_find(fcinfo, -1);
	statute_check_announced(cal, day, day);
	if (!sc_is_workday(&cal->days, day))
		ereturn(escontext, (Datum) 0,
				(errcode(ERRCODE_STATUTE_NOT_A_WORKDAY),
				 errmsg("%s is not a working day of calendar \"%s\"",
						statute_day_text(day), cal->code),
				 errdetail("The working days around it are %s and %s.",
						   statute_day_text(sc_add_workdays(&cal->days, day, -1)),
						   statute_day_text(sc_add_workdays(&cal->days, day, 1)))));
	return DateADTGetDatum(day);
}

Datum
statute_workday_in(PG_FUNCTION_ARGS)
{
	Datum		day;

#if PG_VERSION_NUM >= 160000
	if (!DirectInputFunctionCallSafe(date_in, PG_GETARG_CSTRING(0), InvalidOid, -1,
									 fcinfo->context, &day))
		PG_RETURN_NULL();
#else
	day = DirectFunctionCall1(date_in, PG_GETARG_DATUM(0));
#endif
	return check_workday(fcinfo, fcinfo->context, DatumGetDateADT(day));
}

Datum
statute_workday_recv(PG_FUNCTION_ARGS)
{
	Datum		day = DirectFunctionCall1(date_recv, PG_GETARG_DATUM(0));

	return check_workday(fcinfo, NULL, DatumGetDateADT(day));
}

Datum
statute_workday_from_date(PG_FUNCTION_ARGS)
{
	return check_workday(fcinfo, NULL, PG_GETARG_DATEADT(0));
}

static DateADT
move_workday(FunctionCallInfo fcinfo, DateADT day, int64 n)
{
	if (DATE_NOT_FINITE(day))
		return day;
	return statute_add_workdays_to(statute_calendar_arg(fcinfo, -1), day, n);
}

Datum
statute_workday_pl(PG_FUNCTION_ARGS)
{
	PG_RETURN_WORKDAY(move_workday(fcinfo, PG_GETARG_WORKDAY(0), PG_GETARG_INT32(1)));
}

Datum
statute_int_pl_workday(PG_FUNCTION_ARGS)
{
	PG_RETURN_WORKDAY(move_workday(fcinfo, PG_GETARG_WORKDAY(1), PG_GETARG_INT32(0)));
}

Datum
statute_workday_mi(PG_FUNCTION_ARGS)
{
	PG_RETURN_WORKDAY(move_workday(fcinfo, PG_GETARG_WORKDAY(0), -(int64) PG_GETARG_INT32(1)));
}

/* a - b: the working days after b through a */
Datum
statute_workday_diff(PG_FUNCTION_ARGS)
{
	DateADT		a = PG_GETARG_WORKDAY(0);
	DateADT		b = PG_GETARG_WORKDAY(1);
	StatuteCalendar *cal = statute_calendar_arg(fcinfo, -1);

	if (DATE_NOT_FINITE(a) || DATE_NOT_FINITE(b))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("cannot subtract infinite dates")));
	PG_RETURN_INT32(statute_count_between(cal, b, a));
}
