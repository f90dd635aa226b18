/*
 * Writing bindings.  Their table belongs to the extension, but who may write
 * which row is a question of who owns the bound table.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "compat.h"
#include "duty/duty.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(statute_insert_binding);
PG_FUNCTION_INFO_V1(statute_change_binding);

static void
check_ownership(Oid relid)
{
	if (!statute_owns_table(relid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(relid));
}

/* One value, or null, of a query that gets the arguments of the call */
static Datum
execute(FunctionCallInfo fcinfo, const char *sql, int nargs, Oid *types, bool as_ledger_owner, bool *isnull)
{
	Datum		values[FUNC_MAX_ARGS];
	char		nulls[FUNC_MAX_ARGS + 1];
	Datum		result = (Datum) 0;
	Oid			user;
	int			sec_context;
	int			rc;

	for (int i = 0; i < nargs; i++)
	{
		values[i] = PG_GETARG_DATUM(i);
		nulls[i] = PG_ARGISNULL(i) ? 'n' : ' ';
	}
	GetUserIdAndSecContext(&user, &sec_context);
	if (as_ledger_owner)
		SetUserIdAndSecContext(statute_ledger_owner(),
							   sec_context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	rc = SPI_execute_with_args(sql, nargs, types, values, nulls, false, 0);
	SetUserIdAndSecContext(user, sec_context);
	if (rc < 0)
		elog(ERROR, "SPI_execute_with_args returned %d for: %s", rc, sql);
	*isnull = SPI_processed == 0;
	if (!*isnull)
		result = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, isnull);
	return result;
}

/* Arguments: rule, relation, roles, subject, action, calendar.  Returns the id. */
Datum
statute_insert_binding(PG_FUNCTION_ARGS)
{
	Oid			types[6] = {TEXTOID, REGCLASSOID, JSONBOID, TEXTOID, TEXTOID, TEXTOID};
	int32		id;
	bool		isnull;

	SPI_connect();
	execute(fcinfo, "SELECT statute._check_new_binding($1, $2, $3, $4, $5, $6)", 6, types, false, &isnull);
	check_ownership(PG_GETARG_OID(1));
	id = DatumGetInt32(execute(fcinfo, "SELECT statute._store_binding($1, $2, $3, $4, $5, $6)", 6, types, true, &isnull));
	SPI_finish();
	PG_RETURN_INT32(id);
}

/* Arguments: binding, change. */
Datum
statute_change_binding(PG_FUNCTION_ARGS)
{
	Oid			types[2] = {INT4OID, TEXTOID};
	Datum		relation;
	bool		isnull;

	SPI_connect();
	relation = execute(fcinfo, "SELECT b.relation FROM statute.binding b WHERE b.id = $1", 1, types, false, &isnull);
	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("binding %d does not exist, or no longer", PG_GETARG_INT32(0)),
				 errhint("SELECT * FROM statute.binding_list lists the bindings.")));
	check_ownership(DatumGetObjectId(relation));
	execute(fcinfo, "SELECT statute._update_binding($1, $2)", 2, types, true, &isnull);
	SPI_finish();
	PG_RETURN_VOID();
}
