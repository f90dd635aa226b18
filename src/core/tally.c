/*
 * Counting events into cells, and judging what was counted.
 */
#include <string.h>

#include "core/tally.h"

static int64_t
max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* --- Cells ---------------------------------------------------------------- */

/* Before the event from which periods are counted there are none. */
static int64_t
first_period(const sc_tally *t)
{
	int64_t		index = sc_period_index(&t->quota, t->first);

	return t->quota.since != SC_NO_EVENT ? max64(index, 0) : index;
}

static int64_t
last_period(const sc_tally *t)
{
	return sc_period_index(&t->quota, t->last);
}

/* Returns false where the span is too long. */
bool
sc_tally_init(sc_tally *t, const sc_quota *quota, sc_day first, sc_day last, bool exact)
{
	int64_t		ncells;

	t->quota = *quota;
	t->first = first;
	t->last = last;
	t->unused = 0;
	t->exact = exact && quota->measure == SC_DISTINCT_DAYS;
	if (sc_quota_keeps_days(quota))
	{
		ncells = (int64_t) last - first + 1;
		t->width = quota->measure == SC_DISTINCT_DAYS && !exact ? 1 : 8;
	}
	else
	{
		ncells = max64(last_period(t) - first_period(t) + 1, 0);
		t->width = 32;
	}
	t->ncells = (int32_t) min64(ncells, SC_CELLS_MAX);
	return ncells <= SC_CELLS_MAX;
}

size_t
sc_tally_bytes(const sc_tally *t)
{
	return ((size_t) t->ncells * t->width + 7) / 8;
}

/* The cell of a day; -1 where it does not count at all */
int32_t
sc_tally_cell(const sc_tally *t, int64_t day)
{
	if (day < t->first || day > t->last)
		return -1;
	if (t->quota.since != SC_NO_EVENT && day <= t->quota.since)
		return -1;
	if (sc_quota_keeps_days(&t->quota))
		return (int32_t) (day - t->first);
	return (int32_t) (sc_period_index(&t->quota, (sc_day) day) - first_period(t));
}

/* Returns false where there is nothing to take away. */
bool
sc_tally_remove(const sc_tally *t, unsigned char *cells, int32_t cell)
{
	uint32_t	n = sc_tally_get(t, cells, cell);

	return n > 0 && t->width > 1 && sc_tally_put(t, cells, cell, n - 1);
}

/* Do they count alike, so that they can be added up? */
bool
sc_tally_same(const sc_tally *a, const sc_tally *b)
{
	return sc_quota_cmp(&a->quota, &b->quota) == 0 &&
		a->first == b->first && a->last == b->last && a->exact == b->exact;
}

/* Returns false, with some of it done, where a cell cannot hold the sum. */
bool
sc_tally_merge(const sc_tally *t, unsigned char *cells, const sc_tally *other, const unsigned char *others)
{
	for (int32_t i = 0; i < t->ncells; i++)
	{
		uint32_t	n = sc_tally_get(other, others, i);

		if (n > 0 && !sc_tally_add(t, cells, i, n))
			return false;
	}
	return true;
}

/* --- Judging -------------------------------------------------------------- */

static uint32_t
day_count(const sc_tally *t, const unsigned char *cells, int64_t cell)
{
	uint32_t	n = sc_tally_get(t, cells, (int32_t) cell);

	return t->quota.measure == SC_DISTINCT_DAYS && n > 0 ? 1 : n;
}

/* Of a period that touches the span */
static int64_t
count_in(const sc_report *r, int64_t index, int64_t first, int64_t last)
{
	const sc_tally *t = r->tally;
	int64_t		n = 0;

	if (!sc_quota_keeps_days(&t->quota))
		return sc_tally_get(t, r->cells, (int32_t) (index - first_period(t)));
	first = max64(first, t->first);
	last = min64(last, t->last);
	for (int64_t day = first; day <= last; day++)
		n += day_count(t, r->cells, day - t->first);
	return n;
}

static void
set_period(const sc_tally *t, int64_t index, sc_judgement *j)
{
	bool		all = t->quota.per == SC_IN_TOTAL;

	j->first = all ? t->first : sc_period_first(&t->quota, index);
	j->last = all ? t->last : sc_period_first(&t->quota, index + 1) - 1;
	j->partial = j->first < t->first || j->last > t->last;
}

/*
 * The number of which the quota is a percentage; -1: there is none.  A period
 * serves only if it is complete.
 */
static int64_t
base_of(const sc_report *r, int64_t index)
{
	const sc_quota *q = &r->tally->quota;
	sc_judgement before;

	if (q->base_kind == SC_BASE_GIVEN)
		return q->base;
	if (q->base_kind == SC_NO_BASE)
		return 0;
	index = q->base_kind == SC_BASE_PREVIOUS ? index - 1 : sc_period_year_before(q, index);
	if (index < first_period(r->tally))
		return -1;
	set_period(r->tally, index, &before);
	return before.partial ? -1 : count_in(r, index, before.first, before.last);
}

static int64_t
pro_rata(const sc_tally *t, const sc_judgement *j)
{
	int64_t		days = j->last - j->first + 1;
	int64_t		inside = min64(j->last, t->last) - max64(j->first, t->first) + 1;

	/* in two steps, as a hundredfold of a large number of times days can overflow */
	return j->required / days * inside * 100 + (j->required % days * inside * 100 + days / 2) / days;
}

