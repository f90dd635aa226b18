/*
 * Tallies, against a plain list of the days of events.
 */
#include <stdlib.h>

#include "core/tally.h"
#include "ledger.h"
#include "tap.h"

#define LENGTH_OF(a)	((int) (sizeof(a) / sizeof((a)[0])))
#define CASES			20000

/* --- A tally that grows --------------------------------------------------- */

typedef struct counter
{
	sc_tally	t;
	unsigned char *cells;
} counter;

static counter
counter_new(void)
{
	counter		c;

	memset(&c, 0xAA, sizeof(c));
	if (!sc_tally_init(&c.t, &quota, (sc_day) first, (sc_day) last, exact))
		abort();
	c.cells = calloc(1, sc_tally_bytes(&c.t));
	return c;
}

static void
widen(counter *c)
{
	sc_tally	wider = c->t;
	unsigned char *into = calloc((size_t) c->t.ncells + 1, sizeof(uint32_t));

	wider.width = 32;
	expect(sc_tally_merge(&wider, into, &c->t, c->cells), "%d bits hold less than 32", c->t.width);
	free(c->cells);
	c->t = wider;
	c->cells = into;
}

static void
add(counter *c, int64_t day)
{
	int32_t		cell = sc_tally_cell(&c->t, day);

	if (cell < 0)
		return;
	if (!sc_tally_add(&c->t, c->cells, cell, 1))
	{
		widen(c);
		if (!sc_tally_add(&c->t, c->cells, cell, 1))
			abort();
	}
}

static counter
counter_of(int from, int to)
{
	counter		c = counter_new();

	for (int i = from; i < to; i++)
		add(&c, events[i]);
	return c;
}

static void
merge(counter *c, const counter *other)
{
	size_t		size = sc_tally_bytes(&c->t);
	unsigned char *before = malloc(size + 1);

	memcpy(before, c->cells, size);
	if (!sc_tally_merge(&c->t, c->cells, &other->t, other->cells))
	{
		memcpy(c->cells, before, size);
		widen(c);
		if (!sc_tally_merge(&c->t, c->cells, &other->t, other->cells))
			abort();
	}
	free(before);
}

static bool
same_counts(const counter *a, const counter *b)
{
	if (a->t.ncells != b->t.ncells || !sc_tally_same(&a->t, &b->t))
		return false;
	for (int32_t i = 0; i < a->t.ncells; i++)
	{
		if (sc_tally_get(&a->t, a->cells, i) != sc_tally_get(&b->t, b->cells, i))
			return false;
	}
	return true;
}

/* --- Judging -------------------------------------------------------------- */

static void
expect_same(const sc_judgement *got, const sc_judgement *want)
{
	expect(got->first == want->first && got->last == want->last && got->counted == want->counted &&
		   got->required == want->required && got->shortfall == want->shortfall &&
		   got->pro_rata == want->pro_rata && got->met == want->met &&
		   got->partial == want->partial && got->no_base == want->no_base,
		   "%lld to %lld: got %lld of %lld, short %lld, %lld, met %d, %d %d; "
		   "want %lld to %lld, %lld of %lld, short %lld, %lld, met %d, %d %d: %s",
		   (long long) got->first, (long long) got->last, (long long) got->counted, (long long) got->required,
		   (long long) got->shortfall, (long long) got->pro_rata, got->met, got->partial, got->no_base,
		   (long long) want->first, (long long) want->last, (long long) want->counted, (long long) want->required,
		   (long long) want->shortfall, (long long) want->pro_rata, want->met, want->partial, want->no_base, text());
}

static void
sum_up(sc_judgement *sum, bool *judged, const sc_judgement *j)
{
	sum->counted += j->counted;
	if (j->met < 0)
		return;
	*judged = true;
	sum->shortfall += j->shortfall;
	sum->met = (int8_t) (sum->met == 1 && j->met == 1);
}

