/*
 * What the files of this room share: the bindings of a table and how changed
 * rows are judged by them.
 */
#ifndef STATUTE_DUTY_H
#define STATUTE_DUTY_H

#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "utils/tuplestore.h"

/* SQLSTATE class ST is ours. */
#define ERRCODE_STATUTE_RULE_BROKEN		MAKE_SQLSTATE('S', 'T', '0', '0', '3')

#define STATUTE_FOLLOW		"follow"
#define STATUTE_CATCH_UP	"catch up"
#define STATUTE_RECOMPUTE	"recompute"

/* Why rows are judged; the first three have a query of their own. */
typedef enum StatuteEvent
{
	STATUTE_INSERTED,
	STATUTE_UPDATED,
	STATUTE_REJUDGED,			/* rows that were there already */
	STATUTE_DELETED
} StatuteEvent;

#define STATUTE_NQUERIES	(STATUTE_REJUDGED + 1)
#define STATUTE_NEVENTS		(STATUTE_DELETED + 1)

/* The layouts of src/duty/ledger.sql */
typedef enum StatuteLayout
{
	STATUTE_DUTY,
	STATUTE_OCCURRENCE,
	STATUTE_FACT,
	STATUTE_RECURRENCE,
	STATUTE_TOUCHED,
	STATUTE_AFFECTED
} StatuteLayout;

#define STATUTE_NLAYOUTS	(STATUTE_AFFECTED + 1)

/* Columns of STATUTE_DUTY that are read here */
#define STATUTE_DUTY_DONE_AT	5
#define STATUTE_DUTY_DUE_AT		6

typedef enum StatuteAction
{
	STATUTE_RECORD,
	STATUTE_WARN,
	STATUTE_REJECT
} StatuteAction;

/* One rule attached to the table, or to the partitioned table that it is part of */
typedef struct StatuteBinding
{
	int32		id;
	char	   *rule;
	char	   *article;
	char	   *facts;			/* the statement that finds what breaks the rule */
	StatuteLayout judged_as;
	StatuteAction action;
	char	   *calendar;
	char	   *zone;
	bool		broken;			/* the calendar does not exist */
	Datum		quotas;			/* of the rule, or 0 */
	bool		has_roster;		/* is judged as periods end, too */
	bool		watches_moves;	/* looks at what an event did, besides how the row is */
	char	   *query[STATUTE_NQUERIES];	/* NULL: nothing to judge */
	SPIPlanPtr	plan[STATUTE_NQUERIES];
} StatuteBinding;

/* A table with its bindings.  It belongs to the cache of bindings.c. */
typedef struct StatuteTable
{
	Oid			relid;
	bool		valid;
	bool		suspect;		/* the table has changed, or only its statistics */
	bool		is_partition;
	TupleDesc	columns;
	int			nusers;			/* calls that are at work with it */
	MemoryContext context;
	Oid			root;			/* the table that the rules are bound to */
	char	   *key;			/* the expression of its key */
	char	   *touched_query[STATUTE_NEVENTS];
	SPIPlanPtr	touched_plan[STATUTE_NEVENTS];
	int			nbindings;
	StatuteBinding *bindings;
} StatuteTable;

/* Rows to judge: as they are, and as they were before an update */
typedef struct StatuteRows
{
	StatuteTable *table;
	const char *name;			/* of the table, for messages */
	StatuteEvent event;
	StatuteEvent query;			/* that of another event, where they were read again */
	bool		moves;			/* only by rules that look at what an event did */
	bool		few;			/* so many that their plans are kept */
	const char *how;			/* parameter $6 of src/duty/write.sql */
	const char *reason;			/* for the history, or NULL */
	Oid			relid;			/* of the statement's rows, where there is a statement */
	Tuplestorestate *new_rows;
	Tuplestorestate *old_rows;
	Oid			reader;			/* whose rights the rules' queries have, or the current user's */
	Tuplestorestate *touched;	/* the keys, when they are needed first, or as given */
} StatuteRows;

/* What is done within a subtransaction */
typedef struct StatuteAttempt
{
	const StatuteRows *rows;
	StatuteBinding *binding;
	Tuplestorestate *store;
} StatuteAttempt;

/* So many rows are few: their plans are kept. */
#define STATUTE_FEW_ROWS	100

#pragma GCC visibility push(hidden)
/* bindings.c */
extern void statute_bindings_init(void);
extern StatuteTable *statute_table_acquire(Oid relid);
extern void statute_table_release(StatuteTable *table);
extern Oid	statute_table_owner(Oid relid);
extern Oid	statute_ledger_owner(void);

/* write_binding.c */
extern Oid	statute_own_table(int32 binding);

/* ledger.c */
extern void statute_ledger_forget(void);
extern void statute_ledger_refresh(void);
extern TupleDesc statute_layout(StatuteLayout layout);
extern bool statute_register(const char *name, Oid relid, TupleDesc desc, Tuplestorestate *store);
extern SPIPlanPtr statute_prepare(const char *query, int nargs, Oid *types, bool keep);
extern uint64 statute_ledger_execute(const char *name, StatuteBinding *binding, const char *how,
								  const char *reason);
extern Tuplestorestate *statute_ledger_select(const char *name, StatuteBinding *binding, const char *how,
											  const char *reason);

/* ask.c */
extern void statute_pin_settings(const StatuteBinding *binding, bool ledger);
extern void statute_run_query(SPIPlanPtr plan, Oid reader, const StatuteBinding *binding, bool latest,
							  Tuplestorestate *store);
extern SPIPlanPtr statute_prepare_row_query(const char *query, Oid reader, const StatuteBinding *binding, bool keep);
extern Tuplestorestate *statute_ask(const StatuteRows *rows, StatuteBinding *binding, ErrorData **error);
extern void statute_touch(StatuteRows *rows);
extern bool statute_is_passing(int sqlstate);
extern ErrorData *statute_attempt(void (*work) (StatuteAttempt *), StatuteAttempt *what);

/* judge.c */
extern void statute_judge(StatuteRows *rows, int32 only);
extern void statute_follow_periods(const StatuteRows *rows, StatuteBinding *binding);

/* rejudge.c */
extern void statute_judge_again(StatuteRows *rows);
extern uint64 statute_judge_missing(StatuteTable *table, StatuteBinding *binding, const char *reason);
#pragma GCC visibility pop

#endif							/* STATUTE_DUTY_H */
