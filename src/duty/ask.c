/*
 * Asking what the rules of a table say of its rows.
 *
 * The query of a binding reads the rows with the rights of the current user and
 * under settings of ours, so that the same row says the same in every session:
 * expressions of a binding never run as the owner of the ledger.  An error in
 * one does not fail the user's statement, unless the binding is to reject.
 */
#include "postgres.h"

#include "access/xact.h"
#include "duty/duty.h"
#include "executor/tstoreReceiver.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

static void
pin(const char *name, const char *value)
{
	const char *now = GetConfigOption(name, false, false);

	if (strcmp(now, value) != 0)
		set_config_option(name, value, superuser() ? PGC_SUSET : PGC_USERSET, PGC_S_SESSION,
						  GUC_ACTION_SAVE, true, 0, false);
}

/*
 * What could make an expression, a value or a key read otherwise in another
 * session: whoever changes rows must not change what a rule says of them.
 */
static const char *const settings[][2] = {
	{"search_path", "pg_catalog, statute, pg_temp"},
	{"standard_conforming_strings", "on"},
	{"transform_null_equals", "off"},
	{"DateStyle", "ISO, YMD"},
	{"IntervalStyle", "postgres"},
	{"statute.beyond_announced", "assume"},
	/* these for expressions only */
	{"extra_float_digits", "1"},
	{"bytea_output", "hex"},
	{"array_nulls", "on"},
	{"xmloption", "content"},
	{"xmlbinary", "base64"},
	{"lc_monetary", "C"},
	{"lc_numeric", "C"},
	{"lc_time", "C"},
	{"default_text_search_config", "pg_catalog.simple"},
	{"timezone_abbreviations", "Default"},
	{"quote_all_identifiers", "off"}
};

#define N_LEDGER_SETTINGS	6

/* For a query of a binding, or where its queries are made; the ledger's own statements need less. */
void
statute_pin_settings(const StatuteBinding *binding, bool ledger)
{
	int			n = ledger ? N_LEDGER_SETTINGS : (int) lengthof(settings);

	for (int i = 0; i < n; i++)
		pin(settings[i][0], settings[i][1]);
	pin("TimeZone", binding != NULL && binding->zone != NULL ? binding->zone : "UTC");
	if (binding != NULL)
		pin("statute.calendar", binding->calendar);
}

/* Errors that say nothing about the rows */
bool
statute_is_passing(int sqlstate)
{
	int			category = ERRCODE_TO_CATEGORY(sqlstate);

	return category == ERRCODE_TRANSACTION_ROLLBACK ||
		category == ERRCODE_INSUFFICIENT_RESOURCES ||
		category == ERRCODE_OPERATOR_INTERVENTION ||
		category == ERRCODE_SYSTEM_ERROR ||
		sqlstate == ERRCODE_LOCK_NOT_AVAILABLE ||
		sqlstate == ERRCODE_DATA_CORRUPTED ||
		sqlstate == ERRCODE_INDEX_CORRUPTED;
}

/* Who we are and under which settings, while functions of others can run */
typedef struct Guard
{
	int			nest_level;
	Oid			user;
	int			sec_context;
} Guard;

static Guard
enter_guarded(Oid reader, const StatuteBinding *binding)
{
	Guard		guard = {.nest_level = NewGUCNestLevel()};

	statute_pin_settings(binding, false);
	GetUserIdAndSecContext(&guard.user, &guard.sec_context);
	if (OidIsValid(reader))
		SetUserIdAndSecContext(reader, guard.sec_context | SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS);
	return guard;
}

/* Settings are put back whatever was done to them. */
static void
leave_guarded(const Guard *guard)
{
	AtEOXact_GUC(false, guard->nest_level);
	SetUserIdAndSecContext(guard->user, guard->sec_context);
}

/* To prepare a query reads its literals, which can call functions. */
SPIPlanPtr
statute_prepare_row_query(const char *query, Oid reader, const StatuteBinding *binding, bool keep)
{
	Guard		guard = enter_guarded(reader, binding);
	SPIPlanPtr	plan = statute_prepare(query, 0, NULL, keep);

	leave_guarded(&guard);
	return plan;
}

/*
 * Run a query that may call functions of others, not as the owner of the ledger.
 * The latest snapshot sees what others committed since an older one of ours.
 */
void
statute_run_query(SPIPlanPtr plan, Oid reader, const StatuteBinding *binding, bool latest, Tuplestorestate *store)
{
	SPIExecuteOptions options = {0};
	Guard		guard = enter_guarded(reader, binding);
	int			rc;

	options.dest = CreateDestReceiver(DestTuplestore);
	options.must_return_tuples = true;
	options.read_only = latest;
	SetTuplestoreDestReceiverParams(options.dest, store, CurrentMemoryContext, false, NULL, NULL);
	if (latest)
		PushActiveSnapshot(GetLatestSnapshot());
	rc = SPI_execute_plan_extended(plan, &options);
	if (latest)
		PopActiveSnapshot();
	leave_guarded(&guard);
	if (rc != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_plan_extended returned %d for the rows of a bound table", rc);
}

/* The same for a query that is made once */
static void
run_row_query(const StatuteRows *rows, const StatuteBinding *binding, SPIPlanPtr *plan, const char *query,
			  Tuplestorestate *store)
{
	SPIPlanPtr	used = rows->few ? *plan : NULL;

	if (used == NULL)
		used = statute_prepare_row_query(query, rows->reader, binding, rows->few);
	if (rows->few)
		*plan = used;
	statute_run_query(used, rows->reader, binding, false, store);
	if (!rows->few)
		SPI_freeplan(used);
}

/*
 * As PL/pgSQL's EXCEPTION: an error undoes what was done and is returned, and
 * never leaves the subtransaction open.  One that writes nothing is given no
 * number.
 */
ErrorData *
statute_attempt(void (*work) (StatuteAttempt *), StatuteAttempt *what)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		work(what);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return error;
}

static void
ask(StatuteAttempt *what)
{
	StatuteBinding *binding = what->binding;
	StatuteEvent query = what->rows->query;

	if (binding->broken)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("calendar \"%s\" does not exist", binding->calendar)));
	run_row_query(what->rows, binding, &binding->plan[query], binding->query[query], what->store);
}

/* What the rule says of the rows, or NULL and the error of its query */
Tuplestorestate *
statute_ask(const StatuteRows *rows, StatuteBinding *binding, ErrorData **error)
{
	StatuteAttempt what = {rows, binding, tuplestore_begin_heap(false, false, work_mem)};

	if (rows->query == STATUTE_DELETED || (binding->query[rows->query] == NULL && !binding->broken))
		return what.store;
	*error = statute_attempt(ask, &what);
	if (*error == NULL)
		return what.store;
	if (binding->action == STATUTE_REJECT || rows->event == STATUTE_REJUDGED || statute_is_passing((*error)->sqlerrcode))
	{
		(*error)->message = psprintf("rule \"%s\" cannot judge the rows of table \"%s\": %s",
									 binding->rule, rows->name, (*error)->message);
		ReThrowError(*error);
	}
	tuplestore_end(what.store);
	return NULL;
}

void
statute_touch(StatuteRows *rows)
{
	StatuteTable *table = rows->table;

	if (rows->touched != NULL)
		return;
	rows->touched = tuplestore_begin_heap(true, false, work_mem);
	run_row_query(rows, &table->bindings[0], &table->touched_plan[rows->event], table->touched_query[rows->event],
				  rows->touched);
	statute_register("touched", InvalidOid, statute_layout(STATUTE_TOUCHED), rows->touched);
}
