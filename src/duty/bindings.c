/*
 * The bindings of a table, with the plans of their queries: one cache per
 * backend.
 *
 * A change of a binding, a rule, a decision or a calendar invalidates the
 * relcache entry of statute.binding (see statute_bindings_changed), which drops
 * everything; a change of a table, but not a mere ANALYZE, drops what is known of
 * that table.  The cache is filled under the latest snapshot, as messages come
 * when others commit, however old the snapshot of this transaction is.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "calendar/calendar.h"
#include "compat.h"
#include "core/limit.h"
#include "duty/duty.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(statute_bindings_changed);

typedef struct TableEntry
{
	Oid			relid;			/* the hash key */
	StatuteTable *table;
} TableEntry;

static HTAB *tables = NULL;
static Oid	binding_relid = InvalidOid; /* as of the last fill */
static uint64 invalidations = 0;
static char *late_entry = NULL; /* GUC statute.late_entry, read by SQL */

/* Called in the middle of anything: no catalog access, only notes. */
static void
relcache_callback(Datum arg, Oid relid)
{
	HASH_SEQ_STATUS scan;
	TableEntry *entry;

	invalidations++;
	if (tables == NULL)
		return;
	if (OidIsValid(relid) && relid != binding_relid)
	{
		entry = (TableEntry *) hash_search(tables, &relid, HASH_FIND, NULL);
		if (entry != NULL)
			entry->table->suspect = true;
		return;
	}
	hash_seq_init(&scan, tables);
	while ((entry = (TableEntry *) hash_seq_search(&scan)) != NULL)
		entry->table->valid = false;
	statute_ledger_forget();
}

/* A time limit, checked as the core reads it. */
static bool
check_late_entry(char **newval, void **extra, GucSource source)
{
	sc_limit	limit;

	if (sc_limit_parse(*newval, strlen(*newval), &limit) == SC_PARSE_OK)
		return true;
	GUC_check_errdetail("It is a time limit such as \"1 workday\".");
	return false;
}

void
statute_bindings_init(void)
{
	DefineCustomStringVariable("statute.late_entry",
							   "How long after an event the database may learn of it.",
							   "What was entered later is marked in the report of what is due.",
							   &late_entry, "1 workday", PGC_USERSET, 0,
							   check_late_entry, NULL, NULL);
	CacheRegisterRelcacheCallback(relcache_callback, (Datum) 0);
}

Oid
statute_table_owner(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* Who writes the ledger: the owner of its tables, as in foreign-key checks */
Oid
statute_ledger_owner(void)
{
	return statute_table_owner(statute_table_oid("binding"));
}

static void
destroy(StatuteTable *table)
{
	for (int i = 0; i < STATUTE_NEVENTS; i++)
	{
		if (table->touched_plan[i] != NULL)
			SPI_freeplan(table->touched_plan[i]);
	}
	for (int i = 0; i < table->nbindings; i++)
	{
		for (int j = 0; j < STATUTE_NQUERIES; j++)
		{
			if (table->bindings[i].plan[j] != NULL)
				SPI_freeplan(table->bindings[i].plan[j]);
		}
	}
	MemoryContextDelete(table->context);
}

/* A column of the row that SPI returned, in the current memory context; NULL for null. */
static char *
get_text(int row, const char *column)
{
	return SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc,
						SPI_fnumber(SPI_tuptable->tupdesc, column));
}

static Datum
get_quotas(int row)
{
	int			column = SPI_fnumber(SPI_tuptable->tupdesc, "quotas");
	bool		isnull;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &isnull);

	return isnull ? (Datum) 0 : PointerGetDatum(DatumGetArrayTypePCopy(value));
}

static StatuteLayout
get_layout(const char *judged_as)
{
	return strcmp(judged_as, "duty") == 0 ? STATUTE_DUTY :
		strcmp(judged_as, "fact") == 0 ? STATUTE_FACT :
		strcmp(judged_as, "recurrence") == 0 ? STATUTE_RECURRENCE : STATUTE_OCCURRENCE;
}

static StatuteAction
get_action(const char *action)
{
	return strcmp(action, "record") == 0 ? STATUTE_RECORD :
		strcmp(action, "warn") == 0 ? STATUTE_WARN : STATUTE_REJECT;
}

static void
fill_binding(StatuteBinding *binding, int row)
{
	binding->id = pg_strtoint32(get_text(row, "id"));
	binding->rule = get_text(row, "rule");
	binding->article = get_text(row, "article");
	binding->facts = get_text(row, "facts");
	binding->judged_as = get_layout(get_text(row, "judged_as"));
	binding->action = get_action(get_text(row, "action"));
	binding->calendar = get_text(row, "calendar");
	binding->zone = get_text(row, "zone");
	binding->broken = binding->zone == NULL;
	binding->quotas = get_quotas(row);
	binding->has_roster = strcmp(get_text(row, "has_roster"), "t") == 0;
	binding->query[STATUTE_INSERTED] = get_text(row, "insert_query");
	binding->query[STATUTE_UPDATED] = get_text(row, "update_query");
	binding->query[STATUTE_REJUDGED] = get_text(row, "rejudge_query");
	binding->watches_moves = strcmp(get_text(row, "kind"), "workflow") == 0;
}