static void
ask_periods(sc_report *r, sc_judgement *sum, bool *judged)
{
	sc_judgement j;
	sc_judgement want;

	for (int i = MARGIN; i <= MARGIN + (last - first); i++)
	{
		if (i > MARGIN && period_of[i] == period_of[i - 1])
			continue;
		bounds_of(i, &want.first, &want.last);
		if (quota.since != SC_NO_EVENT && want.first <= quota.since)
			continue;
		judge_by_definition(&want, base_by_definition(i));
		if (sc_report_next(r, &j))
			expect_same(&j, &want);
		else
			expect(false, "period from %lld is missed, %s", (long long) want.first, text());
		sum_up(sum, judged, &want);
	}
}

static void
ask_windows(sc_report *r, sc_judgement *sum, bool *judged)
{
	sc_judgement j;
	sc_judgement want;
	int64_t		from = first;

	*judged = true;
	if (quota.sense == SC_AT_LEAST && last - first + 1 < quota.ndays)
	{
		*judged = false;
		want.first = first;
		want.last = first + quota.ndays - 1;
		judge_by_definition(&want, 0);
		expect(sc_report_next(r, &j), "the short span is missed, %s", text());
		expect_same(&j, &want);
		sum_up(sum, judged, &want);
		return;
	}
	while (next_window(from, &want))
	{
		expect(sc_report_next(r, &j), "window from %lld is missed, %s", (long long) want.first, text());
		expect_same(&j, &want);
		/* by itself: it breaks the quota, and nothing in it does */
		expect(quota.sense != SC_AT_MOST || (count_between(j.first, j.last) > quota.amount &&
			   count_between(j.first + 1, j.last) <= quota.amount &&
			   count_between(j.first, j.last - 1) <= quota.amount), "%s", text());
		expect(j.first >= from && j.last - j.first < quota.ndays, "%s", text());
		sum_up(sum, judged, &want);
		from = want.last + 1;
	}
}

static void
test_judgements(void)
{
	for (int i = 0; i < CASES; i++)
	{
		counter		c;
		sc_report	r;
		sc_judgement j;
		sc_judgement sum = {.met = 1};
		bool		judged = false;

		random_case();
		c = counter_of(0, nevents);
		for (int k = 0; k < nevents && k < 20; k++)
			expect_int(sc_tally_cell(&c.t, events[k]) >= 0, events[k] >= first && events[k] <= last &&
					   (quota.since == SC_NO_EVENT || events[k] > quota.since), "%s", text());
		sc_report_start(&r, &c.t, c.cells);
		if (sc_quota_slides(&quota))
			ask_windows(&r, &sum, &judged);
		else
			ask_periods(&r, &sum, &judged);
		expect(!sc_report_next(&r, &j) && !sc_report_next(&r, &j), "more than there are, %s", text());

		j = sc_tally_sum_up(&c.t, c.cells);
		expect(j.first == first && j.last == last && j.counted == sum.counted && j.met == (judged ? sum.met : -1) &&
			   j.shortfall == (judged ? sum.shortfall : -1), "sum: got %lld, short %lld, met %d, want %lld, %lld, %d: %s",
			   (long long) j.counted, (long long) j.shortfall, j.met, (long long) sum.counted,
			   (long long) sum.shortfall, sum.met, text());
		free(c.cells);
	}
	property("every period and window is judged by definition, and their sum");
}

/* --- Examples ------------------------------------------------------------- */

static void
ask_for(const char *canonical, int64_t from, int64_t through)
{
	const char *at;

	if (sc_quota_parse(canonical, strlen(canonical), &quota, &at) != SC_QUOTA_OK)
		abort();
	first = from;
	last = through;
}

static int64_t
day_of(const char *date)
{
	int			year;
	int			month;
	int			mday;
	walker		w;

	if (sscanf(date, "%d-%d-%d", &year, &month, &mday) != 3)
		abort();
	for (w = walk_to(0); w.year != year || w.month != month || w.mday != mday;)
		step(&w);
	return w.day;
}

