/*
 * Judging changed rows by the rules that are bound to their table.
 *
 * In two steps, with different rights.  First each rule's query says what the
 * rows are (ask.c).  Then the ledger is written with the rights of its owner,
 * from what the first step found.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "duty/duty.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* Of a binding that warns or rejects, so many rows are named. */
#define MAX_NAMED	5

/* What broke rules that reject, told in one error when all have been judged */
typedef struct Refusals
{
	int			nrules;
	const char *rule;			/* the first one */
	char	   *row;
	bool		several_rows;
	StringInfoData detail;
} Refusals;

static void
record_failure(const StatuteRows *rows, StatuteBinding *binding, ErrorData *error)
{
	/* of the parameters of a ledger statement, it wants the SQLSTATE and the message */
	statute_ledger_execute("record failure", binding, unpack_sql_state(error->sqlerrcode), error->message);
	ereport(WARNING,
			(errcode(error->sqlerrcode),
			 errmsg("rule \"%s\" could not judge the rows of table \"%s\": %s",
					binding->rule, rows->name, error->message),
			 errhint("The rows are stored. Once the binding is put right, statute.backfill(%d) judges them.", binding->id)));
}

/* One line of what a user is told: row 17: does not hold: n < 3 (n = 5) */
static void
describe(StringInfo line, HeapTuple fact, TupleDesc desc)
{
	char	   *detail = SPI_getvalue(fact, desc, 3);

	appendStringInfo(line, "row %s: %s", SPI_getvalue(fact, desc, 1), SPI_getvalue(fact, desc, 2));
	if (detail != NULL)
		appendStringInfo(line, " (%s)", detail);
}

