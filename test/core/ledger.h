/*
 * A plain list of the days of events, from which each question about a quota
 * is answered by counting anew: an oracle for tallies.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "chance.h"
#include "core/tally.h"
#include "stepping.h"

#define EVENTS			700
#define SPAN			1300	/* the longest, days */
#define MARGIN			800		/* days around it: two years */
#define DAYS			(SPAN + 2 * MARGIN)

/* One case: what is asked, and everything that happened */
static sc_quota quota;
static int64_t first;
static int64_t last;
static bool exact;
static int64_t events[EVENTS];
static int	nevents;
static int	happened[SPAN];		/* events of each day of the span */

/* Every day around the span, and the number of its period */
static walker days[DAYS];
static int	period_of[DAYS];

static const char *
text(void)
{
	static char buf[SC_QUOTA_BUFSIZE + 80];
	char		canonical[SC_QUOTA_BUFSIZE];

	sc_quota_format(&quota, canonical);
	snprintf(buf, sizeof(buf), "%s, %lld to %lld, since %d, %d events%s", canonical, (long long) first,
			 (long long) last, quota.since == SC_NO_EVENT ? 0 : quota.since, nevents, exact ? ", exact" : "");
	return buf;
}

/* --- Random cases --------------------------------------------------------- */

static sc_quota
random_quota(void)
{
	static const int32_t windows[] = {1, 2, 5, 7, 30, 40, 100};
	static const int32_t percents[] = {1, 3333, 5000, 8000, 9000, 10000, 10000, 10001, 15000, SC_PERCENT_MAX};
	static const int32_t bases[] = {SC_BASE_UNKNOWN, 0, 1, 10, 40};
	sc_quota	q;

	do
	{
		q = (sc_quota) {.base = SC_BASE_UNKNOWN, .since = SC_NO_EVENT};
		q.amount = (int32_t) (chance(60) ? chance_between(1, 5) : chance_between(1, 60));
		q.sense = (uint8_t) chance_between(0, SC_SENSE_COUNT - 1);
		q.measure = (uint8_t) chance_between(0, SC_MEASURE_COUNT - 1);
		q.per = (uint8_t) chance_between(0, SC_PER_COUNT - 1);
		q.ndays = q.per == SC_PER_DAYS ? chance_of(windows) : 0;
		if (q.measure == SC_PERCENT)
		{
			q.amount = chance_of(percents);
			q.base_kind = (uint8_t) chance_between(1, SC_BASE_COUNT - 1);
			q.base = q.base_kind == SC_BASE_GIVEN ? chance_of(bases) : SC_BASE_UNKNOWN;
		}
		if (chance(35))
			q.since = (sc_day) chance_between(-700, 9000);
	} while (sc_quota_check(&q) != SC_QUOTA_OK);
	return q;
}

static void
find_periods(void)
{
	walker		event = walk_to(quota.since == SC_NO_EVENT ? 0 : quota.since);
	walker		w = walk_to(first - MARGIN);
	int			number = 0;

	if (sc_quota_slides(&quota))
		return;
	for (int i = 0; i < last - first + 1 + 2 * MARGIN; i++, step(&w))
	{
		days[i] = w;
		period_of[i] = number;
		if (quota.per != SC_IN_TOTAL && period_ends(&quota, &event, &w))
			number++;
	}
}

static int64_t
random_first(void)
{
	if (quota.since == SC_NO_EVENT)
		return chance(3) ? SC_DAY_MIN + chance_between(0, 50) : chance(3) ? SC_DAY_MAX - SPAN + 1 :
			chance_between(-2000, 9000);
	if (chance(50))
		return quota.since + chance_between(-3, 3);
	return chance(10) ? quota.since - SPAN : quota.since + chance_between(-400, 1500);
}

static void
random_case(void)
{
	static const int lengths[] = {1, 2, 7, 30, 31, 60, 366, SPAN};
	int64_t		longest = chance_of(lengths);

	quota = random_quota();
	exact = chance(40);
	first = random_first();
	last = first + chance_between(longest / 2, longest - 1);
	find_periods();
	if (quota.per != SC_IN_TOTAL && !sc_quota_slides(&quota) && chance(50))	/* from the beginning of a period through an end */
	{
		int			i = MARGIN;
		int			j = MARGIN + (int) (last - first);

		while (i < j && period_of[i] == period_of[i - 1])
			i++;
		while (j > i && period_of[j] == period_of[j + 1])
			j--;
		last = days[j].day;
		first = days[i].day;
		memmove(days, days + (i - MARGIN), sizeof(walker) * (size_t) (DAYS - (i - MARGIN)));
		memmove(period_of, period_of + (i - MARGIN), sizeof(int) * (size_t) (DAYS - (i - MARGIN)));
	}
	nevents = (int) (chance(10) ? 0 : chance(50) ? chance_between(1, 30) : chance_between(1, EVENTS));
	for (int i = 0; i < nevents; i++)
		events[i] = chance(5) ? chance_between(first - 2, last + 2) : i > 0 && chance(20) ? events[i - 1] :
			chance_between(first, last);
	memset(happened, 0, sizeof(happened));
	for (int i = 0; i < nevents; i++)
	{
		if (events[i] >= first && events[i] <= last)
			happened[events[i] - first]++;
	}
}

