/*
 * Judging rows that no statement is changing: those that were there before the
 * binding, and those whose due dates a calendar or a rule has moved.
 *
 * The table is read, and the expressions run, with the rights of its owner, as
 * REINDEX and ANALYZE run the functions of others: nothing of the caller's is
 * within reach.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "duty/duty.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(statute_judge_batch);
PG_FUNCTION_INFO_V1(statute_judge_open);
PG_FUNCTION_INFO_V1(statute_judge_gone);
PG_FUNCTION_INFO_V1(statute_preview_open);
PG_FUNCTION_INFO_V1(statute_begin);

/*
 * One value that SQL makes of a binding's id and of three others.  It reads what
 * everybody may read, with the rights of the current user.
 */
static char *
ask_sql(const char *sql, int32 binding, const char *after, const char *last, int32 batch)
{
	Oid			types[4] = {INT4OID, TEXTOID, TEXTOID, INT4OID};
	Datum		values[4] = {Int32GetDatum(binding), 0, 0, Int32GetDatum(batch)};
	char		nulls[5] = "    ";
	char	   *answer = NULL;
	int			rc;

	if (after != NULL)
		values[1] = CStringGetTextDatum(after);
	if (last != NULL)
		values[2] = CStringGetTextDatum(last);
	nulls[1] = after != NULL ? ' ' : 'n';
	nulls[2] = last != NULL ? ' ' : 'n';
	nulls[3] = batch > 0 ? ' ' : 'n';
	rc = SPI_execute_with_args(sql, 4, types, values, nulls, true, 0);
	if (rc != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args returned %d for: %s", rc, sql);
	if (SPI_processed == 1)
		answer = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	SPI_freetuptable(SPI_tuptable);
	return answer;
}

static StatuteBinding *
find_binding(StatuteTable *table, int32 id)
{
	for (int i = 0; i < table->nbindings; i++)
	{
		if (table->bindings[i].id == id)
			return &table->bindings[i];
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("binding %d is disabled", id),
			 errhint("statute.enable_binding(%d) enables it.", id)));
}

/* Read the table with the rights of its owner, past policies that bind even him, as foreign-key checks do. */
static Tuplestorestate *
read_table(const StatuteTable *table, const char *sql, bool latest)
{
	Tuplestorestate *store = tuplestore_begin_heap(false, false, work_mem);
	StatuteBinding *binding = &table->bindings[0];
	Oid			owner = statute_table_owner(table->root);
	SPIPlanPtr	plan = statute_prepare_row_query(sql, owner, binding, false);

	statute_run_query(plan, owner, binding, latest, store);
	SPI_freeplan(plan);
	return store;
}

/* Keys that the ledger knows, for a query that joins the table with them */
static Tuplestorestate *
want_keys(StatuteBinding *binding, const char *statement)
{
	Tuplestorestate *keys = statute_ledger_select(statement, binding, STATUTE_CATCH_UP, NULL);

	statute_register("wanted", InvalidOid, statute_layout(STATUTE_TOUCHED), keys);
	return keys;
}

/* Which of the wanted keys have no row among those that were read as new_rows */
static Tuplestorestate *
find_gone(const StatuteTable *table)
{
	Tuplestorestate *touched;

	touched = read_table(table, psprintf("SELECT w.key, k.key IS NULL FROM wanted w LEFT JOIN (SELECT %s FROM new_rows) k (key) ON k.key = w.key",
										 table->key), false);
	statute_register("touched", InvalidOid, statute_layout(STATUTE_TOUCHED), touched);
	return touched;
}

static StatuteRows
start_rejudging(StatuteTable *table, Tuplestorestate *store, const char *how, const char *reason)
{
	StatuteRows rows = {
		.table = table, .name = get_rel_name(table->relid), .event = STATUTE_REJUDGED, .query = STATUTE_REJUDGED,
		.how = how, .reason = reason, .reader = statute_table_owner(table->relid)
	};

	rows.few = statute_register("new_rows", table->relid, NULL, store);
	return rows;
}

/*
 * What the ledger has of rows that are no longer there: after TRUNCATE, a
 * partition that was detached, or deletes that fired no trigger.
 */