/* The rows that SPI returned have key, what and detail. */
static void
warn(const StatuteRows *rows, const StatuteBinding *binding, uint64 n)
{
	StringInfoData line;

	for (uint64 i = 0; i < n && i < MAX_NAMED; i++)
	{
		initStringInfo(&line);
		describe(&line, SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
		ereport(WARNING,
				(errcode(ERRCODE_STATUTE_RULE_BROKEN),
				 errmsg("table \"%s\" breaks rule \"%s\", %s", rows->name, binding->rule, binding->article),
				 errdetail_internal("%s.", line.data)));
	}
	if (n > MAX_NAMED)
		ereport(WARNING,
				(errcode(ERRCODE_STATUTE_RULE_BROKEN),
				 errmsg("table \"%s\" breaks rule \"%s\" in %llu more rows", rows->name, binding->rule,
						(unsigned long long) (n - MAX_NAMED))));
}

static void
refuse(Refusals *refusals, const StatuteBinding *binding, uint64 n)
{
	if (n == 0)
		return;
	if (refusals->nrules++ == 0)
	{
		initStringInfo(&refusals->detail);
		refusals->rule = binding->rule;
		refusals->row = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	}
	for (uint64 i = 0; i < n && !refusals->several_rows; i++)
		refusals->several_rows = strcmp(refusals->row, SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1)) != 0;
	for (uint64 i = 0; i < n && i < MAX_NAMED; i++)
	{
		appendStringInfo(&refusals->detail, "%sRule \"%s\", %s, ", refusals->detail.len > 0 ? "\n" : "",
						 binding->rule, binding->article);
		describe(&refusals->detail, SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
		appendStringInfoChar(&refusals->detail, '.');
	}
	if (n > MAX_NAMED)
		appendStringInfo(&refusals->detail, "\nRule \"%s\", %llu more.", binding->rule,
						 (unsigned long long) (n - MAX_NAMED));
}

static void
complain(const StatuteRows *rows, const Refusals *refusals)
{
	char	   *which;
	char	   *what;

	if (refusals->nrules == 0)
		return;
	which = refusals->several_rows ? psprintf("rows of table \"%s\" break", rows->name) :
		psprintf("row %s of table \"%s\" breaks", refusals->row, rows->name);
	what = refusals->nrules > 1 ? psprintf("%d rules", refusals->nrules) : psprintf("rule \"%s\"", refusals->rule);
	ereport(ERROR,
			(errcode(ERRCODE_STATUTE_RULE_BROKEN),
			 errmsg_internal("%s %s", which, what),
			 errdetail_internal("%s", refusals->detail.data),
			 errhint("Change the values that are named. The owner of the table can have them recorded instead, with statute.set_action().")));
}

/* Put right what is no longer so, and write down, or refuse, what breaks the rule. */
static void
settle(const StatuteRows *rows, StatuteBinding *binding, Tuplestorestate *facts, Refusals *refusals)
{
	bool		none = tuplestore_tuple_count(facts) == 0;
	uint64		n;

	if (none && rows->event == STATUTE_INSERTED)
		return;
	statute_register("facts", InvalidOid, statute_layout(STATUTE_FACT), facts);
	if (rows->touched != NULL)
		statute_ledger_execute("correct violations", binding, rows->how, rows->reason);
	if (none)
		return;
	/* what was there before the rule is written down, whatever the action */
	if (binding->action == STATUTE_REJECT && rows->event != STATUTE_REJUDGED)
	{
		n = statute_ledger_execute(binding->judged_as == STATUTE_OCCURRENCE ? "refused occurrences" : "refused facts",
								   binding, rows->how, rows->reason);
		refuse(refusals, binding, n);
	}
	else
	{
		if (rows->touched != NULL)
			statute_ledger_execute("refresh violations", binding, rows->how, rows->reason);
		n = statute_ledger_execute("record violations", binding, rows->how, rows->reason);
		if (binding->action == STATUTE_WARN)
			warn(rows, binding, n);
	}
	SPI_freetuptable(SPI_tuptable);
}

/* The same with what a statement finds in the ledger */
static void
settle_found(const StatuteRows *rows, StatuteBinding *binding, const char *statement, Refusals *refusals)
{
	Tuplestorestate *facts = statute_ledger_select(statement, binding, rows->how, rows->reason);

	settle(rows, binding, facts, refusals);
	tuplestore_end(facts);
}

/*
 * What the rule says of the rows as they were, where a row may have left it: of
 * a duty that ends it matters whether the row changed or the rule.
 */
static Tuplestorestate *
ask_of_before(StatuteRows *rows, StatuteBinding *binding, Tuplestorestate *judged)
{
	StatuteRows before = *rows;
	ErrorData  *error = NULL;
	Tuplestorestate *store = NULL;

	if (rows->old_rows != NULL && rows->query == STATUTE_UPDATED &&
		tuplestore_tuple_count(judged) < tuplestore_tuple_count(rows->new_rows))
	{
		statute_register("new_rows", rows->relid, NULL, rows->old_rows);
		store = statute_ask(&before, binding, &error);
		statute_register("new_rows", rows->relid, NULL, rows->new_rows);
	}
	return store != NULL ? store : tuplestore_begin_heap(false, false, work_mem);
}

static void
open_new_duties(StatuteAttempt *what)
{
	statute_ledger_execute("open new duties", what->binding, what->rows->how, what->rows->reason);
}

/*
 * Many new rows at once: none of them should have an obligation yet, and to look
 * for one takes a sixth of the time.  False where the table was changed behind
 * our back.
 */
static bool
open_many(const StatuteRows *rows, StatuteBinding *binding)
{
	StatuteAttempt what = {rows, binding, NULL};
	ErrorData  *error = statute_attempt(open_new_duties, &what);

	if (error != NULL && error->sqlerrcode != ERRCODE_UNIQUE_VIOLATION)
		ReThrowError(error);
	return error == NULL;
}

/* Obligations for new rows; false where some had one already. */
static bool
open_duties(const StatuteRows *rows, StatuteBinding *binding, uint64 n)
{
	if (!rows->few && open_many(rows, binding))
		return true;
	return statute_ledger_execute("open duties", binding, rows->how, rows->reason) == n;
}

/* Is a new duty late from its first moment?  Most are not, and need no further statement. */
static bool
any_late(Tuplestorestate *judged)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(statute_layout(STATUTE_DUTY), &TTSOpsMinimalTuple);
	bool		late = false;

	tuplestore_select_read_pointer(judged, 0);
	tuplestore_rescan(judged);
	while (!late && tuplestore_gettupleslot(judged, true, false, slot))
	{
		bool		undone;
		bool		isnull;
		TimestampTz done_at = DatumGetTimestampTz(slot_getattr(slot, STATUTE_DUTY_DONE_AT, &undone));
		TimestampTz due_at = DatumGetTimestampTz(slot_getattr(slot, STATUTE_DUTY_DUE_AT, &isnull));

		late = (undone ? GetCurrentTransactionStartTimestamp() : done_at) > due_at;
	}
	ExecDropSingleTupleTableSlot(slot);
	return late;
}

static void
follow_duties(StatuteRows *rows, StatuteBinding *binding, Tuplestorestate *judged, Refusals *refusals)
{
	bool		none = tuplestore_tuple_count(judged) == 0;
	Tuplestorestate *before;

	if (rows->event == STATUTE_INSERTED && none)
		return;
	if (rows->event == STATUTE_INSERTED && open_duties(rows, binding, tuplestore_tuple_count(judged)))
	{
		if (any_late(judged))
			settle_found(rows, binding, "new late facts", refusals);
		return;
	}
	/* also where a new row has an obligation already: its table was changed behind our back */
	statute_touch(rows);
	before = ask_of_before(rows, binding, judged);
	statute_register("judged_before", InvalidOid, statute_layout(STATUTE_DUTY), before);
	statute_ledger_execute("follow duties", binding, rows->how, rows->reason);
	if (strcmp(rows->how, STATUTE_RECOMPUTE) == 0)
		statute_ledger_execute("plan anew", binding, rows->how, rows->reason);
	if (rows->event != STATUTE_INSERTED && !none)
		statute_ledger_execute("open missing duties", binding, rows->how, rows->reason);
	settle_found(rows, binding, "late facts", refusals);
	tuplestore_end(before);
}