/* first day:last day counted/required, what comes of it, and of a cut period the part required */
static void
describe(const sc_judgement *j, char *buf)
{
	walker		from = walk_to(j->first);
	walker		to = walk_to(j->last);

	sprintf(buf + strlen(buf), "%s%lld-%02d-%02d:%lld-%02d-%02d %lld/%lld%s", *buf ? ", " : "", (long long) from.year,
			from.month, from.mday, (long long) to.year, to.month, to.mday, (long long) j->counted,
			(long long) j->required, j->no_base ? " no base" : j->met < 0 ? " ?" : j->met ? " met" : " broken");
	if (j->met == 0)
		sprintf(buf + strlen(buf), " by %lld", (long long) j->shortfall);
	if (j->partial)
		sprintf(buf + strlen(buf), " cut %lld", (long long) j->pro_rata);
}

static void
test_examples(void)
{
	static const struct
	{
		const char *quota;
		const char *from;
		const char *to;
		const char *events;
		const char *report;
	}			examples[] = {
		{"at least 1 per quarter", "2022-01-01", "2022-06-30", "2022-03-31",
		"2022-01-01:2022-03-31 1/1 met, 2022-04-01:2022-06-30 0/1 broken by 1"},
		{"at least 1 per quarter", "2022-02-01", "2022-05-01", "2022-02-01",
		"2022-01-01:2022-03-31 1/1 met cut 66, 2022-04-01:2022-06-30 0/1 ? cut 34"},
		{"exactly 1 per quarter", "2022-02-01", "2022-05-01", "2022-02-01 2022-04-01 2022-04-02",
		"2022-01-01:2022-03-31 1/1 ? cut 66, 2022-04-01:2022-06-30 2/1 broken by 1 cut 34"},
		{"at least 3 days per year", "2022-01-01", "2022-12-31", "2022-05-01 2022-05-01 2022-05-02",
		"2022-01-01:2022-12-31 2/3 broken by 1"},
		{"at most 1 per year", "2022-01-01", "2022-06-30", "2022-05-01 2022-05-01", "2022-01-01:2022-12-31 2/1 broken by 1 cut 50"},
		{"at most 2 per 30 days", "2022-01-01", "2022-12-31", "2022-03-01 2022-03-10 2022-03-30 2022-03-31 2022-04-28",
		"2022-03-01:2022-03-30 3/2 broken by 1"},
		{"at most 2 per 30 days", "2022-01-01", "2022-12-31", "2022-03-01 2022-03-10 2022-03-31", ""},
		{"at least 1 per 30 days", "2022-01-01", "2022-03-31", "2022-01-31",
		"2022-01-01:2022-01-30 0/1 broken by 1, 2022-02-01:2022-03-02 0/1 broken by 1"},
		{"at least 2 per 30 days", "2022-01-01", "2022-01-15", "2022-01-02", "2022-01-01:2022-01-30 1/2 ? cut 100"},
		{"at least 2 per 30 days", "2022-01-01", "2022-01-15", "2022-01-02 2022-01-15", "2022-01-01:2022-01-30 2/2 met cut 100"},
		{"at most 100% of previous year", "2020-07-01", "2022-12-31", "2020-08-01 2021-01-01 2022-12-30 2022-12-31",
		"2020-01-01:2020-12-31 1/0 no base cut 0, 2021-01-01:2021-12-31 1/0 no base, 2022-01-01:2022-12-31 2/1 broken by 1"},
		{"at most 50% of previous year", "2021-01-01", "2022-06-30", "2021-01-01 2021-02-01 2021-03-01 2022-06-30",
		"2021-01-01:2021-12-31 3/0 no base, 2022-01-01:2022-12-31 1/1 ? cut 50"},
		{"at least 50% of same half year of previous year", "2021-07-01", "2022-12-31", "2021-07-01 2021-07-02 2021-07-03 2022-12-31",
		"2021-07-01:2021-12-31 3/0 no base, 2022-01-01:2022-06-30 0/0 no base, 2022-07-01:2022-12-31 1/2 broken by 1"},
		{"less than 100% of 0 per year", "2022-01-01", "2022-12-31", "", "2022-01-01:2022-12-31 0/0 broken by 1"},
		{"at most 50% of base", "2022-01-01", "2022-12-31", "2022-05-05", "2022-01-01:2022-12-31 1/0 no base"},
		{"at most 50% of 5", "2022-01-01", "2022-12-31", "2022-05-05 2022-05-05", "2022-01-01:2022-12-31 2/2 met"},
		{"at least 1 per half year since 2022-02-16", "2022-01-01", "2022-12-31", "2022-02-16 2022-08-17",
		"2022-02-17:2022-08-16 0/1 broken by 1, 2022-08-17:2023-02-16 1/1 met cut 74"},
		{"at least 1 per half year since 2022-08-31", "2022-03-01", "2023-08-31", "2022-08-31 2023-02-28 2023-08-31",
		"2022-09-01:2023-02-28 1/1 met, 2023-03-01:2023-08-31 1/1 met"},
		{"at least 1 per half year since 2023-02-16", "2022-01-01", "2022-12-31", "2022-02-16", ""},
		{"at least 1 per half year since 2022-12-31", "2022-01-01", "2022-12-31", "2022-12-31", ""},
		{"at most 100% of previous month since 2024-01-31", "2024-01-01", "2024-04-29", "2024-02-29 2024-03-01 2024-04-01 2024-04-02",
		"2024-02-01:2024-02-29 1/0 no base, 2024-03-01:2024-03-31 1/1 met, 2024-04-01:2024-04-30 2/1 broken by 1 cut 97"}
	};

	for (int i = 0; i < LENGTH_OF(examples); i++)
	{
		counter		c;
		sc_report	r;
		sc_judgement j;
		char		report[400] = "";

		exact = false;
		ask_for(examples[i].quota, day_of(examples[i].from), day_of(examples[i].to));
		c = counter_new();
		for (const char *date = examples[i].events; strlen(date) >= 10; date += date[10] == ' ' ? 11 : 10)
			add(&c, day_of(date));
		sc_report_start(&r, &c.t, c.cells);
		while (sc_report_next(&r, &j))
			describe(&j, report);
		is_str(report, examples[i].report, "%s, %s to %s: %s", examples[i].quota, examples[i].from, examples[i].to,
			   examples[i].events);
		free(c.cells);
	}
}

