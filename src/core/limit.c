/*
 * Reading, writing and ordering time limits.
 *
 * The input is UTF-8, in English ("7 workdays") or as Chinese regulations
 * write it ("7个工作日", "三个月内").  It need not end in NUL.
 */
#include <stdio.h>
#include <string.h>

#include "core/limit.h"

typedef struct word
{
	const char *text;
	sc_unit		unit;
} word;

typedef struct scanner
{
	const char *p;
	const char *end;
} scanner;

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

#define LENGTH_OF(a)	((int) (sizeof(a) / sizeof((a)[0])))

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char
lower(char c)
{
	return (c >= 'A' && c <= 'Z') ? (char) (c - 'A' + 'a') : c;
}

static void
skip_space(scanner *s)
{
	while (s->p < s->end && is_space(*s->p))
		s->p++;
}

/* Take the text, in any case, where the input goes on with it; a blank in it stands for any white space. */
static bool
accept(scanner *s, const char *text)
{
	scanner		at = *s;

	for (; *text; text++)
	{
		if (at.p >= at.end)
			return false;
		if (*text == ' ' && is_space(*at.p))
			skip_space(&at);
		else if (lower(*at.p) == *text)
			at.p++;
		else
			return false;
	}
	*s = at;
	return true;
}

/* The input must end here, but for the Chinese "within". */
static bool
at_end(scanner *s, bool chinese)
{
	for (int i = 0; chinese && i < LENGTH_OF(chinese_suffixes); i++)
	{
		if (accept(s, chinese_suffixes[i]))
			break;
	}
	return s->p == s->end;
}

static bool
accept_whole(scanner *s, const char *text)
{
	scanner		at = *s;

	if (!accept(&at, text) || !at_end(&at, (unsigned char) *text >= 0x80))
		return false;
	*s = at;
	return true;
}

/* One digit: ASCII or full-width. */
static int
accept_digit(scanner *s)
{
	const unsigned char *u = (const unsigned char *) s->p;

	if (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		return *s->p++ - '0';
	if (s->end - s->p >= 3 && u[0] == 0xEF && u[1] == 0xBC && u[2] >= 0x90 && u[2] <= 0x99)
	{
		s->p += 3;
		return u[2] - 0x90;
	}
	return -1;
}

static sc_parse_status
parse_digits(scanner *s, int64_t *n)
{
	int			digit = accept_digit(s);

	if (digit < 0)
		return SC_PARSE_SYNTAX;
	for (*n = 0; digit >= 0; digit = accept_digit(s))
	{
		*n = *n * 10 + digit;
		if (*n > INT32_MAX)
			return SC_PARSE_RANGE;
	}
	return SC_PARSE_OK;
}

static int
accept_one_of(scanner *s, const char *const *texts, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (accept(s, texts[i]))
			return i;
	}
	return -1;
}

/*
 * A Chinese numeral below ten thousand: 三, 十五, 二十, 一百零五, 三百六十五.
 * A place without its own digit is one (十五), only the last place can be
 * left out (一百零五), and 百五 alone is no number of these texts.
 */
static sc_parse_status
parse_numeral(scanner *s, int64_t *n)
{
	static const char *const digits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "两", "〇"};
	static const char *const places[] = {"千", "百", "十"};
	static const int values[] = {1000, 100, 10};
	int			limit = 10000;
	bool		zero = false;

	*n = 0;
	for (;;)
	{
		int			digit = accept_one_of(s, digits, LENGTH_OF(digits));
		int			place = accept_one_of(s, places, LENGTH_OF(places));

		if (digit == 11)
			digit = 0;
		if (digit == 10)
			digit = 2;
		if (digit < 0 && place < 0)
			return limit < 10000 && !zero ? SC_PARSE_OK : SC_PARSE_SYNTAX;
		if (digit == 0 && place < 0)
		{
			if (zero || limit == 10)
				return SC_PARSE_SYNTAX;
			if (limit == 10000)
				return SC_PARSE_OK; /* 零 alone */
			zero = true;
			continue;
		}
		if (place < 0)
		{
			/* the units: last, and right after the tens unless 零 stands between */
			if (limit > 10 && limit < 10000 && !zero)
				return SC_PARSE_SYNTAX;
			*n += digit;
			return SC_PARSE_OK;
		}
		if (digit == 0 || values[place] >= limit || (digit < 0 && values[place] != 10))
			return SC_PARSE_SYNTAX;
		*n += (digit < 0 ? 1 : digit) * values[place];
		limit = values[place];
		zero = false;
	}
}

static bool
accept_english_unit(scanner *s, sc_unit *unit)
{
	for (int i = 0; i < LENGTH_OF(english_units); i++)
	{
		scanner		at = *s;

		if (!accept(&at, english_units[i].text))
			continue;
		accept(&at, "s");
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
parse_chinese_unit(scanner *s, sc_unit *unit)
{
	bool		counted = accept(s, "个");

	if (accept(s, "月"))
	{
		*unit = SC_MONTH;
		if (!at_end(s, true))
			return SC_PARSE_SYNTAX;
		return counted ? SC_PARSE_OK : SC_PARSE_AMBIGUOUS;
	}
	for (int i = 0; i < LENGTH_OF(chinese_units); i++)
	{
		if (accept(s, chinese_units[i].text))
		{
			*unit = chinese_units[i].unit;
			return at_end(s, true) ? SC_PARSE_OK : SC_PARSE_SYNTAX;
		}
	}
	return SC_PARSE_SYNTAX;
}

sc_parse_status
sc_limit_parse(const char *str, size_t len, sc_limit *limit)
{
	scanner		s = {str, str + len};
	sc_parse_status status;
	int64_t		n;

	skip_space(&s);
	while (s.end > s.p && is_space(s.end[-1]))
		s.end--;

	for (int i = 0; i < LENGTH_OF(idioms); i++)
	{
		if (accept_whole(&s, idioms[i].text))
		{
			*limit = idioms[i].limit;
			return SC_PARSE_OK;
		}
	}

	if (accept(&s, "-"))
	{
		status = parse_digits(&s, &n);
		return status == SC_PARSE_OK ? SC_PARSE_NEGATIVE : status;
	}
	status = parse_digits(&s, &n);
	if (status == SC_PARSE_SYNTAX)
		status = parse_numeral(&s, &n);
	if (status != SC_PARSE_OK)
		return status;

	limit->n = (int32_t) n;
	skip_space(&s);
	if (accept_english_unit(&s, &limit->unit))
		return SC_PARSE_OK;
	return parse_chinese_unit(&s, &limit->unit);
}

/* A unit by its English name, singular or plural. */
bool
sc_unit_parse(const char *str, size_t len, sc_unit *unit)
{
	scanner		s = {str, str + len};

	return accept_english_unit(&s, unit);
}

void
sc_limit_format(sc_limit limit, char buf[SC_LIMIT_BUFSIZE])
{
	for (int i = 0; i < LENGTH_OF(english_units); i++)
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
