/*
 * What a quota aggregate comes to: met, shortfall, periods.
 *
 * An aggregate without any row, or whose FILTER let none through, has no
 * state, and so nobody told it quota and span.  Where they do not depend on a
 * row we ask the query for them: a subject without a row is the one that these
 * functions exist to find.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "quota/quota.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(statute_quota_met);
PG_FUNCTION_INFO_V1(statute_quota_shortfall);
PG_FUNCTION_INFO_V1(statute_quota_periods);

#define NFIELDS		7			/* of quota_period */

/* --- Where there was no row ----------------------------------------------- */

/* The plan below a node whose output a Var of that node means */
static Plan *
plan_below(Plan *plan)
{
	if (IsA(plan, Append))
		return linitial_node(Plan, ((Append *) plan)->appendplans);
	if (IsA(plan, MergeAppend))
		return linitial_node(Plan, ((MergeAppend *) plan)->mergeplans);
	return outerPlan(plan);
}

/*
 * The arguments that the query gave to an aggregate.  The upper half of a
 * partial aggregate has the lower one's result for an argument, which comes up
 * through Gather and Sort nodes.
 */
static List *
query_args(Plan *plan, List *args)
{
	while (list_length(args) == 1 && IsA(linitial_node(TargetEntry, args)->expr, Var))
	{
		Var		   *var = (Var *) linitial_node(TargetEntry, args)->expr;
		Expr	   *expr;

		plan = plan_below(plan);
		if (plan == NULL || var->varattno < 1 || var->varattno > list_length(plan->targetlist))
			return NIL;
		expr = list_nth_node(TargetEntry, plan->targetlist, var->varattno - 1)->expr;
		if (IsA(expr, Aggref))
			return ((Aggref *) expr)->args;
		args = list_make1(list_nth(plan->targetlist, var->varattno - 1));
	}
	return args;
}

/* Type quota, which lives where our functions do */
static Oid
quota_type(Oid function)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("quota"),
						   ObjectIdGetDatum(get_func_namespace(function)));
}

/*
 * The value of an argument that is the same for all rows: a constant, a
 * parameter, or made of those.  An aggregate of somebody's own can end with our
 * function and have arguments of any other type.
 */
static bool
get_value(PlanState *node, List *args, int n, Oid type, Datum *value)
{
	Expr	   *expr;
	ExprContext *econtext;
	bool		isnull;

	if (list_length(args) <= n)
		return false;
	expr = (Expr *) list_nth(args, n);
	if (IsA(expr, TargetEntry))
		expr = ((TargetEntry *) expr)->expr;
	if (exprType((Node *) expr) != type || contain_var_clause((Node *) expr) || contain_subplans((Node *) expr) ||
		contain_volatile_functions((Node *) expr))
		return false;
	econtext = CreateExprContext(node->state);
	*value = ExecEvalExprSwitchContext(ExecInitExpr(expr, node), econtext, &isnull);
	if (!isnull)
		*value = datumCopy(*value, false, get_typlen(type));
	FreeExprContext(econtext, true);
	return !isnull;
}

/* An empty state for these arguments, or NULL where they depend on a row */
static StatuteTally *
empty_state(PlanState *node, List *args, Oid final)
{
	Datum		quota;
	Datum		span;
	DateADT		first;
	DateADT		last;
	sc_tally	tally;

	if (!get_value(node, args, 1, quota_type(final), &quota) || !get_value(node, args, 2, DATERANGEOID, &span))
		return NULL;
	statute_get_span(DatumGetRangeTypeP(span), &first, &last);
	statute_tally_plan(&tally, DatumGetQuota(quota), first, last, false);
	return statute_tally_new(&tally);
}

static bool
has_final(Oid aggregate, Oid final)
{
	HeapTuple	tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate));
	bool		has;

	if (!HeapTupleIsValid(tuple))
		return false;
	has = ((Form_pg_aggregate) GETSTRUCT(tuple))->aggfinalfn == final;
	ReleaseSysCache(tuple);
	return has;
}

/*
 * Of an empty window frame we know the node, but not for which of its
 * functions we are called; so the answer is known where all with this result
 * say the same.
 */
