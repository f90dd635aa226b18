/*
 * The statements of src/duty/write.sql and together.sql: prepared once, and run
 * as the owner of the ledger over relations that live for one call.
 */
#include "postgres.h"

#include "access/tupdesc.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "duty/duty.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#define NPARAMS		6

typedef struct Statement
{
	char		name[NAMEDATALEN];	/* the hash key */
	SPIPlanPtr	plan;
} Statement;

static HTAB *statements = NULL;
static TupleDesc layouts[STATUTE_NLAYOUTS];
static bool layout_known[STATUTE_NLAYOUTS];
static bool forget = false;

/* The size of the largest relation that was registered since the call began */
static uint64 largest = 0;

static const char *const layout_types[STATUTE_NLAYOUTS] = {
	"_judged_duty", "_judged_occurrence", "_judged_fact", "_judged_recurrence", "_touched", "_affected"
};

/* Called by an invalidation callback: only a note. */
void
statute_ledger_forget(void)
{
	forget = true;
}

static void
start_anew(void)
{
	HASHCTL		ctl = {.keysize = NAMEDATALEN, .entrysize = sizeof(Statement), .hcxt = CacheMemoryContext};
	HASH_SEQ_STATUS scan;
	Statement  *statement;

	if (statements != NULL)
	{
		hash_seq_init(&scan, statements);
		while ((statement = (Statement *) hash_seq_search(&scan)) != NULL)
		{
			if (statement->plan != NULL)
				SPI_freeplan(statement->plan);
		}
		hash_destroy(statements);
	}
	statements = hash_create("pg_statute ledger statements", 32, &ctl, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	memset(layout_known, 0, sizeof(layout_known));
	forget = false;
}

/* To be called before a call's work begins, as no plan in use may be freed. */
void
statute_ledger_refresh(void)
{
	if (statements == NULL || forget)
		start_anew();
	largest = 0;
}

/*
 * The columns of the relations that are handed from query to query.  One that
 * changed, with the extension, is not freed: a call may be at work with it.
 */
TupleDesc
statute_layout(StatuteLayout layout)
{
	Oid			type;
	TupleDesc	desc;
	MemoryContext old;

	if (layout_known[layout])
		return layouts[layout];
	type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(layout_types[layout]),
						   ObjectIdGetDatum(get_namespace_oid("statute", false)));
	desc = lookup_rowtype_tupdesc(type, -1);
	if (layouts[layout] == NULL || !equalTupleDescs(layouts[layout], desc))
	{
		old = MemoryContextSwitchTo(CacheMemoryContext);
		layouts[layout] = CreateTupleDescCopy(desc);
		MemoryContextSwitchTo(old);
	}
	ReleaseTupleDesc(desc);
	layout_known[layout] = true;
	return layouts[layout];
}

/* Give rows a name for the queries to come, as SPI_register_trigger_data() does; a later one takes its place.  Are they few? */
bool
statute_register(const char *name, Oid relid, TupleDesc desc, Tuplestorestate *store)
{
	EphemeralNamedRelation enr = palloc0(sizeof(EphemeralNamedRelationData));
	int			rc;

	SPI_unregister_relation(name);
	enr->md.name = pstrdup(name);
	enr->md.reliddesc = relid;
	enr->md.tupdesc = OidIsValid(relid) ? NULL : desc;
	enr->md.enrtype = ENR_NAMED_TUPLESTORE;
	enr->md.enrtuples = tuplestore_tuple_count(store);
	largest = Max(largest, (uint64) tuplestore_tuple_count(store));
	enr->reldata = store;
	rc = SPI_register_relation(enr);
	if (rc != SPI_OK_REL_REGISTER)
		elog(ERROR, "SPI_register_relation returned %d for %s", rc, name);
	return largest <= STATUTE_FEW_ROWS;
}

