/*
 * Type quota: input, output, order and changes.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "quota/quota.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/numeric.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(statute_quota_in);
PG_FUNCTION_INFO_V1(statute_quota_out);
PG_FUNCTION_INFO_V1(statute_quota_recv);
PG_FUNCTION_INFO_V1(statute_quota_send);
PG_FUNCTION_INFO_V1(statute_quota_cmp);
PG_FUNCTION_INFO_V1(statute_quota_lt);
PG_FUNCTION_INFO_V1(statute_quota_le);
PG_FUNCTION_INFO_V1(statute_quota_eq);
PG_FUNCTION_INFO_V1(statute_quota_ne);
PG_FUNCTION_INFO_V1(statute_quota_ge);
PG_FUNCTION_INFO_V1(statute_quota_gt);
PG_FUNCTION_INFO_V1(statute_quota_hash);
PG_FUNCTION_INFO_V1(statute_quota_hash_extended);
PG_FUNCTION_INFO_V1(statute_quota_bounds);
PG_FUNCTION_INFO_V1(statute_quota_unit);
PG_FUNCTION_INFO_V1(statute_quota_with_base);
PG_FUNCTION_INFO_V1(statute_quota_since);

#define WORD_SHOWN	40			/* bytes of a word that is pointed at */

sc_quota *
statute_quota_copy(const sc_quota *quota)
{
	sc_quota   *copy = palloc(sizeof(sc_quota));

	*copy = *quota;
	return copy;
}

/* The word at a place in UTF-8 text, for a message */
static char *
word_at(const char *at)
{
	int			len = (int) strcspn(at, " \t\n\r\v\f");
	char	   *word;

	if (len == 0)
		return pstrdup("end of input");
	len = Min(len, pg_encoding_mbcliplen(PG_UTF8, at, len, WORD_SHOWN));
	word = pnstrdup(at, len);
	return psprintf("\"%s\"", pg_any_to_server(word, len, PG_UTF8));
}

static const char *
what_was_expected(sc_quota_status status)
{
	switch (status)
	{
		case SC_QUOTA_BAD_SENSE:
			return "\"at least\", \"at most\", \"exactly\", 至少, 不超过 or the like";
		case SC_QUOTA_BAD_NUMBER:
			return "a whole number of times or days, or a percentage of up to two decimals";
		case SC_QUOTA_BAD_PERIOD:
			return "\"in total\" or \"per\" with week, month, quarter, half year, year or a number of days";
		case SC_QUOTA_BAD_BASE:
			return "\"of previous year\", \"of same quarter of previous year\", \"of base\" or \"of\" and a number";
		case SC_QUOTA_BAD_DATE:
			return "the date of an event, such as 2022-02-16 or 2022年2月16日";
		default:
			return "the end of the quota";
	}
}

/* What is wrong with a quota that is written correctly; false where that is not so. */
static bool
explain_meaning(sc_quota_status status, const char **message, const char **hint)
{
	*hint = NULL;
	switch (status)
	{
		case SC_QUOTA_NOT_POSITIVE:
			*message = "quota must ask for more than zero";
			*hint = "What must never happen is a check, not a quota.";
			return true;
		case SC_QUOTA_RANGE:
			*message = "number in quota is out of range";
			return true;
		case SC_QUOTA_PERCENT_RANGE:
			*message = "percentage in quota is above 1000";
			return true;
		case SC_QUOTA_TOO_MANY_DAYS:
			*message = "quota asks for more days than its period has";
			return true;
		case SC_QUOTA_EXACT_PERCENT:
			*message = "quota cannot ask for exactly a percentage";
			*hint = "Use \"at least\", \"at most\", \"more than\" or \"less than\".";
			return true;
		case SC_QUOTA_EXACT_WINDOW:
			*message = "quota cannot ask for exactly a number in each of many windows";
			*hint = "Add \"since\" and a date for periods of so many days that follow each other.";
			return true;
		case SC_QUOTA_BASE_PERIOD:
			*message = "quota has no such base for its period";
			return true;
		case SC_QUOTA_SINCE_WHAT:
			*message = "quota in total has no periods to count since a date";
			return true;
		default:
			return false;
	}
}

