/*
 * Reading, writing and ordering time limits.
 *
 * The input is UTF-8, in English ("7 workdays") or as Chinese regulations
 * write it ("7个工作日", "三个月内").  It need not end in NUL.
 */
#include <stdio.h>
#include <string.h>

#include "core/limit.h"
#include "core/scan.h"

typedef struct word
{
	const char *text;
	sc_unit		unit;
} word;

/* First the singular that output is made of, then what input allows besides. */
static const word english_units[] = {
	{"minute", SC_MINUTE}, {"hour", SC_HOUR}, {"day", SC_DAY},
	{"workday", SC_WORKDAY}, {"week", SC_WEEK}, {"month", SC_MONTH},
	{"year", SC_YEAR},
	{"working day", SC_WORKDAY}, {"business day", SC_WORKDAY},
	{"calendar day", SC_DAY},
};

/* Longer words stand before their own beginnings. */
static const word chinese_units[] = {
	{"工作日", SC_WORKDAY}, {"自然日", SC_DAY}, {"日", SC_DAY}, {"天", SC_DAY},
	{"星期", SC_WEEK}, {"周", SC_WEEK}, {"年", SC_YEAR},
	{"分钟", SC_MINUTE}, {"小时", SC_HOUR},
};

static const char *const chinese_suffixes[] = {"以内", "之内", "内"};

/* Idioms that state a limit without a count. */
static const struct
{
	const char *text;
	sc_limit	limit;
}			idioms[] = {
	{"immediate", {0, SC_IMMEDIATE}}, {"immediately", {0, SC_IMMEDIATE}},
	{"立即", {0, SC_IMMEDIATE}}, {"随到随办", {0, SC_IMMEDIATE}},
	{"half a year", {6, SC_MONTH}}, {"half year", {6, SC_MONTH}},
	{"半年", {6, SC_MONTH}}, {"半小时", {30, SC_MINUTE}}, {"半个小时", {30, SC_MINUTE}},
};

/* The input must end here, but for the Chinese "within". */
static bool
at_end(sc_scanner *s, bool chinese)
{
	for (int i = 0; chinese && i < SC_LENGTH_OF(chinese_suffixes); i++)
	{
		if (sc_scan_accept(s, chinese_suffixes[i]))
			break;
	}
	return s->p == s->end;
}

static bool
accept_whole(sc_scanner *s, const char *text)
{
	sc_scanner	at = *s;

	if (!sc_scan_accept(&at, text) || !at_end(&at, (unsigned char) *text >= 0x80))
		return false;
	*s = at;
	return true;
}

static bool
accept_english_unit(sc_scanner *s, sc_unit *unit)
{
	for (int i = 0; i < SC_LENGTH_OF(english_units); i++)
	{
		sc_scanner	at = *s;

		if (!sc_scan_accept(&at, english_units[i].text))
			continue;
		sc_scan_accept(&at, "s");
		if (at.p == at.end)
		{
			*s = at;
			*unit = english_units[i].unit;
			return true;
		}
	}
	return false;
}

/* 个 may stand before a unit, and must before 月: 3月 is also March. */
static sc_parse_status
parse_chinese_unit(sc_scanner *s, sc_unit *unit)
{
	bool		counted = sc_scan_accept(s, "个");

	if (sc_scan_accept(s, "月"))
	{
		*unit = SC_MONTH;
		if (!at_end(s, true))
			return SC_PARSE_SYNTAX;
		return counted ? SC_PARSE_OK : SC_PARSE_AMBIGUOUS;
	}
	for (int i = 0; i < SC_LENGTH_OF(chinese_units); i++)
	{
		if (sc_scan_accept(s, chinese_units[i].text))
		{
			*unit = chinese_units[i].unit;
			return at_end(s, true) ? SC_PARSE_OK : SC_PARSE_SYNTAX;
		}
	}
	return SC_PARSE_SYNTAX;
}

static sc_parse_status
bad_number(sc_number_status number)
{
	return number == SC_NUMBER_RANGE ? SC_PARSE_RANGE : SC_PARSE_SYNTAX;
}

sc_parse_status
sc_limit_parse(const char *str, size_t len, sc_limit *limit)
{
	sc_scanner	s = {str, str + len};
	sc_number_status number;
	int64_t		n;

	sc_scan_trim(&s);

	for (int i = 0; i < SC_LENGTH_OF(idioms); i++)
	{
		if (accept_whole(&s, idioms[i].text))
		{
			*limit = idioms[i].limit;
			return SC_PARSE_OK;
		}
	}

	if (sc_scan_accept(&s, "-"))
	{
		number = sc_scan_digits(&s, &n);
		return number == SC_NUMBER_OK ? SC_PARSE_NEGATIVE : bad_number(number);
	}
	number = sc_scan_number(&s, &n);
	if (number != SC_NUMBER_OK)
		return bad_number(number);

	limit->n = (int32_t) n;
	sc_scan_space(&s);
	if (accept_english_unit(&s, &limit->unit))
		return SC_PARSE_OK;
	return parse_chinese_unit(&s, &limit->unit);
}

/* A unit by its English name, singular or plural. */
bool
sc_unit_parse(const char *str, size_t len, sc_unit *unit)
{
	sc_scanner	s = {str, str + len};

	return accept_english_unit(&s, unit);
}

void
sc_limit_format(sc_limit limit, char buf[SC_LIMIT_BUFSIZE])
{
	for (int i = 0; i < SC_LENGTH_OF(english_units); i++)
	{
		if (english_units[i].unit == limit.unit)
		{
			snprintf(buf, SC_LIMIT_BUFSIZE, "%d %s%s", limit.n,
					 english_units[i].text, limit.n == 1 ? "" : "s");
			return;
		}
	}
	snprintf(buf, SC_LIMIT_BUFSIZE, "immediate");
}

/*
 * Order by nominal length in minutes, as interval orders months of 30 days:
 * a working day lasts 7/5 of a day, a month and a year their Gregorian means.
 * Limits are equal only if they are the same words.
 */
int
sc_limit_cmp(sc_limit a, sc_limit b)
{
	static const int64_t minutes[SC_UNIT_COUNT] = {
		[SC_IMMEDIATE] = 0, [SC_MINUTE] = 1, [SC_HOUR] = 60, [SC_DAY] = 1440,
		[SC_WORKDAY] = 2016, [SC_WEEK] = 10080, [SC_MONTH] = 43829, [SC_YEAR] = 525949
	};
	int64_t		x = a.n * minutes[a.unit];
	int64_t		y = b.n * minutes[b.unit];

	if (x != y)
		return x < y ? -1 : 1;
	return (a.unit > b.unit) - (a.unit < b.unit);
}
