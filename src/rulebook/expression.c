/*
 * Expressions of rules: boolean SQL over the names of roles, and nothing else.
 *
 * A rule is written before anyone knows the tables that it will be bound to.
 * So its roles, and the values that are read into it, are parsed as parameters
 * of their types, as PL/pgSQL does with its variables, and whatever holds a
 * query is refused.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "compat.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parse_type.h"
#include "parser/parser.h"
#include "rulebook/expression.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(statute_check_expression);

typedef struct Roles
{
	int			n;
	char	  **names;
	Oid		   *types;
} Roles;

static void
complain_of_name(ParseState *pstate, const char *name, const Roles *roles, int location)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < roles->n; i++)
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", roles->names[i]);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("\"%s\" is not a role of the rule", name),
			 roles->n > 0 ? errhint("The names that it knows are %s.", list.data) : errhint("The rule has no roles.")));
}

/* A name in the expression is a role. */
static Node *
role_reference(ParseState *pstate, ColumnRef *ref)
{
	const Roles *roles = (const Roles *) pstate->p_ref_hook_state;
	Node	   *field = (Node *) linitial(ref->fields);
	Param	   *param;
	int			i = roles->n;

	if (list_length(ref->fields) == 1 && IsA(field, String))
	{
		for (i = 0; i < roles->n && strcmp(roles->names[i], strVal(field)) != 0;)
			i++;
	}
	if (i == roles->n)
		complain_of_name(pstate, NameListToString(ref->fields), roles, ref->location);

	param = makeNode(Param);
	param->paramkind = PARAM_EXTERN;
	param->paramid = i + 1;
	param->paramtype = roles->types[i];
	param->paramtypmod = -1;
	param->paramcollid = get_typcollation(param->paramtype);
	param->location = ref->location;
	return (Node *) param;
}

/* Nothing but an expression: what else the grammar takes after it shows in the tree. */
static Node *
parse_one(const char *source)
{
	List	   *list = raw_parser(source, RAW_PARSE_PLPGSQL_EXPR);
	SelectStmt *select = (SelectStmt *) linitial_node(RawStmt, list)->stmt;

	if (list_length(select->targetList) == 1 &&
		linitial_node(ResTarget, select->targetList)->name == NULL &&
		select->distinctClause == NIL && select->fromClause == NIL &&
		select->whereClause == NULL && select->groupClause == NIL &&
		select->havingClause == NULL && select->windowClause == NIL &&
		select->sortClause == NIL && select->limitOffset == NULL &&
		select->limitCount == NULL && select->lockingClause == NIL)
		return linitial_node(ResTarget, select->targetList)->val;
	ereport(ERROR,
			(errcode(ERRCODE_SYNTAX_ERROR),
			 errmsg("\"%s\" is not one expression", source)));
}

/* First by itself, for errors that point into it; then as a binding will put it into a query. */
Node *
statute_parse_expression(const char *source)
{
	parse_one(source);
	return parse_one(psprintf("(%s\n)", source));
}

static void
refuse(const char *what, const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
			 errmsg("an expression of a rule cannot use %s %s", what, name),
			 errhint("It can use what is built in and what pg_statute brings. A binding can use the rest for the value of a role.")));
}

/* A name without a schema is found in the search path, which is ours. */
static void
check_name(const char *what, List *name, Oid namespace)
{
	Oid			schema = list_length(name) > 1 ? get_namespace_oid(strVal(linitial(name)), true) : namespace;

	if (schema != PG_CATALOG_NAMESPACE && schema != namespace)
		refuse(what, NameListToString(name));
}

static void
check_type(TypeName *name, Oid namespace)
{
	int32		typmod;
	Type		type = typenameType(NULL, name, &typmod);
	Oid			schema = ((Form_pg_type) GETSTRUCT(type))->typnamespace;

	ReleaseSysCache(type);
	if (schema != PG_CATALOG_NAMESPACE && schema != namespace)
		refuse("type", TypeNameToString(name));
}

/*
 * Reading a literal runs code of its type, so that others' types must be found
 * before the expression is analyzed, and so must what can have them for its
 * arguments.
 */
static bool
find_foreign_name(Node *node, void *context)
{
	Oid			namespace = *(Oid *) context;

	if (node == NULL)
		return false;
	if (IsA(node, TypeName))
		check_type((TypeName *) node, namespace);
	else if (IsA(node, FuncCall))
		check_name("function", ((FuncCall *) node)->funcname, namespace);
	else if (IsA(node, A_Expr))
		check_name("operator", ((A_Expr *) node)->name, namespace);
	return raw_expression_tree_walker(node, find_foreign_name, context);
}

