/*
 * Calendars: counting, adding and rolling, against steps from day to day.
 */
#include "tap.h"
#include "window.h"

#define CALENDARS		300
#define SPREAD			400
#define WINDOW_DAYS		2800
#define MARGIN			700		/* days of a window that a step may need */
#define QUESTIONS		150		/* of each kind to each calendar */

static window w;

static void
next_calendar(void)
{
	int64_t		center = random_center();
	int64_t		looked_at = chance(80) ? center : random_center();

	w.week = random_week();
	random_exceptions(&w, center, SPREAD);
	window_fill(&w, looked_at, WINDOW_DAYS);
}

static int64_t
some_day(void)
{
	int64_t		day;

	do
		day = w.low + chance_between(MARGIN, WINDOW_DAYS - MARGIN);
	while (!sc_day_valid(day));
	return day;
}

static void
for_each_calendar(void (*ask) (void))
{
	for (int i = 0; i < CALENDARS; i++)
	{
		next_calendar();
		ask();
		window_free(&w);
	}
}

static void
ask_every_day(void)
{
	int64_t		start = w.low + 10;
	int64_t		rank = sc_rank(&w.cal, start);

	expect_int(sc_rank(&w.cal, (int64_t) w.cal.first - 1), 0, "before day %d", w.cal.first);
	for (int64_t day = start + 1; day < w.low + WINDOW_DAYS; day++)
	{
		rank += window_works(&w, day);
		expect_int(sc_is_workday(&w.cal, day), window_works(&w, day), "day %lld", (long long) day);
		expect_int(sc_rank(&w.cal, day), rank, "rank of day %lld", (long long) day);
		if (window_works(&w, day))
			expect_int(sc_select(&w.cal, rank), day, "day of rank %lld", (long long) rank);
	}
}

static void
ask_between(void)
{
	for (int i = 0; i < QUESTIONS; i++)
	{
		int64_t		a = some_day();
		int64_t		b = chance(30) ? a + chance_between(-3, 3) : some_day();

		expect_int(sc_workdays_between(&w.cal, a, b), step_between(&w, a, b),
				   "from %lld to %lld", (long long) a, (long long) b);
	}
}

static void
ask_add(void)
{
	for (int i = 0; i < QUESTIONS; i++)
	{
		int64_t		day = some_day();
		int64_t		n = chance(60) ? chance_between(-3, 3) : chance_between(-80, 80);

		expect_int(sc_add_workdays(&w.cal, day, n), step_add(&w, day, n),
				   "%lld days from %lld", (long long) n, (long long) day);
	}
}

static void
ask_roll(void)
{
	for (int i = 0; i < QUESTIONS; i++)
	{
		int64_t		day = some_day();

		for (int roll = 0; roll < SC_ROLL_COUNT; roll++)
			expect_int(sc_roll_day(&w.cal, (sc_day) day, (sc_roll) roll),
					   step_roll(&w, day, (sc_roll) roll),
					   "%s from %lld", sc_roll_name((sc_roll) roll), (long long) day);
	}
}

/* Any three days of all that there are, whatever lies between them */
static void
ask_properties(void)
{
	for (int i = 0; i < QUESTIONS; i++)
	{
		int64_t		a = chance(50) ? some_day() : chance_between(SC_DAY_MIN, SC_DAY_MAX);
		int64_t		b = chance(50) ? some_day() : chance_between(SC_DAY_MIN, SC_DAY_MAX);
		int64_t		c = chance(50) ? some_day() : chance_between(SC_DAY_MIN, SC_DAY_MAX);
		int64_t		ab = sc_workdays_between(&w.cal, a, b);
		int64_t		rank = sc_rank(&w.cal, a);
		int64_t		worked = sc_select(&w.cal, rank);

		expect_int(sc_workdays_between(&w.cal, b, a), -ab, "%lld %lld", (long long) a, (long long) b);
		expect_int(ab + sc_workdays_between(&w.cal, b, c), sc_workdays_between(&w.cal, a, c),
				   "%lld %lld %lld", (long long) a, (long long) b, (long long) c);
		expect(a > b ? ab <= 0 : ab >= 0, "%lld %lld", (long long) a, (long long) b);
		expect(worked <= a && sc_is_workday(&w.cal, worked) && sc_rank(&w.cal, worked) == rank,
			   "%lld is the last working day up to %lld", (long long) worked, (long long) a);
		expect(sc_select(&w.cal, rank + 1) > a, "the next one is after %lld", (long long) a);
		if (c <= worked || sc_is_workday(&w.cal, c))
			expect_int(sc_add_workdays(&w.cal, c, sc_workdays_between(&w.cal, c, worked)), worked,
					   "from %lld to %lld", (long long) c, (long long) worked);
		expect_int(sc_add_workdays(&w.cal, a, 0), a, "no days from %lld", (long long) a);
	}
}