static void
fill_touched(StatuteTable *table, const char *key)
{
	table->touched_query[STATUTE_INSERTED] = psprintf("SELECT %s, false FROM new_rows", key);
	table->touched_query[STATUTE_REJUDGED] = table->touched_query[STATUTE_INSERTED];
	table->touched_query[STATUTE_DELETED] = psprintf("SELECT %s, true FROM old_rows", key);
	table->touched_query[STATUTE_UPDATED] =
		psprintf("SELECT k.key, pg_catalog.bool_and(k.gone) FROM (SELECT %s, true FROM old_rows "
				 "UNION ALL SELECT %s, false FROM new_rows) k (key, gone) GROUP BY k.key", key, key);
}

/*
 * Read the bindings of the table, and of those that it is a partition of, with
 * the rights of the current user: everybody may read them.
 */
static void
fill(StatuteTable *table)
{
	Oid			types[1] = {OIDOID};
	Datum		values[1] = {ObjectIdGetDatum(table->relid)};
	int			nest_level = NewGUCNestLevel();
	MemoryContext old;
	int			rc;

	statute_pin_settings(NULL, false);
	PushActiveSnapshot(GetLatestSnapshot());
	rc = SPI_execute_with_args("SELECT b.* FROM statute._bindings_of($1) b", 1, types, values, NULL, true, 0);
	PopActiveSnapshot();
	AtEOXact_GUC(true, nest_level);
	if (rc != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args returned %d for the bindings of a table", rc);
	old = MemoryContextSwitchTo(table->context);
	table->nbindings = (int) SPI_processed;
	table->bindings = palloc0(sizeof(StatuteBinding) * (table->nbindings + 1));
	for (int i = 0; i < table->nbindings; i++)
		fill_binding(&table->bindings[i], i);
	if (table->nbindings > 0)
	{
		table->root = atooid(get_text(0, "root"));
		table->key = get_text(0, "key");
		fill_touched(table, table->key);
	}
	MemoryContextSwitchTo(old);
	SPI_freetuptable(SPI_tuptable);
}

static void
note_columns(StatuteTable *table)
{
	Relation	rel = table_open(table->relid, AccessShareLock);
	MemoryContext old = MemoryContextSwitchTo(table->context);

	table->columns = CreateTupleDescCopyConstr(RelationGetDescr(rel));
	table->is_partition = rel->rd_rel->relispartition;
	MemoryContextSwitchTo(old);
	table_close(rel, NoLock);
}

/* Is the table as it was when its bindings were read?  VACUUM and ANALYZE send the same message as ALTER TABLE. */
static void
check_suspect(StatuteTable *table)
{
	Relation	rel = table_open(table->relid, AccessShareLock);

	table->suspect = false;
	if (table->is_partition != rel->rd_rel->relispartition ||
		!equalTupleDescs(table->columns, RelationGetDescr(rel)))
		table->valid = false;	/* until it has been read anew, which may fail */
	table_close(rel, NoLock);
}

static StatuteTable *
load(Oid relid)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "pg_statute bindings",
												  ALLOCSET_SMALL_SIZES);
	StatuteTable *table = MemoryContextAllocZero(context, sizeof(StatuteTable));
	uint64		seen = invalidations;

	binding_relid = statute_table_oid("binding");
	table->relid = relid;
	table->context = context;
	note_columns(table);
	fill(table);
	/* of what changed meanwhile the next call hears */
	table->valid = invalidations == seen;
	MemoryContextSetParent(context, CacheMemoryContext);
	return table;
}

/* The bindings of a table; the caller is connected to SPI and releases it, also after an error. */
StatuteTable *
statute_table_acquire(Oid relid)
{
	TableEntry *entry;
	StatuteTable *table;
	bool		found;

	if (tables == NULL)
	{
		HASHCTL		ctl = {.keysize = sizeof(Oid), .entrysize = sizeof(TableEntry), .hcxt = CacheMemoryContext};

		tables = hash_create("pg_statute bound tables", 16, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	AcceptInvalidationMessages();
	entry = (TableEntry *) hash_search(tables, &relid, HASH_FIND, NULL);
	if (entry != NULL && entry->table->valid && entry->table->suspect)
		check_suspect(entry->table);
	if (entry == NULL || !entry->table->valid)
	{
		table = load(relid);	/* may fail: the hash has what it had */
		entry = (TableEntry *) hash_search(tables, &relid, HASH_ENTER, &found);
		if (found && entry->table->nusers == 0)
			destroy(entry->table);
		else if (found)
			entry->table->relid = InvalidOid;	/* the last user destroys it */
		entry->table = table;
	}
	entry->table->nusers++;
	return entry->table;
}

void
statute_table_release(StatuteTable *table)
{
	table->nusers--;
	if (table->nusers == 0 && !OidIsValid(table->relid))
		destroy(table);
}

/* The trigger on the tables that the cache is made of, called in the changing transaction */
Datum
statute_bindings_changed(PG_FUNCTION_ARGS)
{
	CacheInvalidateRelcacheByRelid(statute_table_oid("binding"));
	return PointerGetDatum(NULL);
}
