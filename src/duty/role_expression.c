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
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(statute_expression_type);
PG_FUNCTION_INFO_V1(statute_day_and_instant);
PG_FUNCTION_INFO_V1(statute_compared_words);

/* The roles of one comparison: the first that is bound to a day, and the first that is bound to an instant */
typedef struct Compared
{
	ArrayType  *days;
	ArrayType  *instants;
	const char *day;
	const char *instant;
} Compared;

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

static bool
contains(ArrayType *names, const char *name)
{
	Datum	   *name_of;
	int			n;

	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &name_of, NULL, &n);
	for (int i = 0; i < n; i++)
	{
		if (strcmp(TextDatumGetCString(name_of[i]), name) == 0)
			return true;
	}
	return false;
}

/* =, <> and those of order */
static bool
is_comparison(const A_Expr *expr)
{
	const char *name = strVal(llast(expr->name));

	return strspn(name, "<>=!") == strlen(name);
}

static bool
compares_order(const A_Expr *expr)
{
	return expr->kind == AEXPR_BETWEEN || expr->kind == AEXPR_BETWEEN_SYM ||
		expr->kind == AEXPR_NOT_BETWEEN || expr->kind == AEXPR_NOT_BETWEEN_SYM ||
		(expr->kind == AEXPR_OP && is_comparison(expr));
}

/* The roles whose values are compared, rather than what a function, a cast or another test makes of them */
static bool
find_compared(Node *node, void *context)
{
	Compared   *compared = (Compared *) context;

	if (node == NULL || IsA(node, FuncCall) || IsA(node, TypeCast) || IsA(node, NullTest) || IsA(node, BoolExpr) ||
		(IsA(node, A_Expr) && compares_order((A_Expr *) node)))
		return false;
	if (IsA(node, ColumnRef))
	{
		const char *name = strVal(linitial(((ColumnRef *) node)->fields));

		if (contains(compared->days, name))
			compared->day = name;
		else if (contains(compared->instants, name))
			compared->instant = name;
	}
	return raw_expression_tree_walker(node, find_compared, context);
}

static bool
find_day_and_instant(Node *node, void *context)
{
	Compared   *compared = (Compared *) context;

	if (node == NULL)
		return false;
	if (IsA(node, A_Expr) && compares_order((A_Expr *) node))
	{
		compared->day = compared->instant = NULL;
		find_compared(((A_Expr *) node)->lexpr, context);
		find_compared(((A_Expr *) node)->rexpr, context);
		if (compared->day != NULL && compared->instant != NULL)
			return true;
	}
	return raw_expression_tree_walker(node, find_day_and_instant, context);
}

/*
 * A day is compared as its midnight, so that an instant of the same day comes
 * after it: the roles of a rule's comparison that are bound so, or null.
 */
Datum
statute_day_and_instant(PG_FUNCTION_ARGS)
{
	Node	   *expr = statute_parse_expression(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	Compared	compared = {.days = PG_GETARG_ARRAYTYPE_P(1), .instants = PG_GETARG_ARRAYTYPE_P(2)};
	Datum		found[2];

	if (!find_day_and_instant(expr, &compared))
		PG_RETURN_NULL();
	found[0] = CStringGetTextDatum(compared.day);
	found[1] = CStringGetTextDatum(compared.instant);
	PG_RETURN_ARRAYTYPE_P(construct_array(found, 2, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Of one comparison: roles, and the words that they are compared with */
typedef struct Worded
{
	List	   *roles;
	List	   *words;
	ArrayBuildState *pairs;		/* of all comparisons: a role, a word, a role, a word */
} Worded;

static bool
find_worded(Node *node, void *context)
{
	Worded	   *worded = (Worded *) context;

	if (node == NULL || IsA(node, FuncCall) || IsA(node, NullTest))
		return false;
	if (IsA(node, ColumnRef))
		worded->roles = lappend(worded->roles, linitial(((ColumnRef *) node)->fields));
	else if (IsA(node, A_Const) && !((A_Const *) node)->isnull && IsA(&((A_Const *) node)->val, String))
		worded->words = lappend(worded->words, &((A_Const *) node)->val.sval);
	return raw_expression_tree_walker(node, find_worded, context);
}

static bool
compares_words(const A_Expr *expr)
{
	return expr->kind == AEXPR_IN || expr->kind == AEXPR_OP_ANY || expr->kind == AEXPR_OP_ALL ||
		expr->kind == AEXPR_DISTINCT || expr->kind == AEXPR_NOT_DISTINCT ||
		(expr->kind == AEXPR_OP && is_comparison(expr));
}

static bool
find_words(Node *node, void *context)
{
	Worded	   *worded = (Worded *) context;

	if (node == NULL)
		return false;
	worded->roles = worded->words = NIL;
	if (IsA(node, A_Expr) && compares_words((A_Expr *) node))
	{
		find_worded(((A_Expr *) node)->lexpr, context);
		find_worded(((A_Expr *) node)->rexpr, context);
	}
	else if (IsA(node, FuncCall))
		find_worded((Node *) ((FuncCall *) node)->args, context);
	for (int i = 0; i < list_length(worded->roles) * list_length(worded->words); i++)
	{
		Node	   *role = list_nth(worded->roles, i / list_length(worded->words));
		Node	   *word = list_nth(worded->words, i % list_length(worded->words));

		worded->pairs = accumArrayResult(worded->pairs, CStringGetTextDatum(strVal(role)), false, TEXTOID, CurrentMemoryContext);
		worded->pairs = accumArrayResult(worded->pairs, CStringGetTextDatum(strVal(word)), false, TEXTOID, CurrentMemoryContext);
	}
	return raw_expression_tree_walker(node, find_words, context);
}

/* The words that an expression of a rule compares its roles with, each after its role */
Datum
statute_compared_words(PG_FUNCTION_ARGS)
{
	Worded		worded = {.pairs = initArrayResult(TEXTOID, CurrentMemoryContext, false)};

	find_words(statute_parse_expression(text_to_cstring(PG_GETARG_TEXT_PP(0))), &worded);
	PG_RETURN_DATUM(makeArrayResult(worded.pairs, CurrentMemoryContext));
}
