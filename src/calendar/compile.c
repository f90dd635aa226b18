/*
 * Compiling a calendar from its rows and those of its parents.
 */
#include "postgres.h"

#include "calendar/calendar.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/memutils.h"

/*
 * A calendar and its ancestors, nearest first.  An agency's own row wins over
 * a shipped one of the same name; the depth ends a cycle of parents, which
 * only hands that went around the checks could have made.
 */
#define CHAIN \
	"WITH RECURSIVE chain (depth, code, parent, weekend, time_zone, convention) AS (" \
	" (SELECT 0, c.code, c.parent, c.weekend, c.time_zone, c.convention" \
	"  FROM statute.calendar c WHERE c.code OPERATOR(pg_catalog.=) $1" \
	"  ORDER BY c.tableoid OPERATOR(pg_catalog.<>) 'statute.calendar'::pg_catalog.regclass LIMIT 1)" \
	" UNION ALL" \
	" SELECT h.depth OPERATOR(pg_catalog.+) 1, c.code, c.parent, c.weekend, c.time_zone, c.convention" \
	" FROM chain h JOIN statute.calendar c ON c.code OPERATOR(pg_catalog.=) h.parent" \
	" WHERE h.depth OPERATOR(pg_catalog.<) 32) "

static const char *const definition_query =
CHAIN "SELECT h.weekend, h.time_zone, h.convention, h.parent FROM chain h ORDER BY h.depth";

/* For each day the nearest calendar's row, an own one before a shipped one */
static const char *const days_query =
CHAIN "SELECT DISTINCT ON (d.day) d.day, d.is_workday "
"FROM chain h JOIN statute.calendar_day d ON d.calendar OPERATOR(pg_catalog.=) h.code "
"ORDER BY d.day, h.depth, d.tableoid OPERATOR(pg_catalog.<>) 'statute.calendar_day'::pg_catalog.regclass";

/* What is known is what every level that announces anything has announced. */
static const char *const announced_query =
CHAIN "SELECT pg_catalog.max(k.known_from), pg_catalog.min(k.known_through) FROM "
"(SELECT coalesce(pg_catalog.min(a.announced_from), '-infinity') AS known_from,"
"        pg_catalog.max(a.announced_through) AS known_through"
" FROM chain h JOIN statute.calendar_announcement a ON a.calendar OPERATOR(pg_catalog.=) h.code"
" GROUP BY h.code) k";

static void
run_query(const char *sql, const char *code)
{
	Oid			types[1] = {TEXTOID};
	Datum		values[1];

	values[0] = CStringGetTextDatum(code);
	statute_query(sql, 1, types, values);
}

static Datum
column(uint64 row, int col, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, col, isnull);
}

/* The weekly pattern, bit 0 for Monday, from an array of ISO weekdays off */
static unsigned
week_of(Datum weekend)
{
	ArrayType  *array = DatumGetArrayTypeP(weekend);
	Datum	   *elems;
	int			n;
	unsigned	week = 0x7F;

	deconstruct_array(array, INT4OID, sizeof(int32), true, TYPALIGN_INT, &elems, NULL, &n);
	for (int i = 0; i < n; i++)
	{
		int32		isodow = DatumGetInt32(elems[i]);

		if (isodow >= 1 && isodow <= 7)
			week &= ~(1u << (isodow - 1));
	}
	if (week == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a calendar must have at least one working day a week")));
	return week;
}

/* The nearest calendar's value that is not null, for what children inherit. */
static Datum
inherited(int col, const char *code)
{
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		bool		isnull;
		Datum		value = column(row, col, &isnull);

		if (!isnull)
			return value;
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("calendar \"%s\" and those above it do not define a week, a time zone and a convention", code)));
	return (Datum) 0;			/* not reached */
}