/* One message for each way in which a literal can be wrong */
void
statute_quota_complain(sc_quota_status status, const char *str, const char *at, Node *escontext)
{
	const char *message;
	const char *hint;
	bool		range = status == SC_QUOTA_RANGE || status == SC_QUOTA_PERCENT_RANGE || status == SC_QUOTA_TOO_MANY_DAYS;

	if (explain_meaning(status, &message, &hint))
		ereturn(escontext,,
				(errcode(range ? ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE : ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s: \"%s\"", message, str),
				 hint ? errhint("%s", hint) : 0));
	ereturn(escontext,,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type quota: \"%s\"", str),
			 errdetail("At %s: expected %s.", word_at(at), what_was_expected(status)),
			 errhint("Write a quota such as \"at least 1 per quarter\", \"at least 30 days per year\", \"at most 2 per 30 days\", \"at most 100%% of previous year\" or 每季度至少1次.")));
}

Datum
statute_quota_in(PG_FUNCTION_ARGS)
{
	char	   *str = PG_GETARG_CSTRING(0);
	char	   *utf8 = pg_server_to_any(str, (int) strlen(str), PG_UTF8);
	sc_quota	quota;
	const char *at;
	sc_quota_status status = sc_quota_parse(utf8, strlen(utf8), &quota, &at);

	if (status != SC_QUOTA_OK)
	{
		statute_quota_complain(status, str, at, fcinfo->context);
		PG_RETURN_NULL();
	}
	PG_RETURN_QUOTA(statute_quota_copy(&quota));
}

Datum
statute_quota_out(PG_FUNCTION_ARGS)
{
	char	   *buf = palloc(SC_QUOTA_BUFSIZE);

	sc_quota_format(PG_GETARG_QUOTA(0), buf);
	PG_RETURN_CSTRING(buf);
}

/* As quota_state has it too */
bool
statute_quota_read(StringInfo buf, sc_quota *quota)
{
	quota->amount = (int32) pq_getmsgint(buf, 4);
	quota->base = (int32) pq_getmsgint(buf, 4);
	quota->since = (int32) pq_getmsgint(buf, 4);
	quota->ndays = (int32) pq_getmsgint(buf, 4);
	quota->sense = (uint8) pq_getmsgbyte(buf);
	quota->measure = (uint8) pq_getmsgbyte(buf);
	quota->per = (uint8) pq_getmsgbyte(buf);
	quota->base_kind = (uint8) pq_getmsgbyte(buf);
	return sc_quota_check(quota) == SC_QUOTA_OK;
}

void
statute_quota_write(StringInfo buf, const sc_quota *quota)
{
	pq_sendint32(buf, quota->amount);
	pq_sendint32(buf, quota->base);
	pq_sendint32(buf, quota->since);
	pq_sendint32(buf, quota->ndays);
	pq_sendint8(buf, quota->sense);
	pq_sendint8(buf, quota->measure);
	pq_sendint8(buf, quota->per);
	pq_sendint8(buf, quota->base_kind);
}

Datum
statute_quota_recv(PG_FUNCTION_ARGS)
{
	sc_quota	quota;

	if (!statute_quota_read((StringInfo) PG_GETARG_POINTER(0), &quota))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type quota")));
	PG_RETURN_QUOTA(statute_quota_copy(&quota));
}

Datum
statute_quota_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	statute_quota_write(&buf, PG_GETARG_QUOTA(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

static int
compare(FunctionCallInfo fcinfo)
{
	return sc_quota_cmp(PG_GETARG_QUOTA(0), PG_GETARG_QUOTA(1));
}

Datum
statute_quota_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

Datum
statute_quota_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) < 0);
}