static StatuteTally *
empty_window_state(WindowAggState *window, Oid final)
{
	StatuteTally *state = NULL;
	ListCell   *lc;

	foreach(lc, window->funcs)
	{
		WindowFunc *wfunc = lfirst_node(WindowFuncExprState, lc)->wfunc;
		StatuteTally *other;

		if (!wfunc->winagg || !has_final(wfunc->winfnoid, final))
			continue;
		other = empty_state(&window->ss.ps, wfunc->args, final);
		if (other == NULL || (state != NULL && !sc_tally_same(&state->tally, &other->tally)))
			return NULL;
		state = other;
	}
	return state;
}

/* The state that a result is asked of; NULL where nothing is known. */
static StatuteTally *
get_state(FunctionCallInfo fcinfo)
{
	StatuteTally *state;
	Aggref	   *aggref;
	AggState   *agg;

	if (!PG_ARGISNULL(0))
	{
		state = (StatuteTally *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
		statute_tally_check(state);
		return state;
	}
	if (fcinfo->context != NULL && IsA(fcinfo->context, WindowAggState))
		return empty_window_state((WindowAggState *) fcinfo->context, fcinfo->flinfo->fn_oid);
	aggref = AggGetAggref(fcinfo);
	if (aggref == NULL)
		return NULL;
	agg = (AggState *) fcinfo->context;
	return empty_state(&agg->ss.ps, query_args(agg->ss.ps.plan, aggref->args),
					   fcinfo->flinfo->fn_oid);
}

/* --- Results -------------------------------------------------------------- */

/* False where nothing is known, or nothing can be judged */
static bool
get_sum(FunctionCallInfo fcinfo, sc_judgement *sum)
{
	StatuteTally *state = get_state(fcinfo);

	if (state == NULL)
		return false;
	*sum = sc_tally_sum_up(&state->tally, state->cells);
	return sum->met >= 0;
}

Datum
statute_quota_met(PG_FUNCTION_ARGS)
{
	sc_judgement sum;

	if (!get_sum(fcinfo, &sum))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(sum.met);
}

static int32
to_int32(int64 n)
{
	if (n > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number of events of a quota is out of range")));
	return (int32) n;
}

Datum
statute_quota_shortfall(PG_FUNCTION_ARGS)
{
	sc_judgement sum;

	if (!get_sum(fcinfo, &sum))
		PG_RETURN_NULL();
	PG_RETURN_INT32(to_int32(sum.shortfall));
}

static const char *
status_of(const sc_judgement *j)
{
	if (j->no_base)
		return "no base";
	if (j->met == 0)
		return "not met";		/* of a cut period too: a maximum is exceeded */
	return j->partial ? "partial" : "met";
}

static HeapTuple
form_period(TupleDesc desc, const sc_judgement *j)
{
	Datum		values[NFIELDS];
	bool		nulls[NFIELDS] = {false};

	values[0] = statute_make_daterange(j->first, j->last);
	values[1] = Int32GetDatum(to_int32(j->counted));
	values[2] = Int32GetDatum(j->no_base ? 0 : to_int32(j->required));
	nulls[2] = j->no_base;
	values[3] = BoolGetDatum(j->met > 0);
	nulls[3] = j->met < 0;
	values[4] = Int32GetDatum(to_int32(j->shortfall));
	nulls[4] = j->shortfall < 0;
	values[5] = CStringGetTextDatum(status_of(j));
	values[6] = NumericGetDatum(int64_div_fast_to_numeric(j->pro_rata, 2));
	nulls[6] = !j->partial || j->no_base;
	return heap_form_tuple(desc, values, nulls);
}

Datum
statute_quota_periods(PG_FUNCTION_ARGS)
{
	StatuteTally *state = get_state(fcinfo);
	Oid			element = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
	TupleDesc	desc;
	ArrayBuildState *array;
	sc_report	report;
	sc_judgement j;

	if (state == NULL)
		PG_RETURN_NULL();
	desc = lookup_rowtype_tupdesc(element, -1);
	if (desc->natts != NFIELDS)
		elog(ERROR, "quota_period has %d attributes", desc->natts);
	array = initArrayResult(element, CurrentMemoryContext, false);
	sc_report_start(&report, &state->tally, state->cells);
	while (sc_report_next(&report, &j))
		accumArrayResult(array, HeapTupleGetDatum(form_period(desc, &j)), false, element, CurrentMemoryContext);
	ReleaseTupleDesc(desc);
	PG_RETURN_DATUM(makeArrayResult(array, CurrentMemoryContext));
}