static bool
load_definition(StatuteCalendar *cal, unsigned *week)
{
	bool		isnull;
	char	   *zone;

	run_query(definition_query, cal->code);
	if (SPI_processed == 0)
		return false;
	column(SPI_processed - 1, 4, &isnull);
	if (!isnull)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("calendar \"%s\" has a parent \"%s\" that does not exist or leads back to it",
						cal->code, SPI_getvalue(SPI_tuptable->vals[SPI_processed - 1], SPI_tuptable->tupdesc, 4))));
	*week = week_of(inherited(1, cal->code));
	zone = TextDatumGetCString(inherited(2, cal->code));
	if (!statute_zone_init(&cal->zone, zone))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" of calendar \"%s\" is not known to this server", zone, cal->code)));
	strlcpy(cal->convention, TextDatumGetCString(inherited(3, cal->code)), NAMEDATALEN);
	return true;
}

static void
load_days(StatuteCalendar *cal, unsigned week)
{
	sc_exception *exceptions;
	int			n;
	int64		words;
	int32	   *space;

	run_query(days_query, cal->code);
	n = (int) SPI_processed;
	exceptions = palloc(sizeof(sc_exception) * (n + 1));
	for (int i = 0; i < n; i++)
	{
		bool		isnull;

		exceptions[i].day = DatumGetDateADT(column(i, 1, &isnull));
		exceptions[i].works = DatumGetBool(column(i, 2, &isnull));
	}
	words = sc_calendar_words(exceptions, n);
	if (words < 0)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the days of calendar \"%s\" are more than 400 years apart", cal->code)));
	space = MemoryContextAlloc(statute_cache_context(), words * sizeof(int32));
	sc_calendar_init(&cal->days, week, exceptions, n, space);
}

/* Nothing announced is nothing known. */
static void
load_announced(StatuteCalendar *cal)
{
	bool		isnull;
	DateADT		from;
	DateADT		through;

	run_query(announced_query, cal->code);
	from = DatumGetDateADT(column(0, 1, &isnull));
	through = DatumGetDateADT(column(0, 2, &isnull));
	cal->known_from = isnull ? PG_INT64_MAX : DATE_IS_NOBEGIN(from) ? PG_INT64_MIN : from;
	cal->known_through = isnull ? PG_INT64_MIN : DATE_IS_NOEND(through) ? PG_INT64_MAX : through;
}

/*
 * A difference of ranks rests on the days after the one through the other, so
 * the day before the first announced one is sure as well.  The ranks count
 * from that day; what is beyond UINT16_MAX days of it takes the longer way.
 */
static void
find_sure_days(StatuteCalendar *cal)
{
	int64		first = Max((int64) cal->days.first - 1, cal->known_from == PG_INT64_MIN ?
							PG_INT64_MIN : cal->known_from - 1);
	int64		last = Min((int64) cal->days.first + cal->days.ndays - 1, cal->known_through);
	const int32 *before;
	uint16	   *rank;

	cal->nsure = 0;
	if (first > last)
		return;
	cal->nsure = (uint32) Min(last - first + 1, PG_UINT16_MAX);
	cal->sure_first = (sc_day) first;
	before = cal->days.before + (first - cal->days.first + 1);
	rank = MemoryContextAlloc(statute_cache_context(), cal->nsure * sizeof(uint16));
	for (uint32 i = 0; i < cal->nsure; i++)
		rank[i] = (uint16) (before[i] - before[0]);
	cal->sure_rank = rank;
}

static void
load_revision(StatuteCalendar *cal)
{
	bool		isnull;

	run_query("SELECT statute._count_revisions($1)", cal->code);
	cal->revision = DatumGetInt64(column(0, 1, &isnull));
}

/* Sets valid where the calendar exists. */
void
statute_calendar_compile(StatuteCalendar *cal)
{
	unsigned	week;

	SPI_connect();
	if (load_definition(cal, &week))
	{
		load_announced(cal);
		load_days(cal, week);
		find_sure_days(cal);
		load_revision(cal);
		cal->warned_at = 0;
		cal->valid = true;
	}
	SPI_finish();
}