Datum
statute_quota_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) <= 0);
}

Datum
statute_quota_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) == 0);
}

Datum
statute_quota_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) != 0);
}

Datum
statute_quota_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) >= 0);
}

Datum
statute_quota_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) > 0);
}

/* Equal quotas are equal bytes. */
Datum
statute_quota_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT32(hash_bytes((const unsigned char *) PG_GETARG_QUOTA(0), sizeof(sc_quota)));
}

Datum
statute_quota_hash_extended(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT64(hash_bytes_extended((const unsigned char *) PG_GETARG_QUOTA(0), sizeof(sc_quota),
										 (uint64) PG_GETARG_INT64(1)));
}

/* [1,) of "at least 1", [0,50) of "less than 50%" */
Datum
statute_quota_bounds(PG_FUNCTION_ARGS)
{
	sc_quota   *q = PG_GETARG_QUOTA(0);
	Numeric		amount = int64_div_fast_to_numeric(q->amount, q->measure == SC_PERCENT ? 2 : 0);
	bool		low = q->sense != SC_AT_MOST && q->sense != SC_LESS_THAN;
	bool		high = q->sense != SC_AT_LEAST && q->sense != SC_MORE_THAN;
	RangeBound	lower = {.lower = true};
	RangeBound	upper = {.lower = false};

	lower.val = NumericGetDatum(low ? amount : int64_to_numeric(0));
	lower.inclusive = q->sense != SC_MORE_THAN;
	upper.val = NumericGetDatum(amount);
	upper.inclusive = high && q->sense != SC_LESS_THAN;
	upper.infinite = !high;
	PG_RETURN_RANGE_P(statute_make_range(lookup_type_cache(NUMRANGEOID, TYPECACHE_RANGE_INFO), &lower, &upper));
}

Datum
statute_quota_unit(PG_FUNCTION_ARGS)
{
	static const char *const names[SC_MEASURE_COUNT] = {
		[SC_TIMES] = "times", [SC_DISTINCT_DAYS] = "days", [SC_PERCENT] = "percent"
	};

	PG_RETURN_TEXT_P(cstring_to_text(names[PG_GETARG_QUOTA(0)->measure]));
}

/* A changed quota, if it is one */
static Datum
changed(sc_quota *quota)
{
	sc_quota_status status = sc_quota_check(quota);
	char		buf[SC_QUOTA_BUFSIZE];

	if (status != SC_QUOTA_OK)
	{
		sc_quota_format(quota, buf);
		statute_quota_complain(status, buf, "", NULL);
	}
	PG_RETURN_QUOTA(quota);
}

Datum
statute_quota_with_base(PG_FUNCTION_ARGS)
{
	sc_quota   *quota = statute_quota_copy(PG_GETARG_QUOTA(0));
	int32		base = PG_GETARG_INT32(1);
	char		buf[SC_QUOTA_BUFSIZE];

	sc_quota_format(quota, buf);
	if (quota->base_kind != SC_BASE_GIVEN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("quota \"%s\" takes no base", buf),
				 errhint("Only quotas \"of base\", such as \"at most 50%% of base\", do.")));
	if (base < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("base of quota \"%s\" must not be negative: %d", buf, base)));
	quota->base = base;
	return changed(quota);
}

Datum
statute_quota_since(PG_FUNCTION_ARGS)
{
	sc_quota   *quota = statute_quota_copy(PG_GETARG_QUOTA(0));
	DateADT		event = PG_GETARG_DATEADT(1);

	quota->since = DATE_NOT_FINITE(event) ? SC_DAY_MAX : event;
	if (quota->since < SC_DAY_MIN || sc_quota_check(quota) == SC_QUOTA_BAD_DATE)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("quota cannot count since \"%s\"",
						DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(event)))),
				 errhint("Give a date of the years 1 to 9999.")));
	return changed(quota);
}