uint64
statute_judge_missing(StatuteTable *table, StatuteBinding *binding, const char *reason)
{
	StatuteRows rows = {.table = table, .name = "", .event = STATUTE_DELETED, .query = STATUTE_DELETED, .few = true, .how = STATUTE_CATCH_UP, .reason = reason};
	Tuplestorestate *keys;
	uint64		n;

	keys = want_keys(binding, "ledger keys");
	rows.touched = read_table(table, ask_sql("SELECT statute._gone_query($1)", binding->id, NULL, NULL, 0), true);
	tuplestore_end(keys);
	statute_register("touched", InvalidOid, statute_layout(STATUTE_TOUCHED), rows.touched);
	n = tuplestore_tuple_count(rows.touched);
	statute_judge(&rows, binding->id);
	return n;
}

/*
 * A statement whose rows were changed again while it ran, by a trigger or a
 * function of the user's: what it hands on is older than what has been judged.
 * Read the rows as they are, as foreign-key checks do, with the rights of the
 * table's owner; the rules still see them with the current user's.
 */
void
statute_judge_again(StatuteRows *rows)
{
	StatuteTable *table = rows->table;
	Tuplestorestate *changed;
	Tuplestorestate *store;

	statute_touch(rows);
	changed = rows->touched;
	statute_register("wanted", InvalidOid, statute_layout(STATUTE_TOUCHED), changed);
	store = read_table(table, ask_sql("SELECT statute._open_query($1, false)", table->bindings[0].id, NULL, NULL, 0), true);
	statute_register("new_rows", table->root, NULL, store);
	rows->touched = find_gone(table);

	rows->event = STATUTE_UPDATED;
	rows->query = STATUTE_REJUDGED;
	rows->how = STATUTE_CATCH_UP;
	rows->few = false;
	statute_judge(rows, 0);
	tuplestore_end(store);
	tuplestore_end(changed);
}

/* What one of the functions below asks for, and what it gets */
typedef struct Request
{
	int32		batch;			/* 0: all of them */
	const char *reason;
	ArrayType  *keys;
	const char *day;
	ReturnSetInfo *result;
	MemoryContext context;		/* of the caller, for what is returned */
	char	   *last;
	uint64		n;
} Request;

typedef void (*Work) (StatuteTable *table, StatuteBinding *binding, Request *request);

static void
work_on(int32 id, Work work, Request *request)
{
	StatuteTable *table;
	Oid			relid;

	request->context = CurrentMemoryContext;
	SPI_connect();
	statute_ledger_refresh();
	relid = statute_own_table(id);
	if (request->keys == NULL)	/* expressions of the binding are about to run */
		ask_sql("SELECT statute._check_owner($1)", id, NULL, NULL, 0);
	table = statute_table_acquire(relid);
	PG_TRY();
	{
		work(table, find_binding(table, id), request);
	}
	PG_FINALLY();
	{
		statute_table_release(table);
	}
	PG_END_TRY();
	SPI_finish();
}

/* The first column of the first row, in the caller's memory; NULL where there is no row. */
static char *
first_text(Tuplestorestate *store, TupleDesc desc)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	char	   *value = NULL;
	bool		isnull;

	tuplestore_select_read_pointer(store, 0);
	tuplestore_rescan(store);
	if (tuplestore_gettupleslot(store, true, false, slot))
		value = TextDatumGetCString(slot_getattr(slot, 1, &isnull));
	ExecDropSingleTupleTableSlot(slot);
	return value;
}

/*
 * The next rows in the order of the key.  Where they end is found before they
 * are locked: a row whose key changes meanwhile must not move the end, and is
 * judged by its own statement.
 */
static void
judge_batch(StatuteTable *table, StatuteBinding *binding, Request *request)
{
	Tuplestorestate *store = statute_ledger_select("progress", binding, STATUTE_CATCH_UP, NULL);
	char	   *after = first_text(store, statute_layout(STATUTE_TOUCHED));
	char	   *last = NULL;
	StatuteRows rows;

	tuplestore_end(store);
	if (request->batch > 0)
	{
		store = read_table(table, ask_sql("SELECT statute._batch_end_query($1, $2, $4)", binding->id, after, NULL, request->batch), false);
		last = first_text(store, statute_layout(STATUTE_TOUCHED));
		tuplestore_end(store);
	}
	store = read_table(table, ask_sql("SELECT statute._batch_query($1, $2, $3)", binding->id, after, last, 0), false);
	rows = start_rejudging(table, store, STATUTE_CATCH_UP, "judged by backfill()");
	statute_judge(&rows, binding->id);
	tuplestore_end(store);
	if (last == NULL)
		return;
	statute_ledger_execute("note progress", binding, STATUTE_CATCH_UP, last);
	request->last = MemoryContextStrdup(request->context, last);
}