/* --- Cells ---------------------------------------------------------------- */

static void
test_merges(void)
{
	for (int i = 0; i < CASES / 5; i++)
	{
		counter		parts[6];
		counter		whole;
		counter		sum;
		int			nparts = (int) chance_between(1, LENGTH_OF(parts));
		int			from = 0;

		random_case();
		whole = counter_of(0, nevents);
		for (int k = 0; k < nparts; k++)
		{
			int			to = k == nparts - 1 ? nevents : (int) chance_between(from, nevents);

			parts[k] = counter_of(from, to);
			if (parts[k].t.width > 1 && chance(20))
				widen(&parts[k]);
			from = to;
		}
		sum = counter_new();
		while (nparts > 0)
		{
			int			k = (int) chance_between(0, nparts - 1);

			merge(&sum, &parts[k]);
			free(parts[k].cells);
			parts[k] = parts[--nparts];
		}
		expect(same_counts(&sum, &whole), "%s", text());
		expect(sum.t.width != whole.t.width || memcmp(sum.cells, whole.cells, sc_tally_bytes(&sum.t)) == 0, "%s", text());
		free(sum.cells);
		free(whole.cells);
	}
	property("parts of any split add up to the whole in any order");
}

static void
test_add_and_remove(void)
{
	for (int i = 0; i < CASES / 5; i++)
	{
		counter		c;
		counter		before;
		int			half;

		random_case();
		half = nevents / 2;
		before = counter_of(0, half);
		c = counter_of(0, nevents);
		for (int k = nevents - 1; k >= half; k--)
		{
			int32_t		cell = sc_tally_cell(&c.t, events[k]);

			if (cell >= 0 && c.t.width > 1)
				expect(sc_tally_remove(&c.t, c.cells, cell), "%s", text());
			else if (cell >= 0)
				expect(!sc_tally_remove(&c.t, c.cells, cell) && sc_tally_get(&c.t, c.cells, cell) == 1, "%s", text());
		}
		if (c.t.width > 1)
			expect(same_counts(&c, &before), "%s", text());
		if (c.t.width == before.t.width && c.t.width > 1)
			expect(memcmp(c.cells, before.cells, sc_tally_bytes(&c.t)) == 0, "%s", text());
		free(c.cells);
		free(before.cells);
	}
	property("what was added can be taken away, unless only the day is kept");
}