/* --- What is right -------------------------------------------------------- */

/* Of one day: nothing where it is outside the span, or not after the event */
static int64_t
count_of(int64_t day)
{
	if (day < first || day > last || (quota.since != SC_NO_EVENT && day <= quota.since))
		return 0;
	return quota.measure == SC_DISTINCT_DAYS ? happened[day - first] > 0 : happened[day - first];
}

static int64_t
count_between(int64_t from, int64_t through)
{
	int64_t		n = 0;

	for (int64_t day = from; day <= through; day++)
		n += count_of(day);
	return n;
}

static bool
is_cap(void)
{
	return quota.sense == SC_AT_MOST || quota.sense == SC_LESS_THAN;
}

/* The last number that is enough, or not too many */
static int64_t
limit_of(int64_t base)
{
	__int128	share = (__int128) quota.amount * base;

	if (quota.measure != SC_PERCENT)
		return quota.amount;
	switch (quota.sense)
	{
		case SC_AT_LEAST:
			return (int64_t) ((share + 9999) / 10000);
		case SC_MORE_THAN:
			return (int64_t) (share / 10000) + 1;
		case SC_AT_MOST:
			return (int64_t) (share / 10000);
		default:
			return (int64_t) ((share + 9999) / 10000) - 1;
	}
}

static void
judge_by_definition(sc_judgement *j, int64_t base)
{
	int64_t		from = j->first > first ? j->first : first;
	int64_t		through = j->last < last ? j->last : last;
	int64_t		limit;

	j->partial = j->first < first || j->last > last;
	j->counted = count_between(j->first, j->last);
	j->met = -1;
	j->shortfall = -1;
	j->required = j->pro_rata = 0;
	j->no_base = base < 0;
	if (base < 0)
		return;
	limit = limit_of(base);
	j->required = limit < 0 ? 0 : limit;
	if (j->partial)
	{
		int64_t		length = j->last - j->first + 1;

		j->pro_rata = (int64_t) (((__int128) j->required * (through - from + 1) * 200 + length) / (2 * length));
	}
	if (is_cap() || quota.sense == SC_EXACTLY)
	{
		if (j->counted > limit)
			j->met = 0;
		else if (!j->partial)
			j->met = is_cap() || j->counted == limit;
	}
	else if (j->counted >= limit)
		j->met = 1;
	else if (!j->partial)
		j->met = 0;
	if (j->met >= 0)
		j->shortfall = j->met == 1 ? 0 : j->counted > limit ? j->counted - limit : limit - j->counted;
}

/* The first and last day of the period that holds a day near the span */
static void
bounds_of(int i, int64_t *from, int64_t *through)
{
	int			j = i;

	if (quota.per == SC_IN_TOTAL)
	{
		*from = first;
		*through = last;
		return;
	}
	while (i > 0 && period_of[i - 1] == period_of[i])
		i--;
	while (j + 1 < DAYS && period_of[j + 1] == period_of[j])
		j++;
	*from = days[i].day;
	*through = days[j].day;
}

/* -1: there is none */
static int64_t
base_by_definition(int i)
{
	int64_t		from;
	int64_t		through;
	int			number = period_of[i];

	if (quota.measure != SC_PERCENT)
		return 0;
	if (quota.base_kind == SC_BASE_GIVEN)
		return quota.base;
	number -= quota.base_kind == SC_BASE_PREVIOUS ? 1 : 12 / months_of(&quota);
	while (i >= 0 && period_of[i] != number)
		i--;
	if (i < 0)
		return -1;
	bounds_of(i, &from, &through);
	if (from < first || through > last || (quota.since != SC_NO_EVENT && from <= quota.since))
		return -1;
	return count_between(from, through);
}

/* The next window that breaks the quota: ending first, and the shortest of those */
static bool
next_window(int64_t from, sc_judgement *j)
{
	bool		cap = quota.sense == SC_AT_MOST;

	for (int64_t to = from; to <= last; to++)
	{
		int64_t		n = 0;

		for (int64_t begin = to; begin > to - quota.ndays && begin >= from; begin--)
		{
			n += count_of(begin);
			if (!cap && to - begin + 1 < quota.ndays)
				continue;
			if (cap ? n <= quota.amount : n >= quota.amount)
				continue;
			*j = (sc_judgement) {.first = begin, .last = to, .counted = n, .required = quota.amount};
			j->shortfall = cap ? n - quota.amount : quota.amount - n;
			return true;
		}
	}
	return false;
}

#endif							/* LEDGER_H */
