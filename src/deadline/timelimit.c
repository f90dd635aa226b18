/*
 * Type timelimit: input, output, order and casts.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "compat.h"
#include "datatype/timestamp.h"
#include "deadline/deadline.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(statute_timelimit_in);
PG_FUNCTION_INFO_V1(statute_timelimit_out);
PG_FUNCTION_INFO_V1(statute_timelimit_recv);
PG_FUNCTION_INFO_V1(statute_timelimit_send);
PG_FUNCTION_INFO_V1(statute_timelimit_cmp);
PG_FUNCTION_INFO_V1(statute_timelimit_lt);
PG_FUNCTION_INFO_V1(statute_timelimit_le);
PG_FUNCTION_INFO_V1(statute_timelimit_eq);
PG_FUNCTION_INFO_V1(statute_timelimit_ne);
PG_FUNCTION_INFO_V1(statute_timelimit_ge);
PG_FUNCTION_INFO_V1(statute_timelimit_gt);
PG_FUNCTION_INFO_V1(statute_timelimit_hash);
PG_FUNCTION_INFO_V1(statute_timelimit_hash_extended);
PG_FUNCTION_INFO_V1(statute_timelimit_from_interval);
PG_FUNCTION_INFO_V1(statute_timelimit_to_interval);

/* One message for each way in which a literal can be wrong. */
static Datum
bad_limit(Node *escontext, const char *str, sc_parse_status status)
{
	switch (status)
	{
		case SC_PARSE_NEGATIVE:
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("time limit cannot be negative: \"%s\"", str),
					 errhint("To count back from a date, subtract the limit from it.")));
		case SC_PARSE_RANGE:
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("time limit \"%s\" is out of range", str)));
		case SC_PARSE_AMBIGUOUS:
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("invalid input syntax for type timelimit: \"%s\"", str),
					 errdetail("It could be a number of months or the name of a month."),
					 errhint("Write 3个月 for three months.")));
		default:
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("invalid input syntax for type timelimit: \"%s\"", str),
					 errhint("Write a whole number and one unit, such as \"7 workdays\", \"10 days\", \"3 months\", \"30 minutes\", \"7个工作日\" or \"三个月\", or \"immediate\".")));
	}
}

Datum
statute_timelimit_in(PG_FUNCTION_ARGS)
{
	char	   *str = PG_GETARG_CSTRING(0);
	int			len = (int) strlen(str);
	char	   *utf8 = pg_server_to_any(str, len, PG_UTF8);
	sc_limit	limit;
	sc_parse_status status = sc_limit_parse(utf8, strlen(utf8), &limit);

	if (status != SC_PARSE_OK)
		return bad_limit(fcinfo->context, str, status);
	PG_RETURN_TIMELIMIT(limit);
}

Datum
statute_timelimit_out(PG_FUNCTION_ARGS)
{
	char	   *buf = palloc(SC_LIMIT_BUFSIZE);

	sc_limit_format(PG_GETARG_TIMELIMIT(0), buf);
	PG_RETURN_CSTRING(buf);
}

Datum
statute_timelimit_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int32		n = pq_getmsgint(buf, 4);
	uint32		unit = pq_getmsgint(buf, 4);
	sc_limit	limit;

	if (unit >= SC_UNIT_COUNT || n < 0 || (unit == SC_IMMEDIATE && n != 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type timelimit: count %d, unit %u", n, unit)));
	limit.n = n;
	limit.unit = (sc_unit) unit;
	PG_RETURN_TIMELIMIT(limit);
}

Datum
statute_timelimit_send(PG_FUNCTION_ARGS)
{
	sc_limit	limit = PG_GETARG_TIMELIMIT(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint32(&buf, limit.n);
	pq_sendint32(&buf, limit.unit);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

static int
compare(FunctionCallInfo fcinfo)
{
	return sc_limit_cmp(PG_GETARG_TIMELIMIT(0), PG_GETARG_TIMELIMIT(1));
}

Datum
statute_timelimit_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

Datum
statute_timelimit_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) < 0);
}