/*
 * A cut period is judged only where what is missing could not change it: a
 * maximum that is exceeded, a minimum that is reached.
 */
static void
judge(const sc_tally *t, int64_t base, sc_judgement *j)
{
	sc_bounds	bounds;

	j->shortfall = j->met = -1;
	j->required = j->pro_rata = 0;
	j->no_base = base < 0;
	if (j->no_base)
		return;
	bounds = sc_quota_bounds(&t->quota, base);
	/* less than 100% of nothing is no number at all */
	j->required = bounds.most == INT64_MAX ? bounds.least : max64(bounds.most, 0);
	if (j->partial)
		j->pro_rata = pro_rata(t, j);

	if (j->counted > bounds.most)
	{
		j->met = 0;
		j->shortfall = j->counted - bounds.most;
	}
	else if (!j->partial || (j->counted >= bounds.least && bounds.most == INT64_MAX))
	{
		j->shortfall = max64(bounds.least - j->counted, 0);
		j->met = j->shortfall == 0;
	}
}

static bool
next_period(sc_report *r, sc_judgement *j)
{
	if (r->next > last_period(r->tally))
		return false;
	set_period(r->tally, r->next, j);
	j->counted = count_in(r, r->next, j->first, j->last);
	judge(r->tally, base_of(r, r->next), j);
	r->next++;
	return true;
}

/* The next window with too many: it ends as early and begins as late as can be. */
static bool
next_excess(sc_report *r, sc_judgement *j)
{
	const sc_tally *t = r->tally;
	int64_t		from = r->next;
	int64_t		n = 0;

	for (int64_t to = r->next; to < t->ncells; to++)
	{
		n += day_count(t, r->cells, to);
		if (to - from >= t->quota.ndays)
			n -= day_count(t, r->cells, from++);
		if (n <= t->quota.amount)
			continue;
		while (n - day_count(t, r->cells, from) > t->quota.amount)
			n -= day_count(t, r->cells, from++);
		*j = (sc_judgement) {.first = t->first + from, .last = t->first + to, .counted = n,
			.required = t->quota.amount, .shortfall = n - t->quota.amount
		};
		r->next = to + 1;
		return true;
	}
	r->next = t->ncells;
	return false;
}

/* The next whole window that has too few */
static bool
next_lack(sc_report *r, sc_judgement *j)
{
	const sc_tally *t = r->tally;
	int64_t		length = t->quota.ndays;
	int64_t		n = 0;

	for (int64_t to = r->next; to < t->ncells; to++)
	{
		n += day_count(t, r->cells, to);
		if (to - r->next >= length)
			n -= day_count(t, r->cells, to - length);
		if (to - r->next < length - 1 || n >= t->quota.amount)
			continue;
		*j = (sc_judgement) {.first = t->first + to - length + 1, .last = t->first + to, .counted = n,
			.required = t->quota.amount, .shortfall = t->quota.amount - n
		};
		r->next = to + 1;
		return true;
	}
	r->next = t->ncells;
	return false;
}

/* A span that is shorter than a window: what is in it may suffice. */
static bool
next_short_span(sc_report *r, sc_judgement *j)
{
	const sc_tally *t = r->tally;

	if (r->next > 0)
		return false;
	j->first = t->first;
	j->last = (int64_t) t->first + t->quota.ndays - 1;
	j->partial = true;
	j->counted = count_in(r, 0, t->first, t->last);
	judge(t, 0, j);
	r->next = t->ncells;
	return true;
}

void
sc_report_start(sc_report *r, const sc_tally *tally, const unsigned char *cells)
{
	r->tally = tally;
	r->cells = cells;
	r->next = sc_quota_slides(&tally->quota) ? 0 : first_period(tally);
}

/*
 * Each period in turn; of a window that slides only those that break the
 * quota, none of which overlap.
 */
bool
sc_report_next(sc_report *r, sc_judgement *j)
{
	const sc_tally *t = r->tally;

	if (!sc_quota_slides(&t->quota))
		return next_period(r, j);
	if (t->quota.sense == SC_AT_MOST)
		return next_excess(r, j);
	return t->ncells < t->quota.ndays ? next_short_span(r, j) : next_lack(r, j);
}

/*
 * All in one: met where whatever can be judged is, shortfalls added up, and
 * neither where nothing can be judged.
 */
sc_judgement
sc_tally_sum_up(const sc_tally *t, const unsigned char *cells)
{
	bool		judged = sc_quota_slides(&t->quota) &&
		(t->quota.sense == SC_AT_MOST || t->ncells >= t->quota.ndays);
	sc_judgement sum = {.first = t->first, .last = t->last, .met = 1};
	sc_judgement j;
	sc_report	r;

	sc_report_start(&r, t, cells);
	while (sc_report_next(&r, &j))
	{
		sum.counted += j.counted;
		if (j.met < 0)
			continue;
		judged = true;
		sum.shortfall += j.shortfall;
		sum.met &= j.met;
	}
	if (!judged)
		sum.met = sum.shortfall = -1;
	return sum;
}
