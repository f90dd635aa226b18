/*
 * The way to the functions of src/duty/obligation.sql that write the ledger.
 *
 * They run as its owner, like a SECURITY DEFINER function, but are told who
 * calls: within such a function the caller is not known any more, and the role
 * of the session is another matter, as code that somebody else wrote can be
 * calling in it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "duty/duty.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(statute_gateway);

/* SELECT statute._pause($1, $2, ...) for a call of pause() */
static char *
get_query(Oid function, int nargs)
{
	StringInfoData query;

	initStringInfo(&query);
	appendStringInfo(&query, "SELECT statute._%s($1", get_func_name(function));
	for (int i = 0; i < nargs; i++)
		appendStringInfo(&query, ", $%d", i + 2);
	appendStringInfoChar(&query, ')');
	return query.data;
}

/* The first argument of the other function is the caller, the rest are ours. */
Datum
statute_gateway(PG_FUNCTION_ARGS)
{
	Oid			function = fcinfo->flinfo->fn_oid;
	MemoryContext context = CurrentMemoryContext;
	Datum		values[FUNC_MAX_ARGS];
	char		nulls[FUNC_MAX_ARGS + 1];
	Oid			types[FUNC_MAX_ARGS];
	Oid		   *own_types;
	int			nargs;
	Oid			result_type = get_func_signature(function, &own_types, &nargs);
	Oid			user;
	int			sec_context;
	Datum		result;
	bool		isnull;
	int16		len;
	bool		byval;

	GetUserIdAndSecContext(&user, &sec_context);
	types[0] = NAMEOID;
	values[0] = CStringGetDatum(GetUserNameFromId(user, false));
	nulls[0] = ' ';
	for (int i = 0; i < nargs; i++)
	{
		types[i + 1] = own_types[i];
		values[i + 1] = PG_GETARG_DATUM(i);
		nulls[i + 1] = PG_ARGISNULL(i) ? 'n' : ' ';
	}
	SPI_connect();
	SetUserIdAndSecContext(statute_ledger_owner(), sec_context | SECURITY_LOCAL_USERID_CHANGE);
	if (SPI_execute_with_args(get_query(function, nargs), nargs + 1, types, values, nulls, false, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "function %s had no result", get_func_name(function));
	SetUserIdAndSecContext(user, sec_context);
	result = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (!isnull && result_type != VOIDOID)
	{
		MemoryContext old = MemoryContextSwitchTo(context);

		get_typlenbyval(result_type, &len, &byval);
		result = datumCopy(result, byval, len);
		MemoryContextSwitchTo(old);
	}
	SPI_finish();
	if (isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}