static void
follow_facts(StatuteRows *rows, StatuteBinding *binding, Tuplestorestate *judged, Refusals *refusals)
{
	if (rows->event != STATUTE_INSERTED)
		statute_touch(rows);
	settle(rows, binding, judged, refusals);
}

/* Bring the obligations of recurring duties up to what their rows say, or to a day. */
static void
follow_periods(StatuteAttempt *what)
{
	static const char *const steps[] = {
		"cancel periods", "follow subjects", "withdraw done", "open periods", "count done", "plan openings"
	};

	for (int i = 0; i < (int) lengthof(steps); i++)
		statute_ledger_execute(steps[i], what->binding, what->rows->how, what->rows->reason);
}

/* Of the rows that are registered as touched; how is the day */
void
statute_follow_periods(const StatuteRows *rows, StatuteBinding *binding)
{
	StatuteAttempt what = {rows, binding, NULL};

	follow_periods(&what);
}

/* No statement fails for what a row says of a recurring duty: the sweep tries again, and has it on record. */
static void
follow_recurrences(StatuteRows *rows, StatuteBinding *binding, Refusals *refusals)
{
	StatuteRows own = *rows;
	StatuteAttempt what = {&own, binding, NULL};
	ErrorData  *error;
	bool		changed;

	own.how = STATUTE_FOLLOW;
	statute_touch(rows);
	statute_ledger_execute("lock recurrences", binding, rows->how, rows->reason);
	SPI_freetuptable(SPI_tuptable);
	changed = statute_ledger_execute("forget recurrences", binding, rows->how, rows->reason) > 0;
	if (statute_ledger_execute("follow recurrences", binding, rows->how, rows->reason) > 0)
	{
		changed = true;
		error = statute_attempt(follow_periods, &what);
		if (error != NULL && statute_is_passing(error->sqlerrcode))
			ReThrowError(error);
		if (error != NULL)
			ereport(WARNING,
					(errcode(error->sqlerrcode),
					 errmsg("the recurring duties of table \"%s\" wait for the sweep: %s", rows->name, error->message)));
	}
	if (changed)
		settle_found(rows, binding, "late period facts", refusals);
}

static void
follow_occurrences(StatuteRows *rows, StatuteBinding *binding, Tuplestorestate *judged, Refusals *refusals)
{
	Tuplestorestate *affected;

	statute_touch(rows);
	affected = statute_ledger_select("affected", binding, rows->how, rows->reason);
	if (tuplestore_tuple_count(affected) == 0)
	{
		tuplestore_end(affected);
		return;
	}
	statute_register("affected", InvalidOid, statute_layout(STATUTE_AFFECTED), affected);
	if (binding->facts != NULL)
	{
		statute_ledger_execute("enter parties", binding, rows->how, rows->reason);
		statute_ledger_execute("lock parties", binding, rows->how, rows->reason);
		SPI_freetuptable(SPI_tuptable);
	}
	statute_ledger_execute("forget occurrences", binding, rows->how, rows->reason);
	statute_ledger_execute("follow occurrences", binding, rows->how, rows->reason);
	if (binding->has_roster)
		statute_ledger_execute("look at roster", binding, rows->how, rows->reason);
	if (binding->facts != NULL)
		settle_found(rows, binding, binding->facts, refusals);
	tuplestore_end(affected);
}

static void
write_ledger(StatuteRows *rows, StatuteBinding *binding, Tuplestorestate *judged, Refusals *refusals)
{
	statute_register("judged", InvalidOid, statute_layout(binding->judged_as), judged);
	if (binding->judged_as == STATUTE_DUTY)
		follow_duties(rows, binding, judged, refusals);
	else if (binding->judged_as == STATUTE_FACT)
		follow_facts(rows, binding, judged, refusals);
	else if (binding->judged_as == STATUTE_RECURRENCE)
		follow_recurrences(rows, binding, refusals);
	else
		follow_occurrences(rows, binding, judged, refusals);
	tuplestore_end(judged);
}

/* Judge the rows by all bindings of their table, or by one. */
void
statute_judge(StatuteRows *rows, int32 only)
{
	Refusals	refusals = {0};

	for (int i = 0; i < rows->table->nbindings; i++)
	{
		StatuteBinding *binding = &rows->table->bindings[i];
		ErrorData  *error = NULL;
		Tuplestorestate *judged;
		int			nest_level;

		if ((only != 0 && binding->id != only) || (rows->moves && !binding->watches_moves))
			continue;
		judged = statute_ask(rows, binding, &error);
		nest_level = NewGUCNestLevel();
		statute_pin_settings(binding, true);
		if (judged != NULL)
			write_ledger(rows, binding, judged, &refusals);
		else
			record_failure(rows, binding, error);
		AtEOXact_GUC(true, nest_level);
	}
	if (rows->touched != NULL)
		tuplestore_end(rows->touched);
	rows->touched = NULL;
	complain(rows, &refusals);
}
