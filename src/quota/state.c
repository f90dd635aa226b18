/*
 * Type quota_state: what an aggregate over events keeps, as a value.
 *
 * It can be stored, shipped to another server and combined there.  Whatever
 * comes in as text or bytes is checked to be what an aggregate could have made.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "quota/quota.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"

PG_FUNCTION_INFO_V1(statute_quota_state_in);
PG_FUNCTION_INFO_V1(statute_quota_state_out);
PG_FUNCTION_INFO_V1(statute_quota_state_recv);
PG_FUNCTION_INFO_V1(statute_quota_state_send);

/* A cell that is not empty, as text and bytes hold it */
typedef struct Filled
{
	int64		cell;
	int64		n;
} Filled;

Size
statute_tally_size(const sc_tally *tally)
{
	return STATUTE_TALLY_HEADER + sc_tally_bytes(tally);
}

StatuteTally *
statute_tally_new(const sc_tally *tally)
{
	Size		size = statute_tally_size(tally);
	StatuteTally *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->tally = *tally;
	return state;
}

/* The counts of a state in cells that can hold them */
static StatuteTally *
recounted(const StatuteTally *state, const sc_tally *tally)
{
	StatuteTally *result = statute_tally_new(tally);

	sc_tally_merge(&result->tally, result->cells, &state->tally, state->cells);
	return result;
}

/* The same with room for more in each cell */
StatuteTally *
statute_tally_widened(const StatuteTally *state)
{
	sc_tally	wider = state->tally;

	wider.width = 32;
	return recounted(state, &wider);
}

/* The same for days without how many events they had */
StatuteTally *
statute_tally_plain(const StatuteTally *state)
{
	sc_tally	plain;

	statute_tally_plan(&plain, &state->tally.quota, state->tally.first, state->tally.last, false);
	return recounted(state, &plain);
}

void
statute_tally_plan(sc_tally *tally, const sc_quota *quota, DateADT first, DateADT last, bool exact)
{
	if (!sc_tally_init(tally, quota, first, last, exact))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("span of a quota is too long"),
				 errdetail("A quota can have %d periods in its span, or days where it counts those.", SC_CELLS_MAX)));
}

/* What comes from outside; false where no aggregate has such a tally. */
static bool
plan_from_outside(sc_tally *tally, const sc_quota *quota, int64 first, int64 last, bool exact)
{
	return first <= last && sc_day_valid(first) && sc_day_valid(last) &&
		sc_tally_init(tally, quota, (sc_day) first, (sc_day) last, exact) &&
		tally->exact == exact;
}

/* Is what the header says what it would say today, and of that size? */
static bool
header_is_valid(const StatuteTally *state)
{
	const sc_tally *t = &state->tally;
	sc_tally	fresh;

	return VARSIZE(state) >= STATUTE_TALLY_HEADER &&
		sc_quota_check(&t->quota) == SC_QUOTA_OK &&
		plan_from_outside(&fresh, &t->quota, t->first, t->last, t->exact) &&
		fresh.ncells == t->ncells &&
		(fresh.width == t->width || (t->width == 32 && fresh.width == 8)) &&
		VARSIZE(state) == statute_tally_size(t);
}

void
statute_tally_check(const StatuteTally *state)
{
	if (!header_is_valid(state))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid value of type quota_state")));
}

/* Put what was read into a new state; false where an aggregate could not have made it. */
static bool
fill(StatuteTally **state, Filled filled)
{
	const sc_tally *t = &(*state)->tally;

	if (filled.cell < 0 || filled.cell >= t->ncells || filled.n < 1 || filled.n > PG_INT32_MAX ||
		(t->width == 1 && filled.n > 1) ||
		sc_tally_get(t, (*state)->cells, (int32) filled.cell) != 0)
		return false;
	if (t->width == 8 && filled.n > PG_UINT8_MAX)
		*state = statute_tally_widened(*state);
	return sc_tally_add(&(*state)->tally, (*state)->cells, (int32) filled.cell, (uint32) filled.n);
}

