/*
 * Conventions: reading the rows of table convention, and keeping them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "deadline/deadline.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/hsearch.h"

static HTAB *conventions = NULL;
static uint64 conventions_generation = 0;

/* In the order of the fields that read_rules() takes */
static const char *const convention_query =
"SELECT c.event_day_counts, c.clear_forward, c.clear_backward, c.full_hours, c.roll_hours,"
" c.roll_forward, c.roll_backward, c.month_end, c.short_days, c.min_workdays,"
" c.min_workdays_from, c.closing, c.receipt_cutoff "
"FROM statute.convention c WHERE c.code OPERATOR(pg_catalog.=) $1 "
"ORDER BY c.tableoid OPERATOR(pg_catalog.<>) 'statute.convention'::pg_catalog.regclass LIMIT 1";

static Datum
field(int col)
{
	bool		isnull;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, col, &isnull);

	if (isnull)
		elog(ERROR, "null in column %d of a convention", col);
	return value;
}

static sc_roll
roll_field(int col)
{
	char	   *name = TextDatumGetCString(field(col));
	sc_roll		roll;

	if (!sc_roll_parse(name, strlen(name), &roll))
		elog(ERROR, "unknown roll \"%s\" in a convention", name);
	return roll;
}

static void
read_rules(sc_convention *rules)
{
	rules->event_day_counts = DatumGetBool(field(1));
	rules->clear_forward = DatumGetBool(field(2));
	rules->clear_backward = DatumGetBool(field(3));
	rules->full_hours = DatumGetBool(field(4));
	rules->roll_hours = DatumGetBool(field(5));
	rules->roll_forward = roll_field(6);
	rules->roll_backward = roll_field(7);
	rules->month_end = strcmp(TextDatumGetCString(field(8)), "next") == 0 ?
		SC_MONTH_NEXT : SC_MONTH_CLAMP;
	rules->short_days = DatumGetInt32(field(9));
	rules->min_workdays = DatumGetInt32(field(10));
	rules->min_workdays_from = DatumGetInt32(field(11));
	rules->closing = DatumGetTimeADT(field(12));
	rules->receipt_cutoff = DatumGetTimeADT(field(13));
}

static void
load_convention(StatuteConvention *conv)
{
	Oid			types[1] = {TEXTOID};
	Datum		values[1];

	SPI_connect();
	values[0] = CStringGetTextDatum(conv->code);
	statute_query(convention_query, 1, types, values);
	if (SPI_processed == 1)
	{
		read_rules(&conv->rules);
		conv->valid = true;
	}
	SPI_finish();
}

static void
start_conventions(void)
{
	HASHCTL		ctl;

	if (conventions != NULL && conventions_generation == statute_cache_generation)
		return;
	conventions = NULL;			/* it went with the cache's memory */
	ctl.keysize = NAMEDATALEN;
	ctl.entrysize = sizeof(StatuteConvention);
	ctl.hcxt = statute_cache_context();
	conventions = hash_create("pg_statute conventions", 8, &ctl,
							  HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	conventions_generation = statute_cache_generation;
}

const StatuteConvention *
statute_convention_by_name(const char *name, size_t len)
{
	char		key[NAMEDATALEN] = {0};
	StatuteConvention *conv;
	bool		found;

	start_conventions();
	if (len < NAMEDATALEN)
		memcpy(key, name, len);
	conv = (StatuteConvention *) hash_search(conventions, key, HASH_ENTER, &found);
	if (!found)
		conv->valid = false;
	if (!conv->valid && len < NAMEDATALEN)
		load_convention(conv);
	if (!conv->valid)
	{
		hash_search(conventions, key, HASH_REMOVE, NULL);
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("convention \"%.*s\" does not exist", (int) len, name),
				 errhint("SELECT code FROM statute.convention lists the conventions; statute.define_convention() makes one.")));
	}
	return conv;
}