static char *
read_statement(const char *name)
{
	Oid			types[1] = {TEXTOID};
	Datum		values[1] = {CStringGetTextDatum(name)};
	int			rc;

	rc = SPI_execute_with_args("SELECT s.statement FROM statute._ledger_statements() s WHERE s.name OPERATOR(pg_catalog.=) $1 "
							   "UNION ALL SELECT s.statement FROM statute._together_statements() s WHERE s.name OPERATOR(pg_catalog.=) $1 "
							   "UNION ALL SELECT s.statement FROM statute._recurring_statements() s WHERE s.name OPERATOR(pg_catalog.=) $1",
							   1, types, values, NULL, true, 0);
	if (rc != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "there is no ledger statement \"%s\"", name);
	return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
}

/*
 * Prepare a query over the relations that are registered.  Their sizes are part
 * of its plan: one for few rows is kept and used without planning again, one
 * for many is made for them and freed.
 */
SPIPlanPtr
statute_prepare(const char *query, int nargs, Oid *types, bool keep)
{
	SPIPlanPtr	plan = SPI_prepare_cursor(query, nargs, types, keep ? CURSOR_OPT_GENERIC_PLAN : 0);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare_cursor returned %d for: %s", SPI_result, query);
	if (keep)
		SPI_keepplan(plan);
	return plan;
}

static SPIPlanPtr
get_plan(const char *name, bool keep)
{
	Oid			types[NPARAMS] = {INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID, TEXTOID};
	Statement  *statement = NULL;
	SPIPlanPtr	plan;

	if (keep)
		statement = (Statement *) hash_search(statements, name, HASH_FIND, NULL);
	if (statement != NULL)
		return statement->plan;
	plan = statute_prepare(read_statement(name), NPARAMS, types, keep);
	if (keep)
	{
		statement = (Statement *) hash_search(statements, name, HASH_ENTER, NULL);
		statement->plan = plan;
	}
	return plan;
}

/*
 * Run a statement on the ledger, as its owner.  It sees what others committed,
 * also where this transaction's snapshot is older, as foreign-key checks do: a
 * quota that two sessions share is one for both.  And whatever the caller's
 * settings are, names mean what we mean.
 */
uint64
statute_ledger_execute(const char *name, StatuteBinding *binding, const char *how, const char *reason)
{
	Datum		values[NPARAMS];
	char		nulls[NPARAMS + 1] = "      ";
	bool		keep = largest <= STATUTE_FEW_ROWS;
	SPIPlanPtr	plan;
	int			nest_level;
	Oid			user;
	int			sec_context;
	int			rc;

	values[0] = Int32GetDatum(binding->id);
	values[1] = CStringGetTextDatum(binding->zone != NULL ? binding->zone : "UTC");
	values[2] = CStringGetTextDatum(binding->calendar);
	values[3] = reason != NULL ? CStringGetTextDatum(reason) : (Datum) 0;
	nulls[3] = reason != NULL ? ' ' : 'n';
	values[4] = binding->quotas;
	nulls[4] = binding->quotas != (Datum) 0 ? ' ' : 'n';
	values[5] = CStringGetTextDatum(how);

	GetUserIdAndSecContext(&user, &sec_context);
	SetUserIdAndSecContext(statute_ledger_owner(),
						   sec_context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	nest_level = NewGUCNestLevel();
	statute_pin_settings(binding, true);
	plan = get_plan(name, keep);
	rc = SPI_execute_snapshot(plan, values, nulls, GetLatestSnapshot(), InvalidSnapshot,
							  false, true, 0);
	SetUserIdAndSecContext(user, sec_context);
	AtEOXact_GUC(true, nest_level);
	if (!keep)
		SPI_freeplan(plan);
	if (rc < 0)
		elog(ERROR, "SPI_execute_snapshot returned %d for ledger statement \"%s\"", rc, name);
	return SPI_processed;
}

/* The same, with the rows that it returns */
Tuplestorestate *
statute_ledger_select(const char *name, StatuteBinding *binding, const char *how, const char *reason)
{
	Tuplestorestate *store = tuplestore_begin_heap(false, false, work_mem);
	uint64		n = statute_ledger_execute(name, binding, how, reason);

	for (uint64 i = 0; i < n; i++)
		tuplestore_puttuple(store, SPI_tuptable->vals[i]);
	SPI_freetuptable(SPI_tuptable);
	return store;
}