/* quota; first..last; cell:count ...; and "exact" where days keep how many events they had */
Datum
statute_quota_state_out(PG_FUNCTION_ARGS)
{
	StatuteTally *state = (StatuteTally *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	char		quota[SC_QUOTA_BUFSIZE];
	StringInfoData buf;

	statute_tally_check(state);
	sc_quota_format(&state->tally.quota, quota);
	initStringInfo(&buf);
	appendStringInfo(&buf, "%s; %d..%d;", quota, state->tally.first, state->tally.last);
	for (int32 i = 0; i < state->tally.ncells; i++)
	{
		uint32		n = sc_tally_get(&state->tally, state->cells, i);

		if (n > 0)
			appendStringInfo(&buf, " %d:%u", i, n);
	}
	if (state->tally.exact)
		appendStringInfoString(&buf, "; exact");
	PG_RETURN_CSTRING(buf.data);
}

/* A number and what follows it; too large a one becomes one that nothing allows. */
static bool
read_number(const char **p, int64 *n, const char *follows)
{
	char	   *end;

	*n = strtoll(*p, &end, 10);
	if (end == *p || strncmp(end, follows, strlen(follows)) != 0)
		return false;
	*p = end + strlen(follows);
	return true;
}

/* What follows the quota; returns false where it is no span and no cells. */
static bool
read_tally(const char *p, const sc_quota *quota, StatuteTally **state)
{
	size_t		len = strlen(p);
	bool		exact = len >= 7 && strcmp(p + len - 7, "; exact") == 0;
	const char *end = p + len - (exact ? 7 : 0);
	int64		first;
	int64		last;
	sc_tally	tally;

	if (!read_number(&p, &first, "..") || !read_number(&p, &last, ";") ||
		!plan_from_outside(&tally, quota, first, last, exact))
		return false;
	*state = statute_tally_new(&tally);
	while (p < end)
	{
		Filled		filled;

		CHECK_FOR_INTERRUPTS();
		if (!read_number(&p, &filled.cell, ":") || !read_number(&p, &filled.n, "") ||
			!fill(state, filled))
			return false;
	}
	return p == end;
}

Datum
statute_quota_state_in(PG_FUNCTION_ARGS)
{
	char	   *str = PG_GETARG_CSTRING(0);
	char	   *semicolon = strchr(str, ';');
	sc_quota	quota;
	const char *at;
	StatuteTally *state;

	if (semicolon == NULL ||
		sc_quota_parse(str, semicolon - str, &quota, &at) != SC_QUOTA_OK ||
		!read_tally(semicolon + 1, &quota, &state))
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type quota_state: \"%s\"", str),
				 errhint("Only what statute.quota_tally() made can be read again.")));
	PG_RETURN_POINTER(state);
}

Datum
statute_quota_state_send(PG_FUNCTION_ARGS)
{
	StatuteTally *state = (StatuteTally *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	const sc_tally *t = &state->tally;
	StringInfoData buf;

	statute_tally_check(state);
	pq_begintypsend(&buf);
	statute_quota_write(&buf, &t->quota);
	pq_sendint32(&buf, t->first);
	pq_sendint32(&buf, t->last);
	pq_sendint8(&buf, t->exact);
	for (int32 i = 0; i < t->ncells; i++)
	{
		uint32		n = sc_tally_get(t, state->cells, i);

		if (n > 0)
		{
			pq_sendint32(&buf, i);
			pq_sendint32(&buf, n);
		}
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
statute_quota_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	bool		valid;
	sc_quota	quota;
	sc_tally	tally;
	DateADT		first;
	DateADT		last;
	bool		exact;
	StatuteTally *state = NULL;

	valid = statute_quota_read(buf, &quota);
	first = (DateADT) pq_getmsgint(buf, 4);
	last = (DateADT) pq_getmsgint(buf, 4);
	exact = pq_getmsgbyte(buf) != 0;
	if (valid && plan_from_outside(&tally, &quota, first, last, exact))
		state = statute_tally_new(&tally);
	while (state != NULL && buf->cursor < buf->len)
	{
		Filled		filled;

		filled.cell = (int32) pq_getmsgint(buf, 4);
		filled.n = (int32) pq_getmsgint(buf, 4);
		if (!fill(&state, filled))
			state = NULL;
	}
	if (state == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type quota_state")));
	PG_RETURN_POINTER(state);
}
