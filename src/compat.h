/*
 * What differs between the PostgreSQL versions that we support.
 */
#ifndef STATUTE_COMPAT_H
#define STATUTE_COMPAT_H

#include "postgres.h"

#include "fmgr.h"
#include "storage/proc.h"

#if PG_VERSION_NUM < 150000
#error "pg_statute needs PostgreSQL 15 or newer"
#endif

/* PostgreSQL 16 moved the varlena macros out of postgres.h (commit d952373a98) */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* PostgreSQL 16 brought soft errors (commit d9f7f5d32f) */
#if PG_VERSION_NUM < 160000
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#define SOFT_ERROR_OCCURRED(context)	((void) (context), false)
#define statute_make_range(typcache, lower, upper) \
	make_range(typcache, lower, upper, false)
#else
#define statute_make_range(typcache, lower, upper) \
	make_range(typcache, lower, upper, false, NULL)
#endif

/* PostgreSQL 16 made one function of the checks for each kind of object (commit afbfc02983) */
#if PG_VERSION_NUM < 160000
#define statute_owns_table(relid, roleid)	pg_class_ownercheck(relid, roleid)
#else
#define statute_owns_table(relid, roleid)	object_ownercheck(RelationRelationId, relid, roleid)
#endif

/* PostgreSQL 17 moved the number of the transaction (commit 024c521117) */
#if PG_VERSION_NUM < 170000
#define statute_transaction()	(MyProc->lxid)
#else
#define statute_transaction()	(MyProc->vxid.lxid)
#endif

#endif							/* STATUTE_COMPAT_H */
