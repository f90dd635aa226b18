/*
 * Writing bindings.  Their table belongs to the extension, but who may write
 * which row is a question of who owns the bound table.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "compat.h"
#include "duty/duty.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(statute_insert_binding);
PG_FUNCTION_INFO_V1(statute_change_binding);
PG_FUNCTION_INFO_V1(statute_change_roles);
PG_FUNCTION_INFO_V1(statute_set_roster);
PG_FUNCTION_INFO_V1(statute_wait_for_writers);
PG_FUNCTION_INFO_V1(statute_check_bound_expressions);

static void
check_ownership(Oid relid)
{
	if (!statute_owns_table(relid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(relid));
}

/* Whose writes are waited for, so that each row is there already or judged by its own statement */
static void
lock_out_writers(Oid relid, LOCKMODE mode)
{
	list_free(find_all_inheritors(relid, mode, NULL));
	LockRelationOid(relid, mode);
}

/* One value, or null, of a query; as the owner of the ledger, the caller's functions are out of reach. */
static Datum
execute(const char *sql, int nargs, Oid *types, Datum *values, const char *nulls, Oid as, bool *isnull)
{
	Datum		result = (Datum) 0;
	Oid			user;
	int			sec_context;
	int			rc;

	GetUserIdAndSecContext(&user, &sec_context);
	if (OidIsValid(as))
		SetUserIdAndSecContext(as, sec_context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	rc = SPI_execute_with_args(sql, nargs, types, values, nulls, false, 0);
	SetUserIdAndSecContext(user, sec_context);
	if (rc < 0)
		elog(ERROR, "SPI_execute_with_args returned %d for: %s", rc, sql);
	*isnull = SPI_processed == 0;
	if (!*isnull)
		result = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, isnull);
	return result;
}

/* The table of a binding, which the current user, or a role that he is a member of, must own */
Oid
statute_own_table(int32 binding)
{
	Oid			types[1] = {INT4OID};
	Datum		values[1] = {Int32GetDatum(binding)};
	bool		isnull;
	Datum		relation = execute("SELECT b.relation FROM statute.binding b WHERE b.id OPERATOR(pg_catalog.=) $1",
								   1, types, values, NULL, InvalidOid, &isnull);

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("binding %d does not exist, or no longer", binding),
				 errhint("SELECT * FROM statute.binding_list lists the bindings.")));
	check_ownership(DatumGetObjectId(relation));
	return DatumGetObjectId(relation);
}

/* That of the binding that is the first argument */
static Oid
get_own_table(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("no binding is named")));
	return statute_own_table(PG_GETARG_INT32(0));
}

/* Arguments: rule, relation, roles, subject, action, calendar.  Returns the id. */
Datum
statute_insert_binding(PG_FUNCTION_ARGS)
{
	Oid			types[7] = {TEXTOID, REGCLASSOID, JSONBOID, TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID};
	Datum		values[7];
	char		nulls[8] = "       ";
	int			nest_level;
	int32		id;
	bool		isnull;

	/* the expressions are read after it is clear whose table it is */
	if (!PG_ARGISNULL(1))
		check_ownership(PG_GETARG_OID(1));
	for (int i = 0; i < 6; i++)
	{
		values[i] = PG_GETARG_DATUM(i);
		nulls[i] = PG_ARGISNULL(i) ? 'n' : ' ';
	}
	SPI_connect();
	nest_level = NewGUCNestLevel();
	values[6] = execute("SELECT statute._check_new_binding($1, $2, $3, $4, $5, $6)", 6, types, values, nulls, InvalidOid, &isnull);
	AtEOXact_GUC(false, nest_level);
	lock_out_writers(PG_GETARG_OID(1), ShareRowExclusiveLock);
	id = DatumGetInt32(execute("SELECT statute._store_binding($1, $2, $3, $4, $5, $6, $7)", 7, types, values, nulls,
							   statute_ledger_owner(), &isnull));
	SPI_finish();
	PG_RETURN_INT32(id);
}

/* Arguments: binding, change. */
Datum
statute_change_binding(PG_FUNCTION_ARGS)
{
	Oid			types[2] = {INT4OID, TEXTOID};
	Datum		values[2] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};
	bool		isnull;

	SPI_connect();
	lock_out_writers(get_own_table(fcinfo), ShareRowExclusiveLock);
	execute("SELECT statute._update_binding($1, $2)", 2, types, values, NULL, statute_ledger_owner(), &isnull);
	SPI_finish();
	PG_RETURN_VOID();
}

