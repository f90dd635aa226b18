/*
 * The core alone: nanoseconds for one operation, without a server.
 *
 *   core DAYS ANSWERS
 *
 * DAYS holds lines "year month day is_workday". Prints operation|nanoseconds|
 * and writes the start days and the answers, int32 each, for the peers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/calendar.h"

#define N		(1 << 20)

static const int steps[] = {5, 20, 250};
static const int spans[] = {30, 365, 2900};

static sc_exception exceptions[4096];
static sc_day start[N];
static int32_t answer[N];

static int
by_day(const void *a, const void *b)
{
	return ((const sc_exception *) a)->day - ((const sc_exception *) b)->day;
}

static sc_calendar
load(const char *name)
{
	FILE	   *f = fopen(name, "r");
	sc_calendar cal;
	int			n = 0;
	int			y, m, d, works;

	if (f == NULL)
		exit(1);
	while (fscanf(f, "%d %d %d %d", &y, &m, &d, &works) == 4)
	{
		exceptions[n].day = (sc_day) sc_day_of(y, m, d);
		exceptions[n++].works = works;
	}
	fclose(f);
	qsort(exceptions, n, sizeof(*exceptions), by_day);
	sc_calendar_init(&cal, 0x1F, exceptions, n,
					 malloc(sizeof(int32_t) * sc_calendar_words(exceptions, n)));
	return cal;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void
add(const sc_calendar *cal, int n)
{
	for (int i = 0; i < N; i++)
		answer[i] = (int32_t) sc_add_workdays(cal, start[i], n);
}

static void
count(const sc_calendar *cal, int days)
{
	for (int i = 0; i < N; i++)
		answer[i] = (int32_t) sc_workdays_between(cal, start[i], start[i] + days);
}

static void
measure(const sc_calendar *cal, void (*work) (const sc_calendar *, int),
		const char *name, int arg, FILE *out)
{
	double		best = 1e18;

	for (int i = 0; i < 5; i++)
	{
		double		began = now();

		work(cal, arg);
		if (now() - began < best)
			best = now() - began;
	}
	printf("%-5s %4d|%.3f|\n", name, arg, best / N);
	fwrite(answer, sizeof(*answer), N, out);
}

int
main(int argc, char **argv)
{
	FILE	   *out = argc == 3 ? fopen(argv[2], "wb") : NULL;
	sc_calendar cal;
	sc_day		first = (sc_day) sc_day_of(2004, 1, 1);
	int			length = (int) (sc_day_of(2018, 12, 31) - first);

	if (out == NULL)
		return 2;
	cal = load(argv[1]);
	srandom(1);
	for (int i = 0; i < N; i++)
		start[i] = first + (sc_day) (random() % length);
	fwrite(start, sizeof(*start), N, out);
	for (int i = 0; i < 3; i++)
		measure(&cal, add, "add", steps[i], out);
	for (int i = 0; i < 3; i++)
		measure(&cal, count, "count", spans[i], out);
	return fclose(out) != 0;
}
