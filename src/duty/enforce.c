/*
 * The trigger function of bound tables: one call for each statement, whatever
 * it changed.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "compat.h"
#include "duty/duty.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(statute_enforce);

/* In the words of ri_triggers.c */
static void
check_protocol(FunctionCallInfo fcinfo)
{
	const char *name = "enforce";
	TriggerData *trigger;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager", name)));
	trigger = (TriggerData *) fcinfo->context;
	if (!TRIGGER_FIRED_AFTER(trigger->tg_event) || !TRIGGER_FIRED_FOR_STATEMENT(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired AFTER STATEMENT", name)));
	if ((trigger->tg_trigger->tgnewtable == NULL) !=
		(TRIGGER_FIRED_BY_DELETE(trigger->tg_event) || TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event)) ||
		(trigger->tg_trigger->tgoldtable == NULL) !=
		(TRIGGER_FIRED_BY_INSERT(trigger->tg_event) || TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event)))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("trigger \"%s\" does not have the transition tables of its event", trigger->tg_trigger->tgname),
				 errhint("The triggers of bound tables are made by statute.bind().")));
}

static StatuteEvent
get_event(const TriggerData *trigger)
{
	return TRIGGER_FIRED_BY_INSERT(trigger->tg_event) ? STATUTE_INSERTED :
		TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? STATUTE_UPDATED : STATUTE_DELETED;
}

static bool
is_empty(Tuplestorestate *store)
{
	return store == NULL || tuplestore_tuple_count(store) == 0;
}

/* When a binding last judged rows: the command of the statement that changed them */
typedef struct LastRun
{
	int32		binding;		/* the hash key */
	LocalTransactionId transaction;
	CommandId	command;
} LastRun;

static HTAB *last_runs = NULL;

/*
 * Have rows of the table been judged for a later command than this one?  Then
 * that ran within it, in a trigger or a function of the user's.  Or for the same
 * command?  Its parts, such as the delete and the insert of one statement with
 * a common table expression, do not tell which came first.
 */
static bool
was_overtaken(const StatuteTable *table, CommandId command)
{
	for (int i = 0; i < table->nbindings && last_runs != NULL; i++)
	{
		LastRun    *run = (LastRun *) hash_search(last_runs, &table->bindings[i].id, HASH_FIND, NULL);

		if (run != NULL && run->transaction == statute_transaction() && run->command >= command)
			return true;
	}
	return false;
}

static void
note_run(const StatuteTable *table, CommandId command)
{
	if (last_runs == NULL)
	{
		HASHCTL		ctl = {.keysize = sizeof(int32), .entrysize = sizeof(LastRun), .hcxt = CacheMemoryContext};

		last_runs = hash_create("pg_statute last runs", 16, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	for (int i = 0; i < table->nbindings; i++)
	{
		bool		found;
		LastRun    *run = (LastRun *) hash_search(last_runs, &table->bindings[i].id, HASH_ENTER, &found);

		if (!found || run->transaction != statute_transaction() || run->command < command)
			run->command = command;
		run->transaction = statute_transaction();
	}
}

/*
 * Can one row have come more than once, as the actions of several foreign keys
 * hand on each change that they make?  Where no key was changed, there are then
 * more changes than keys.
 */
static bool
can_repeat_rows(StatuteRows *rows)
{
	int64		changes = tuplestore_tuple_count(rows->new_rows);
	bool		key_changed = false;
	TupleTableSlot *slot;
	bool		isnull;

	statute_touch(rows);
	slot = MakeSingleTupleTableSlot(statute_layout(STATUTE_TOUCHED), &TTSOpsMinimalTuple);
	tuplestore_select_read_pointer(rows->touched, 0);
	while (!key_changed && tuplestore_gettupleslot(rows->touched, true, false, slot))
	{
		key_changed = DatumGetBool(slot_getattr(slot, 2, &isnull));
		changes--;
	}
	ExecDropSingleTupleTableSlot(slot);
	return key_changed || changes > 0;
}

static void
judge_statement(const TriggerData *trigger, StatuteTable *table, CommandId command)
{
	StatuteRows rows = {
		.table = table, .name = RelationGetRelationName(trigger->tg_relation),
		.event = get_event(trigger), .query = get_event(trigger), .few = true, .how = STATUTE_FOLLOW,
		.relid = RelationGetRelid(trigger->tg_relation), .new_rows = trigger->tg_newtable, .old_rows = trigger->tg_oldtable
	};

	if (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
	{
		for (int i = 0; i < table->nbindings; i++)
			statute_judge_missing(table, &table->bindings[i], "table truncated");
		return;
	}
	if (rows.new_rows != NULL)
		rows.few = statute_register("new_rows", rows.relid, NULL, rows.new_rows);
	if (rows.old_rows != NULL)
		rows.few = statute_register("old_rows", rows.relid, NULL, rows.old_rows) && rows.few;
	if (table->nbindings > 0)
		rows.moves = was_overtaken(table, command) ||
			(rows.event == STATUTE_UPDATED && can_repeat_rows(&rows));
	statute_judge(&rows, 0);
	if (rows.moves)
	{
		rows.moves = false;
		statute_judge_again(&rows);
	}
	note_run(table, command);
}

Datum
statute_enforce(PG_FUNCTION_ARGS)
{
	TriggerData *trigger;
	StatuteTable *table;
	CommandId	command;

	check_protocol(fcinfo);
	trigger = (TriggerData *) fcinfo->context;
	if (!TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event) &&
		is_empty(trigger->tg_newtable) && is_empty(trigger->tg_oldtable))
		return PointerGetDatum(NULL);

	/* that of the statement, under whose snapshot triggers are fired */
	command = GetActiveSnapshot()->curcid;
	SPI_connect();
	statute_ledger_refresh();
	table = statute_table_acquire(RelationGetRelid(trigger->tg_relation));
	PG_TRY();
	{
		judge_statement(trigger, table, command);
	}
	PG_FINALLY();
	{
		statute_table_release(table);
	}
	PG_END_TRY();
	SPI_finish();
	return PointerGetDatum(NULL);
}