Datum
statute_timelimit_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) <= 0);
}

Datum
statute_timelimit_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) == 0);
}

Datum
statute_timelimit_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) != 0);
}

Datum
statute_timelimit_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) >= 0);
}

Datum
statute_timelimit_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) > 0);
}

/*
 * Equal limits are the same words, but for nothing of a unit: "0 days" and
 * "0 weeks" differ too, by their unit.  So the packed value is what to hash.
 */
Datum
statute_timelimit_hash(PG_FUNCTION_ARGS)
{
	uint64		packed = (uint64) PG_GETARG_INT64(0);

	PG_RETURN_UINT32(hash_bytes_uint32((uint32) (packed >> 32) * 8 + (uint32) packed));
}

Datum
statute_timelimit_hash_extended(PG_FUNCTION_ARGS)
{
	uint64		packed = (uint64) PG_GETARG_INT64(0);

	PG_RETURN_UINT64(hash_bytes_uint32_extended((uint32) (packed >> 32) * 8 + (uint32) packed,
												(uint64) PG_GETARG_INT64(1)));
}

/* One field of an interval, and whole units of it */
Datum
statute_timelimit_from_interval(PG_FUNCTION_ARGS)
{
	Interval   *span = PG_GETARG_INTERVAL_P(0);
	sc_limit	limit;
	int64		n;

	if ((span->month != 0) + (span->day != 0) + (span->time != 0) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("interval mixes units and is not a time limit"),
				 errhint("A time limit has one unit: months, days, or hours and minutes.")));
	if (span->month != 0)
	{
		limit.unit = span->month % 12 == 0 ? SC_YEAR : SC_MONTH;
		n = limit.unit == SC_YEAR ? span->month / 12 : span->month;
	}
	else if (span->time != 0)
	{
		limit.unit = span->time % USECS_PER_HOUR == 0 ? SC_HOUR : SC_MINUTE;
		n = span->time / (limit.unit == SC_HOUR ? USECS_PER_HOUR : USECS_PER_MINUTE);
		if (span->time % USECS_PER_MINUTE != 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("interval is not a whole number of minutes")));
	}
	else
	{
		limit.unit = SC_DAY;
		n = span->day;
	}
	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time limit cannot be negative"),
				 errhint("To count back from a date, subtract the limit from it.")));
	if (n > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("interval is out of range for a time limit")));
	limit.n = (int32) n;
	PG_RETURN_TIMELIMIT(limit);
}

static void
set_interval(Interval *span, int64 month, int64 day, int64 time)
{
	if (month > PG_INT32_MAX || day > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("interval out of range")));
	span->month = (int32) month;
	span->day = (int32) day;
	span->time = time;
}

Datum
statute_timelimit_to_interval(PG_FUNCTION_ARGS)
{
	sc_limit	limit = PG_GETARG_TIMELIMIT(0);
	Interval   *span = palloc0(sizeof(Interval));
	char		buf[SC_LIMIT_BUFSIZE];

	switch (limit.unit)
	{
		case SC_MINUTE:
			set_interval(span, 0, 0, limit.n * USECS_PER_MINUTE);
			break;
		case SC_HOUR:
			set_interval(span, 0, 0, limit.n * USECS_PER_HOUR);
			break;
		case SC_DAY:
			set_interval(span, 0, limit.n, 0);
			break;
		case SC_WEEK:
			set_interval(span, 0, (int64) limit.n * 7, 0);
			break;
		case SC_MONTH:
			set_interval(span, limit.n, 0, 0);
			break;
		case SC_YEAR:
			set_interval(span, (int64) limit.n * 12, 0, 0);
			break;
		default:
			sc_limit_format(limit, buf);
			ereport(ERROR,
					(errcode(ERRCODE_CANNOT_COERCE),
					 errmsg("time limit \"%s\" has no fixed length", buf),
					 errhint("Use statute.deadline() to find where it ends.")));
	}
	PG_RETURN_INTERVAL_P(span);
}