/* Of rows with an open obligation; locked, so that what is read stays so. */
static void
judge_open(StatuteTable *table, StatuteBinding *binding, Request *request)
{
	Tuplestorestate *keys = want_keys(binding, "open keys");
	Tuplestorestate *store = read_table(table, ask_sql("SELECT statute._open_query($1, true)", binding->id, NULL, NULL, 0), false);
	StatuteRows rows = start_rejudging(table, store, STATUTE_RECOMPUTE, request->reason);

	rows.touched = find_gone(table);
	statute_judge(&rows, binding->id);
	tuplestore_end(store);
	tuplestore_end(keys);
}

static void
judge_gone(StatuteTable *table, StatuteBinding *binding, Request *request)
{
	request->n = statute_judge_missing(table, binding, "found gone by backfill()");
	statute_ledger_execute("end progress", binding, STATUTE_CATCH_UP, NULL);
}

static void
preview_open(StatuteTable *table, StatuteBinding *binding, Request *request)
{
	Tuplestorestate *keys = want_keys(binding, "open keys");
	Tuplestorestate *store = read_table(table, ask_sql("SELECT statute._open_query($1, false)", binding->id, NULL, NULL, 0), false);
	StatuteRows rows = start_rejudging(table, store, STATUTE_RECOMPUTE, NULL);
	ErrorData  *error = NULL;
	Tuplestorestate *judged = statute_ask(&rows, binding, &error);
	TupleTableSlot *slot = MakeSingleTupleTableSlot(request->result->setDesc, &TTSOpsMinimalTuple);

	while (tuplestore_gettupleslot(judged, true, false, slot))
		tuplestore_puttupleslot(request->result->setResult, slot);
	ExecDropSingleTupleTableSlot(slot);
	tuplestore_end(judged);
	tuplestore_end(store);
	tuplestore_end(keys);
}

/* Judge the next rows, after those that were judged last; returns the last key, null when there are no more. */
Datum
statute_judge_batch(PG_FUNCTION_ARGS)
{
	Request		request = {.batch = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1)};

	work_on(PG_GETARG_INT32(0), judge_batch, &request);
	if (request.last == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(request.last));
}

/* Judge the rows with an open obligation anew. */
Datum
statute_judge_open(PG_FUNCTION_ARGS)
{
	Request		request = {.reason = text_to_cstring(PG_GETARG_TEXT_PP(1))};

	work_on(PG_GETARG_INT32(0), judge_open, &request);
	PG_RETURN_VOID();
}

/* Settle what the ledger has of rows that are gone; returns how many keys. */
Datum
statute_judge_gone(PG_FUNCTION_ARGS)
{
	Request		request = {0};

	work_on(PG_GETARG_INT32(0), judge_gone, &request);
	PG_RETURN_INT64(request.n);
}

/* What the rows with an open obligation say today; writes nothing. */
Datum
statute_preview_open(PG_FUNCTION_ARGS)
{
	Request		request = {0};

	InitMaterializedSRF(fcinfo, 0);
	request.result = (ReturnSetInfo *) fcinfo->resultinfo;
	work_on(PG_GETARG_INT32(0), preview_open, &request);
	return (Datum) 0;
}

/* Open the periods of recurring duties that have begun by the day. */
static void
begin_periods(StatuteTable *table, StatuteBinding *binding, Request *request)
{
	StatuteRows rows = {.table = table, .name = "", .event = STATUTE_REJUDGED, .how = request->day};
	Tuplestorestate *touched = tuplestore_begin_heap(false, false, work_mem);
	Datum	   *keys;
	int			n;

	deconstruct_array_builtin(request->keys, TEXTOID, &keys, NULL, &n);
	for (int i = 0; i < n; i++)
	{
		Datum		values[2] = {keys[i], BoolGetDatum(false)};
		bool		nulls[2] = {false, false};

		tuplestore_putvalues(touched, statute_layout(STATUTE_TOUCHED), values, nulls);
	}
	statute_register("touched", InvalidOid, statute_layout(STATUTE_TOUCHED), touched);
	statute_follow_periods(&rows, binding);
	tuplestore_end(touched);
}

/* Arguments: binding, keys, day. */
Datum
statute_begin(PG_FUNCTION_ARGS)
{
	Request		request = {
		.keys = PG_GETARG_ARRAYTYPE_P(1),
		.day = DatumGetCString(DirectFunctionCall1(date_out, PG_GETARG_DATUM(2)))
	};

	work_on(PG_GETARG_INT32(0), begin_periods, &request);
	PG_RETURN_VOID();
}
