/*
 * The cache of compiled calendars, one per backend.
 *
 * Three things keep it true to its tables.  Statement triggers on them put a
 * new number into the one row of calendar_version, which is read again under
 * every new snapshot: whatever the isolation level, the number that a
 * statement sees belongs to the rows that it sees.  The same triggers
 * invalidate that table's relcache entry, and our callback drops the cache;
 * that reaches this session's own aborts, which no snapshot shows.  And the
 * callback watches every table that was read, so that a pack which is dropped
 * takes its calendars with it.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "calendar/calendar.h"
#include "catalog/namespace.h"
#include "catalog/pg_inherits.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "storage/lmgr.h"
#include "storage/sinval.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#define MAX_WATCHED		64

uint64		statute_epoch = 1;
uint64		statute_cache_generation = 0;
StatuteVerified statute_verified;

static char *session_calendar = NULL;	/* GUC statute.calendar */

static MemoryContext cache_context = NULL;
static HTAB *calendars = NULL;
static char default_calendar[NAMEDATALEN];
static bool default_known = false;
static int64 cache_version = -1;

/* How often the callback was called, and when the cache was last emptied; 0: never, or not wholly. */
static uint64 invalidations = 1;
static uint64 emptied_at = 0;

/* The tables that were read; beyond MAX_WATCHED, every table is watched. */
static Oid	watched[MAX_WATCHED];
static int	nwatched = 0;

static const char *const tables[] = {
	"calendar_version", "calendar", "calendar_day", "calendar_announcement",
	"calendar_default", "calendar_revision", "convention"
};

PG_FUNCTION_INFO_V1(statute_calendar_changed);
PG_FUNCTION_INFO_V1(statute_current_calendar);
PG_FUNCTION_INFO_V1(statute_current_revision);
PG_FUNCTION_INFO_V1(statute_in_extension_script);
PG_FUNCTION_INFO_V1(statute_is_time_zone);

/* Called in the middle of anything: no catalog access, only notes. */
static void
relcache_callback(Datum arg, Oid relid)
{
	bool		ours = relid == InvalidOid || nwatched > MAX_WATCHED;

	for (int i = 0; i < nwatched && !ours; i++)
		ours = watched[i] == relid;
	if (!ours)
		return;
	invalidations++;
	statute_epoch++;
}

/*
 * SERIALIZABLE is told of what a transaction reads, so each reads the version
 * for itself, though its snapshot may be the last one's.
 */
static void
xact_callback(XactEvent event, void *arg)
{
	statute_verified.xmax = InvalidTransactionId;
}

static void
assign_calendar(const char *newval, void *extra)
{
	statute_epoch++;
}

void
statute_cache_init(void)
{
	DefineCustomStringVariable("statute.calendar",
							   "The calendar that working days and deadlines use where none is given.",
							   "Where it is empty, the database's default calendar is used.",
							   &session_calendar, "", PGC_USERSET, 0,
							   NULL, assign_calendar, NULL);
	CacheRegisterRelcacheCallback(relcache_callback, (Datum) 0);
	RegisterXactCallback(xact_callback, NULL);
}

Oid
statute_table_oid(const char *name)
{
	Oid			relid = get_relname_relid(name, get_namespace_oid("statute", false));

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"statute.%s\" does not exist", name),
				 errhint("Is the extension pg_statute being upgraded? Try ALTER EXTENSION pg_statute UPDATE.")));
	return relid;
}

/* The extension's tables, and those of the packs, which inherit from them. */
static void
watch_tables(void)
{
	int			n = 0;

	for (int i = 0; i < (int) lengthof(tables); i++)
	{
		List	   *tree = find_all_inheritors(statute_table_oid(tables[i]), NoLock, NULL);
		ListCell   *lc;

		foreach(lc, tree)
		{
			if (n < MAX_WATCHED)
				watched[n] = lfirst_oid(lc);
			n++;
		}
		list_free(tree);
	}
	nwatched = n;
}