static void
test_random_calendars(void)
{
	for_each_calendar(ask_every_day);
	property("every day of a window is worked or not, and has its rank");
	for_each_calendar(ask_between);
	property("days are counted after the one through the other");
	for_each_calendar(ask_add);
	property("days are added and taken away");
	for_each_calendar(ask_roll);
	property("days are rolled");
	for_each_calendar(ask_properties);
	property("counting is additive, symmetric and monotone, and adding is its inverse");
}

/* From one end of all days towards the other, across the table */
static void
test_long_walk(void)
{
	int64_t		first;
	int64_t		rank;
	int64_t		n = 0;

	w.week = 0x1F;
	random_exceptions(&w, 8000, SPREAD);
	window_fill(&w, 8000, WINDOW_DAYS);
	first = sc_rank(&w.cal, SC_DAY_MIN - 1);
	for (int64_t day = SC_DAY_MIN; day < 3000000; day++)
	{
		bool		works = day >= w.low && day < w.low + WINDOW_DAYS ? window_works(&w, day) :
			((day - w.low) % 7 + 7) % 7 < 5;

		n += works;
		rank = sc_rank(&w.cal, day);
		expect_int(rank - first, n, "day %lld", (long long) day);
		if (works)
			expect_int(sc_select(&w.cal, rank), day, "day %lld", (long long) day);
	}
	property("a walk through 15,000 years counts every day");
	is_int(sc_workdays_between(&w.cal, 3000000, 3000000 + INT64_C(7) * 300000000),
		   INT64_C(5) * 300000000, "weeks far away are plain weeks");
	is_int(sc_add_workdays(&w.cal, 3000000, INT64_C(5) * INT32_MAX),
		   3000000 + INT64_C(7) * INT32_MAX, "also beyond the last date");
	is_int(sc_add_workdays(&w.cal, -3000000, -INT64_C(5) * INT32_MAX),
		   -3000000 - INT64_C(7) * INT32_MAX, "and before the first");
	window_free(&w);
}

static void
test_directed(void)
{
	static const sc_exception all_off[] = {{2, false}, {3, false}, {4, false}, {5, false},
	{6, false}, {7, false}, {8, false}};
	static const sc_exception make_up[] = {{8, true}, {9, false}};

	w.week = 0x1F;
	w.nexceptions = 0;
	window_fill(&w, 0, 70);
	is_int(sc_calendar_words(NULL, 0), 1, "a calendar without exceptions needs one word");
	is_int(w.cal.ndays, 0, "and has no table");
	is_int(sc_add_workdays(&w.cal, 0, 1), 2, "the first working day of 2000 was the third");
	is_int(sc_add_workdays(&w.cal, 0, -1), -1, "the one before was Friday");
	window_free(&w);

	memcpy(w.exceptions, all_off, sizeof(all_off));
	w.nexceptions = 7;
	window_fill(&w, 0, 70);
	is_int(w.cal.nworking, 0, "a table can have no working day at all");
	is_int(sc_add_workdays(&w.cal, -1, 1), 9, "adding passes over it");
	is_int(sc_add_workdays(&w.cal, 9, -1), -1, "and so does taking away");
	is_int(sc_roll_day(&w.cal, 5, SC_ROLL_NEAREST), 9, "four days ahead are nearer than six back");
	is_int(sc_roll_day(&w.cal, 4, SC_ROLL_NEAREST), 9, "of two as near, the later one");
	window_free(&w);

	memcpy(w.exceptions, make_up, sizeof(make_up));
	w.nexceptions = 2;
	window_fill(&w, 0, 70);
	is_int(sc_add_workdays(&w.cal, 6, 1), 8, "a Sunday can be worked");
	is_int(sc_add_workdays(&w.cal, 8, 1), 10, "and the Monday off instead");
	is_int(sc_workdays_between(&w.cal, 2, 9), 5, "which is as many days");
	window_free(&w);
}

/* A Saturday of January 2000 and of its end, and a Sunday that begins a month */
static void
test_rolls(void)
{
	w.week = 0x1F;
	w.nexceptions = 0;
	window_fill(&w, 0, 2000);
	is_int(sc_roll_day(&w.cal, 0, SC_ROLL_NONE), 0, "none leaves a day off where it is");
	is_int(sc_roll_day(&w.cal, 0, SC_ROLL_FOLLOWING), 2, "following goes to Monday");
	is_int(sc_roll_day(&w.cal, 0, SC_ROLL_PRECEDING), -1, "preceding goes to Friday");
	is_int(sc_roll_day(&w.cal, 0, SC_ROLL_NEAREST), -1, "nearest of Saturday is Friday");
	is_int(sc_roll_day(&w.cal, 1, SC_ROLL_NEAREST), 2, "nearest of Sunday is Monday");
	is_int(sc_roll_day(&w.cal, 0, SC_ROLL_MODIFIED_PRECEDING), 2, "modified preceding stays in the month");
	is_int(sc_roll_day(&w.cal, (sc_day) sc_day_of(2000, 4, 30), SC_ROLL_MODIFIED_FOLLOWING),
		   sc_day_of(2000, 4, 28), "and so does modified following");
	is_int(sc_roll_day(&w.cal, 3, SC_ROLL_FOLLOWING), 3, "a working day stays");
	window_free(&w);
}