static void
test_full_cells(void)
{
	counter		c;
	sc_tally	wider;
	unsigned char *into;
	uint32_t	n = 0;

	exact = false;
	ask_for("at most 300 per 30 days", 0, 2);
	c = counter_new();
	for (; n < 255; n++)
		expect(sc_tally_add(&c.t, c.cells, 1, 1), "%u", n + 1);
	expect(!sc_tally_add(&c.t, c.cells, 1, 1) && !sc_tally_add(&c.t, c.cells, 2, 256), "%u", 256);
	expect(!sc_tally_add(&c.t, c.cells, 1, UINT32_MAX), "%u", UINT32_MAX);
	expect(sc_tally_add(&c.t, c.cells, 0, 255) && sc_tally_add(&c.t, c.cells, 1, 0), "%d", 255);
	for (int32_t i = 0; i < 3; i++)
		expect_int(sc_tally_get(&c.t, c.cells, i), i == 2 ? 0 : 255, "cell %d", i);
	into = calloc(3, sizeof(uint32_t));
	wider = c.t;
	wider.width = 32;
	expect(sc_tally_merge(&wider, into, &c.t, c.cells), "width %d", c.t.width);
	expect(wider.width == 32 && c.t.width == 8 && wider.ncells == 3 && sc_tally_same(&wider, &c.t), "width %d", wider.width);
	expect(sc_tally_bytes(&wider) == 12 && sc_tally_bytes(&c.t) == 3, "%zu bytes", sc_tally_bytes(&wider));
	for (int32_t i = 0; i < 3; i++)
		expect_int(sc_tally_get(&wider, into, i), i == 2 ? 0 : 255, "cell %d", i);
	expect(!sc_tally_merge(&c.t, c.cells, &c.t, c.cells) && sc_tally_get(&c.t, c.cells, 0) == 255, "%d", 255);
	expect(sc_tally_merge(&wider, into, &c.t, c.cells) && sc_tally_get(&wider, into, 1) == 510, "%d", 510);
	expect(sc_tally_add(&wider, into, 2, INT32_MAX) && !sc_tally_add(&wider, into, 2, 1) &&
		   !sc_tally_merge(&wider, into, &wider, into), "%d", INT32_MAX);
	expect_int(sc_tally_get(&wider, into, 2), INT32_MAX, "%s", "the largest count");
	expect(!sc_tally_remove(&c.t, c.cells, 2) && sc_tally_get(&c.t, c.cells, 2) == 0, "nothing to remove");
	property("a cell that is full says so, and nothing is done");
	free(into);
	free(c.cells);

	ask_for("at least 3 days per year", 0, 16);
	c = counter_new();
	expect(sc_tally_add(&c.t, c.cells, 8, 0) && sc_tally_get(&c.t, c.cells, 8) == 0, "no event, no day");
	expect(sc_tally_add(&c.t, c.cells, 8, UINT32_MAX) && sc_tally_add(&c.t, c.cells, 8, 1), "any number is a day");
	expect(c.cells[0] == 0 && c.cells[1] == 1 && c.cells[2] == 0, "one bit is set");
	property("a bit for a day");
	free(c.cells);
}