/* The number in calendar_version's one row, as the active snapshot sees it. */
static int64
read_version(void)
{
	Relation	rel = table_open(statute_table_oid("calendar_version"), AccessShareLock);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, GetActiveSnapshot(), 0, NULL);
	HeapTuple	tuple = systable_getnext(scan);
	int64		version = -1;

	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;
		Datum		value = heap_getattr(tuple, 1, RelationGetDescr(rel), &isnull);

		version = isnull ? -1 : DatumGetInt64(value);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return version;
}

static void
reset_cache(void)
{
	HASHCTL		ctl;

	if (cache_context != NULL)
		MemoryContextReset(cache_context);
	else
		cache_context = AllocSetContextCreate(CacheMemoryContext,
											  "pg_statute calendars",
											  ALLOCSET_DEFAULT_SIZES);
	calendars = NULL;
	default_known = false;
	statute_epoch++;
	statute_cache_generation++;

	ctl.keysize = NAMEDATALEN;
	ctl.entrysize = sizeof(StatuteCalendar);
	ctl.hcxt = cache_context;
	calendars = hash_create("pg_statute calendars", 8, &ctl,
							HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
}

static void
verify_cache(void)
{
	Snapshot	snapshot = GetActiveSnapshot();
	uint64		seen = invalidations;
	int64		version = read_version();

	if (emptied_at != seen || version != cache_version)
	{
		emptied_at = 0;
		reset_cache();
		watch_tables();
		cache_version = version;
		emptied_at = seen;
	}
	statute_verified.xmax = snapshot->xmax;
	statute_verified.xcnt = snapshot->xcnt;
	statute_verified.subxcnt = snapshot->subxcnt;
	statute_verified.curcid = snapshot->curcid;
}

/*
 * Make the cache agree with the active snapshot.  What a call site remembers
 * of an older epoch is gone after this.  Returns the epoch for it to remember:
 * none, where a message came that asks for all of this again.
 */
uint64
statute_cache_refresh(void)
{
	bool		push = !ActiveSnapshotSet();

	AcceptInvalidationMessages();
	if (push)
		PushActiveSnapshot(GetTransactionSnapshot());
	if (emptied_at != invalidations || !statute_cache_is_current(statute_epoch))
		verify_cache();
	if (push)
		PopActiveSnapshot();
	return emptied_at == invalidations ? statute_epoch : STATUTE_NO_EPOCH;
}

/* Where other rooms keep what they derive from the same tables; gone when the generation changes. */
MemoryContext
statute_cache_context(void)
{
	return cache_context;
}

/*
 * Run a query on our tables as their owner, as foreign-key checks do, under
 * the active snapshot; the caller has connected to SPI.
 */
void
statute_query(const char *sql, int nargs, Oid *types, Datum *values)
{
	Oid			owner;
	Oid			save_userid;
	int			save_sec_context;
	Relation	rel = table_open(statute_table_oid("calendar"), AccessShareLock);
	int			rc;

	owner = rel->rd_rel->relowner;
	table_close(rel, AccessShareLock);
	GetUserIdAndSecContext(&save_userid, &save_sec_context);
	SetUserIdAndSecContext(owner, save_sec_context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_NOFORCE_RLS);
	rc = SPI_execute_with_args(sql, nargs, types, values, NULL, true, 0);
	SetUserIdAndSecContext(save_userid, save_sec_context);
	if (rc != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args returned %d for: %s", rc, sql);
}

static const char *
read_default_calendar(void)
{
	SPI_connect();
	statute_query("SELECT d.calendar FROM statute.calendar_default d "
				  "ORDER BY d.tableoid OPERATOR(pg_catalog.<>) 'statute.calendar_default'::pg_catalog.regclass, d.calendar "
				  "LIMIT 1", 0, NULL, NULL);
	if (SPI_processed == 0)
		default_calendar[0] = '\0';
	else
		strlcpy(default_calendar,
				SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1),
				NAMEDATALEN);
	SPI_finish();
	default_known = true;
	return default_calendar;
}

/* The calendar in force where a call names none. */
static const char *
current_calendar_name(void)
{
	const char *name = session_calendar;

	if (name == NULL || name[0] == '\0')
		name = default_known ? default_calendar : read_default_calendar();
	if (name[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("no calendar is chosen"),
				 errhint("Pass a calendar, SET statute.calendar, or call statute.set_default_calendar().")));
	return name;
}

/* Find or compile a calendar; the empty name is the session's. */
StatuteCalendar *
statute_calendar_by_name(const char *name, size_t len)
{
	char		key[NAMEDATALEN];
	StatuteCalendar *cal;
	bool		found;

	if (len == 0)
	{
		name = current_calendar_name();
		len = strlen(name);
	}
	memset(key, 0, sizeof(key));
	if (len < NAMEDATALEN)
		memcpy(key, name, len);
	cal = (StatuteCalendar *) hash_search(calendars, key, HASH_ENTER, &found);
	if (!found)
		cal->valid = false;
	if (!cal->valid)
	{
		if (len < NAMEDATALEN)
			statute_calendar_compile(cal);
		if (!cal->valid)
		{
			hash_search(calendars, key, HASH_REMOVE, NULL);
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_OBJECT),
					 errmsg("calendar \"%.*s\" does not exist", (int) len, name),
					 errhint("SELECT code FROM statute.calendar lists the calendars; statute.define_calendar() makes one.")));
		}
	}
	return cal;
}