/* At the ends of all dates "modified" finds no day beyond, and the rest says so. */
static void
test_ends(void)
{
	int			weekday = sc_weekday(SC_DAY_MAX);

	w.week = 1u << ((weekday + 6) % 7);
	w.nexceptions = 0;
	window_fill(&w, 0, 70);
	is_int(sc_roll_day(&w.cal, SC_DAY_MAX, SC_ROLL_MODIFIED_FOLLOWING), SC_DAY_MAX - 1,
		   "modified following turns back at the last date");
	ok(!sc_day_valid(sc_roll_day(&w.cal, SC_DAY_MAX, SC_ROLL_FOLLOWING)),
	   "following goes beyond it, and shows that");
	ok(!sc_day_valid(sc_add_workdays(&w.cal, SC_DAY_MAX, 1)), "so does adding");
	window_free(&w);

	w.week = 1u << 1;			/* the first date is a Monday */
	window_fill(&w, 0, 70);
	is_int(sc_roll_day(&w.cal, SC_DAY_MIN, SC_ROLL_MODIFIED_PRECEDING), SC_DAY_MIN + 1,
		   "modified preceding turns at the first date");
	ok(!sc_day_valid(sc_roll_day(&w.cal, SC_DAY_MIN, SC_ROLL_PRECEDING)),
	   "preceding goes before it");
	ok(!sc_day_valid(sc_add_workdays(&w.cal, SC_DAY_MIN, -1)), "so does taking away");
	window_free(&w);
}

static void
test_span(void)
{
	int			weeks = SC_SPAN_MAX / 7;
	sc_exception far[2] = {{2, false}, {(sc_day) (2 + 7 * weeks - 1), true}};

	ok(weeks * 7 >= 146097, "a table can span 400 years");
	is_int(sc_calendar_words(far, 2), 2 * 7 * (int64_t) weeks + 1, "the longest table");
	far[1].day++;
	is_int(sc_calendar_words(far, 2), -1, "one week more is a mistake");
	far[0].day++;
	is_int(sc_calendar_words(far, 2), -1, "also when it begins within its first week");
	far[0].day = SC_DAY_MIN;
	far[1].day = SC_DAY_MAX;
	is_int(sc_calendar_words(far, 2), -1, "and so is the range of all dates");
	is_int(sc_calendar_words(far, 1), 15, "one exception is a week, here at the first date");
	is_int(sc_calendar_words(far + 1, 1), 15, "and here at the last");

	w.week = 0x1F;
	w.exceptions[0] = (sc_exception) {2, false};
	w.exceptions[1] = (sc_exception) {(sc_day) (2 + 7 * weeks - 1), true};
	w.nexceptions = 2;
	window_fill(&w, 7 * weeks / 2, 7 * (weeks + 100));
	ask_every_day();
	window_free(&w);
	property("the longest table is right throughout");
}

/* Names are not ended by NUL: of exactly their own size. */
static bool
parses(const char *name, size_t len, sc_roll *roll)
{
	char	   *copy = malloc(len > 0 ? len : 1);
	bool		found;

	memcpy(copy, name, len);
	found = sc_roll_parse(copy, len, roll);
	free(copy);
	return found;
}

static void
test_names(void)
{
	static const char *const wrong[] = {"", "follow", "Following", "following ", " none",
	"modified", "modified_", "nearest_"};
	sc_roll		roll = SC_ROLL_NONE;

	for (int i = 0; i < SC_ROLL_COUNT; i++)
	{
		const char *name = sc_roll_name((sc_roll) i);

		expect(parses(name, strlen(name), &roll) && roll == (sc_roll) i, "%s", name);
		expect(!parses(name, strlen(name) - 1, &roll), "%s, cut short", name);
		expect(!parses(name, strlen(name) + 1, &roll), "%s, with its NUL", name);
	}
	property("every roll has a name");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		expect(!parses(wrong[i], strlen(wrong[i]), &roll), "\"%s\"", wrong[i]);
	property("and no other name is one");
	is_str(sc_roll_name(SC_ROLL_MODIFIED_FOLLOWING), "modified_following", "names are spelled out");
}

int
main(void)
{
	chance_start(2);
	test_directed();
	test_rolls();
	test_ends();
	test_span();
	test_names();
	test_random_calendars();
	test_long_walk();
	return done();
}