static void
test_sizes(void)
{
	static const struct
	{
		const char *quota;
		bool		exact;
		sc_day		first;
		int64_t		last;
		int32_t		ncells;
		int			width;
		size_t		bytes;
		bool		fits;
	}			cases[] = {
		{"at least 1 day per year", false, 0, 0, 1, 1, 1, true}, {"at least 1 day per year", false, 0, 7, 8, 1, 1, true},
		{"at least 1 day per year", false, 0, 8, 9, 1, 2, true}, {"at least 1 day per year", true, 0, 8, 9, 8, 9, true},
		{"at least 1 day per year", false, 5, 200004, 200000, 1, 25000, true},
		{"at least 1 day per year", false, 5, 200005, 200000, 1, 25000, false},
		{"at least 1 day per year", true, 5, 200004, 200000, 8, 200000, true},
		{"at least 1 day per year", true, 5, 200005, 200000, 8, 200000, false},
		{"at least 1 per 30 days", true, 0, 199999, 200000, 8, 200000, true},
		{"at least 1 per 30 days", false, SC_DAY_MIN, SC_DAY_MAX, 200000, 8, 200000, false},
		{"at least 1 per 1 days since 2000-01-01", false, 1, 200000, 200000, 32, 800000, true},
		{"at least 1 per 1 days since 2000-01-01", false, -9, 200000, 200000, 32, 800000, true},
		{"at least 1 per 1 days since 2000-01-01", false, 1, 200001, 200000, 32, 800000, false},
		{"at least 1 per 30 days since 2000-01-01", true, 0, 0, 0, 32, 0, true},
		{"at least 1 per 30 days since 2000-01-01", true, -500, -1, 0, 32, 0, true},
		{"at least 1 per 30 days since 2000-01-01", true, -500, 31, 2, 32, 8, true},
		{"at least 1 per 30 days since 2000-01-01", true, 30, 61, 3, 32, 12, true},
		{"at least 1 per year", true, SC_DAY_MIN, SC_DAY_MAX, 200000, 32, 800000, false},
		{"at least 1 per year", true, -1, 366, 3, 32, 12, true}, {"at least 1 in total", true, SC_DAY_MIN, SC_DAY_MAX, 1, 32, 4, true}
	};

	for (int i = 0; i < LENGTH_OF(cases); i++)
	{
		sc_tally	t;

		memset(&t, 0xAA, sizeof(t));
		ask_for(cases[i].quota, cases[i].first, cases[i].last);
		expect_int(sc_tally_init(&t, &quota, (sc_day) first, (sc_day) last, cases[i].exact), cases[i].fits, "fits, case %d", i);
		expect_int(t.ncells, cases[i].ncells, "cells, case %d", i);
		expect_int(t.width, cases[i].width, "width, case %d", i);
		expect_int((int64_t) sc_tally_bytes(&t), (int64_t) cases[i].bytes, "bytes, case %d", i);
		expect(t.unused == 0 && t.first == first && t.last == last && sc_quota_cmp(&t.quota, &quota) == 0, "case %d", i);
		expect_int(t.exact, cases[i].exact && quota.measure == SC_DISTINCT_DAYS, "exact, case %d", i);
	}
	property("cells take no more room than they need, and no more than there is");
	is_int(sizeof(sc_tally), 36, "a tally has no padding");
}

static void
test_same(void)
{
	sc_tally	t;
	sc_tally	other;

	ask_for("at least 1 day per year", 0, 400);
	sc_tally_init(&t, &quota, 0, 400, false);
	other = t;
	other.width = 32;
	ok(sc_tally_same(&t, &other), "tallies of other widths count alike");
	sc_tally_init(&other, &quota, 1, 400, false);
	ok(!sc_tally_same(&t, &other), "not from another day");
	sc_tally_init(&other, &quota, 0, 401, false);
	ok(!sc_tally_same(&t, &other), "nor to another day");
	sc_tally_init(&other, &quota, 0, 400, true);
	ok(!sc_tally_same(&t, &other), "nor where one keeps days only");
	quota.amount = 2;
	sc_tally_init(&other, &quota, 0, 400, false);
	ok(!sc_tally_same(&t, &other), "nor another quota");
}

int
main(void)
{
	chance_start(7);
	test_judgements();
	test_examples();
	test_merges();
	test_add_and_remove();
	test_full_cells();
	test_sizes();
	test_same();
	return done();
}