/* Only a constant: PL/pgSQL evaluates one call site with many values of a parameter. */
bool
statute_arg_is_const(FunctionCallInfo fcinfo, int argno)
{
	Node	   *expr = fcinfo->flinfo->fn_expr;

	return expr != NULL && IsA(expr, FuncExpr) &&
		list_length(((FuncExpr *) expr)->args) > argno &&
		IsA(list_nth(((FuncExpr *) expr)->args, argno), Const);
}

/* The slow path of statute_calendar_arg() */
StatuteCalendar *
statute_calendar_find(FunctionCallInfo fcinfo, int argno)
{
	StatuteSite *site = (StatuteSite *) fcinfo->flinfo->fn_extra;
	uint64		epoch = statute_epoch;
	const char *name = "";
	size_t		len = 0;

	if (site == NULL)
	{
		site = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(StatuteSite));
		fcinfo->flinfo->fn_extra = site;
	}
	if (!ActiveSnapshotSet() || !statute_cache_is_current(site->epoch))
	{
		site->epoch = STATUTE_NO_EPOCH;
		site->fixed = false;
		site->calendar = NULL;
		epoch = statute_cache_refresh();
	}
	if (argno < PG_NARGS() && argno >= 0)
	{
		text	   *arg = PG_GETARG_TEXT_PP(argno);

		name = VARDATA_ANY(arg);
		len = VARSIZE_ANY_EXHDR(arg);
	}

	/* A column of calendars mostly repeats the one of the row before. */
	if (site->calendar == NULL || len == 0 || len >= NAMEDATALEN ||
		memcmp(site->calendar->code, name, len) != 0 || site->calendar->code[len] != '\0')
		site->calendar = statute_calendar_by_name(name, len);
	site->epoch = epoch;
	site->fixed = argno < 0 || argno >= PG_NARGS() || statute_arg_is_const(fcinfo, argno);
	return site->calendar;
}

/* Called by the triggers on the calendar tables, in the changing transaction. */
Datum
statute_calendar_changed(PG_FUNCTION_ARGS)
{
	CacheInvalidateRelcacheByRelid(statute_table_oid("calendar_version"));
	PG_RETURN_VOID();
}

Datum
statute_current_calendar(PG_FUNCTION_ARGS)
{
	statute_cache_refresh();
	PG_RETURN_TEXT_P(cstring_to_text(statute_calendar_by_name("", 0)->code));
}

Datum
statute_current_revision(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(statute_calendar_arg(fcinfo, 0)->revision);
}

Datum
statute_in_extension_script(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(creating_extension);
}

/* A name of the zone database; abbreviations, which name offsets, are none. */
Datum
statute_is_time_zone(PG_FUNCTION_ARGS)
{
	StatuteZone zone;

	PG_RETURN_BOOL(statute_zone_init(&zone, text_to_cstring(PG_GETARG_TEXT_PP(0))));
}