/*
 * Built-in functions and our own.  Planning and linting evaluate what is
 * constant, with the rights of whoever does it, so that code of others must not
 * come in here; a binding can call it to make the value of a role.
 */
static bool
is_foreign(Oid function, void *context)
{
	Oid			namespace = get_func_namespace(function);

	if (namespace == PG_CATALOG_NAMESPACE ||
		(namespace == *(Oid *) context && get_func_name(function)[0] != '_'))
		return false;
	refuse("function", format_procedure_qualified(function));
	return true;
}

static bool
find_foreign(Node *node, void *context)
{
	if (node == NULL)
		return false;
	check_functions_in_node(node, is_foreign, context);
	return expression_tree_walker(node, find_foreign, context);
}

/* Positions are in the expression, not in the query that called us (see plpgsql_compile_error_callback). */
void
statute_name_expression(void *arg)
{
	const StatuteReading *reading = (const StatuteReading *) arg;

	if (geterrposition() > 0)
	{
		internalerrposition(geterrposition());
		internalerrquery(reading->source);
		errposition(0);
	}
	errcontext("%s", reading->what);
}

/* Within PostgreSQL's rules for check constraints: no subqueries, aggregates, windows or sets. */
static Expr *
analyze(const char *source, const char *what, Roles *roles, Oid namespace)
{
	ParseState *pstate = make_parsestate(NULL);
	Node	   *expr = statute_parse_expression(source);

	find_foreign_name(expr, &namespace);
	pstate->p_pre_columnref_hook = role_reference;
	pstate->p_ref_hook_state = roles;
	expr = transformExpr(pstate, expr, EXPR_KIND_CHECK_CONSTRAINT);
	expr = coerce_to_boolean(pstate, expr, what);
	assign_expr_collations(pstate, expr);
	free_parsestate(pstate);
	find_foreign(expr, &namespace);
	if (contain_volatile_functions(expr))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("\"%s\" calls a volatile function", source),
				 errhint("A rule must say the same of the same row at the same time.")));
	return (Expr *) expr;
}

/* Is it false or null whatever the roles are? */
static bool
can_never_hold(Expr *expr)
{
	Node	   *simple = eval_const_expressions(NULL, (Node *) expr);
	List	   *clauses;

	if (IsA(simple, Const))
		return ((Const *) simple)->constisnull || !DatumGetBool(((Const *) simple)->constvalue);
	clauses = make_ands_implicit(canonicalize_qual((Expr *) simple, false));
	return predicate_refuted_by(clauses, clauses, false);
}

static void
get_roles(Roles *roles, ArrayType *names, ArrayType *types)
{
	Datum	   *name;
	Datum	   *type;
	int			ntypes;
	int32		typmod;

	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &name, NULL, &roles->n);
	deconstruct_array(types, TEXTOID, -1, false, TYPALIGN_INT, &type, NULL, &ntypes);
	if (ntypes != roles->n)
		elog(ERROR, "%d names and %d types of roles", roles->n, ntypes);
	roles->names = palloc(sizeof(char *) * (roles->n + 1));
	roles->types = palloc(sizeof(Oid) * (roles->n + 1));
	for (int i = 0; i < roles->n; i++)
	{
		roles->names[i] = TextDatumGetCString(name[i]);
#if PG_VERSION_NUM >= 160000
		parseTypeString(TextDatumGetCString(type[i]), &roles->types[i], &typmod, NULL);
#else
		parseTypeString(TextDatumGetCString(type[i]), &roles->types[i], &typmod, false);
#endif
	}
}

/* Complains of what is no expression over the roles; tells whether it can ever hold. */
Datum
statute_check_expression(PG_FUNCTION_ARGS)
{
	char	   *source = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *what = text_to_cstring(PG_GETARG_TEXT_PP(1));
	Roles		roles;
	Expr	   *expr;
	StatuteReading reading = {what, source};
	ErrorContextCallback context = {error_context_stack, statute_name_expression, &reading};

	error_context_stack = &context;
	get_roles(&roles, PG_GETARG_ARRAYTYPE_P(2), PG_GETARG_ARRAYTYPE_P(3));
	expr = analyze(source, what, &roles, get_func_namespace(fcinfo->flinfo->fn_oid));
	error_context_stack = context.previous;
	PG_RETURN_BOOL(!can_never_hold(expr));
}