/* Arguments: binding, roles, subject. */
Datum
statute_change_roles(PG_FUNCTION_ARGS)
{
	Oid			types[4] = {INT4OID, JSONBOID, TEXTOID, TEXTARRAYOID};
	Datum		values[4] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), PG_GETARG_DATUM(2), 0};
	char		nulls[5] = "    ";
	int			nest_level;
	bool		isnull;

	nulls[1] = PG_ARGISNULL(1) ? 'n' : ' ';
	nulls[2] = PG_ARGISNULL(2) ? 'n' : ' ';
	SPI_connect();
	lock_out_writers(get_own_table(fcinfo), ShareRowExclusiveLock);
	nest_level = NewGUCNestLevel();
	values[3] = execute("SELECT statute._check_roles(b.rule, b.relation, $2, $3) FROM statute.binding b WHERE b.id = $1",
						3, types, values, nulls, InvalidOid, &isnull);
	AtEOXact_GUC(false, nest_level);
	execute("SELECT statute._store_roles($1, $2, $3, $4)", 4, types, values, nulls, statute_ledger_owner(), &isnull);
	SPI_finish();
	PG_RETURN_VOID();
}

/* Arguments: binding, relation, subject, during, since, part, template. */
Datum
statute_set_roster(PG_FUNCTION_ARGS)
{
	Oid			types[7] = {INT4OID, REGCLASSOID, TEXTOID, TEXTOID, DATEOID, TEXTOID, TEXTOID};
	Datum		values[7];
	char		nulls[8] = "       ";
	int			nest_level;
	bool		isnull;

	for (int i = 0; i < 7; i++)
	{
		values[i] = PG_GETARG_DATUM(i);
		nulls[i] = PG_ARGISNULL(i) ? 'n' : ' ';
	}
	SPI_connect();
	get_own_table(fcinfo);
	if (!PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(2) || PG_ARGISNULL(5) || PG_ARGISNULL(6))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a roster needs a subject, a part and a text")));
		check_ownership(PG_GETARG_OID(1));
		nest_level = NewGUCNestLevel();
		execute("SELECT statute._check_roster($1, $2, $3, $4, $7)", 7, types, values, nulls, InvalidOid, &isnull);
		AtEOXact_GUC(false, nest_level);
	}
	execute("SELECT statute._store_roster($1, $2, $3, $4, $5, $6, $7)", 7, types, values, nulls, statute_ledger_owner(), &isnull);
	SPI_finish();
	PG_RETURN_VOID();
}

/* Arguments: binding.  To be followed by a commit, which lets them go on. */
Datum
statute_wait_for_writers(PG_FUNCTION_ARGS)
{
	SPI_connect();
	lock_out_writers(get_own_table(fcinfo), ShareLock);
	SPI_finish();
	PG_RETURN_VOID();
}

/* Arguments: binding.  What it says was written by the role that made it, and is read with that role's rights. */
Datum
statute_check_bound_expressions(PG_FUNCTION_ARGS)
{
	Oid			types[1] = {INT4OID};
	Datum		values[1] = {PG_GETARG_DATUM(0)};
	int			nest_level;
	Datum		owner;
	Datum		dates;
	Oid			user;
	int			sec_context;
	bool		isnull;

	SPI_connect();
	owner = execute("SELECT r.oid FROM statute.binding b JOIN pg_catalog.pg_roles r ON r.rolname = b.owner WHERE b.id = $1",
					1, types, values, NULL, InvalidOid, &isnull);
	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("the role that made binding %d does not exist", PG_GETARG_INT32(0))));
	nest_level = NewGUCNestLevel();
	GetUserIdAndSecContext(&user, &sec_context);
	SetUserIdAndSecContext(DatumGetObjectId(owner), sec_context | SECURITY_RESTRICTED_OPERATION);
	dates = execute("SELECT statute._check_expressions(b.rule, b.relation, b.roles, b.subject) FROM statute.binding b WHERE b.id = $1",
					1, types, values, NULL, InvalidOid, &isnull);
	AtEOXact_GUC(false, nest_level);
	SetUserIdAndSecContext(user, sec_context);
	dates = SPI_datumTransfer(dates, false, -1);
	SPI_finish();
	PG_RETURN_DATUM(dates);
}
