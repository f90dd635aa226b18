/*
 * Rosters are read with the rights of the owner of their table, as the table of
 * a binding is.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "duty/duty.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(statute_read_roster);

/* Arguments: binding, query, relation, owner, calendar, zone. */
Datum
statute_read_roster(PG_FUNCTION_ARGS)
{
	StatuteBinding binding = {
		.id = PG_GETARG_INT32(0),
		.calendar = text_to_cstring(PG_GETARG_TEXT_PP(4)),
		.zone = text_to_cstring(PG_GETARG_TEXT_PP(5))
	};
	char	   *query = text_to_cstring(PG_GETARG_TEXT_PP(1));
	Oid			owner = statute_table_owner(PG_GETARG_OID(2));
	const char *setter = NameStr(*PG_GETARG_NAME(3));
	Tuplestorestate *store;
	SPIPlanPtr	plan;
	ReturnSetInfo *result;
	TupleTableSlot *slot;

	if (strcmp(GetUserNameFromId(owner, false), setter) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the roster of binding %d belongs to \"%s\" now, and \"%s\" set it", binding.id,
						GetUserNameFromId(owner, false), setter),
				 errhint("Its expressions would run with the rights of the new owner, who agrees by statute.set_roster().")));
	InitMaterializedSRF(fcinfo, 0);
	result = (ReturnSetInfo *) fcinfo->resultinfo;
	SPI_connect();
	store = tuplestore_begin_heap(false, false, work_mem);
	plan = statute_prepare_row_query(query, owner, &binding, false);
	statute_run_query(plan, owner, &binding, false, store);
	slot = MakeSingleTupleTableSlot(result->setDesc, &TTSOpsMinimalTuple);
	while (tuplestore_gettupleslot(store, true, false, slot))
		tuplestore_puttupleslot(result->setResult, slot);
	ExecDropSingleTupleTableSlot(slot);
	tuplestore_end(store);
	SPI_finish();
	return (Datum) 0;
}
