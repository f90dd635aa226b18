/*
 * Expressions of bindings: SQL over the columns of one table.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "compat.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "rulebook/expression.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(statute_expression_type);

/* The queries read rows that changed, which have no system columns and are no row of the table's type. */
static bool
find_no_column(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var) && ((Var *) node)->varattno <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("an expression of a binding cannot use system columns or whole rows")));
	return expression_tree_walker(node, find_no_column, context);
}

/* Its columns by their names alone, as in a check constraint, and within the same limits */
static Node *
analyze(ParseState *pstate, Relation rel, const char *source)
{
	ParseNamespaceItem *item = addRangeTableEntryForRelation(pstate, rel, AccessShareLock, NULL, false, true);
	Node	   *expr;

	addNSItemToQuery(pstate, item, true, false, true);
	expr = transformExpr(pstate, statute_parse_expression(source), EXPR_KIND_CHECK_CONSTRAINT);
	find_no_column(expr, NULL);
	return expr;
}

static Oid
check_type(ParseState *pstate, Node *expr, const char *what, Oid wanted)
{
	Oid			type = exprType(expr);
	Node	   *coerced = coerce_to_target_type(pstate, expr, type, wanted, -1, COERCION_ASSIGNMENT,
												COERCE_IMPLICIT_CAST, -1);

	if (coerced == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("role \"%s\" has type %s, and its expression %s", what,
						format_type_be(wanted), format_type_be(type)),
				 errhint("Cast the expression, where every value of the column can be cast.")));
	assign_expr_collations(pstate, coerced);
	if (contain_volatile_functions(coerced))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("the expression of \"%s\" calls a volatile function", what),
				 errhint("A binding must say the same of the same row at the same time.")));
	return type == UNKNOWNOID ? wanted : type;
}

/* The type of an expression, read with the rights of the current user */
Datum
statute_expression_type(PG_FUNCTION_ARGS)
{
	char	   *source = text_to_cstring(PG_GETARG_TEXT_PP(1));
	char	   *what = text_to_cstring(PG_GETARG_TEXT_PP(2));
	Relation	rel = table_open(PG_GETARG_OID(0), AccessShareLock);
	ParseState *pstate = make_parsestate(NULL);
	StatuteReading reading = {psprintf("expression of role \"%s\"", what), source};
	ErrorContextCallback context = {error_context_stack, statute_name_expression, &reading};
	Oid			type;

	error_context_stack = &context;
	type = check_type(pstate, analyze(pstate, rel, source), what, PG_GETARG_OID(3));
	error_context_stack = context.previous;
	free_parsestate(pstate);
	table_close(rel, NoLock);
	PG_RETURN_OID(type);
}
