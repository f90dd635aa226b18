/*
 * Time limits: what can be written, what cannot, and how they are ordered.
 */
#include <stdlib.h>

#include "chance.h"
#include "core/limit.h"
#include "tap.h"

#define LENGTH_OF(a)	((int) (sizeof(a) / sizeof((a)[0])))
#define RANDOM_TRIES	20000

typedef struct reading
{
	const char *text;
	sc_limit	limit;
} reading;

/* Input is not ended by NUL: a copy of exactly its size shows every overrun. */
static sc_parse_status
parse_bytes(const char *text, size_t len, sc_limit *limit)
{
	char	   *copy = malloc(len > 0 ? len : 1);
	sc_parse_status status;

	memcpy(copy, text, len);
	status = sc_limit_parse(len > 0 ? copy : copy + 1, len, limit);
	free(copy);
	return status;
}

static sc_parse_status
parse(const char *text, sc_limit *limit)
{
	return parse_bytes(text, strlen(text), limit);
}

static void
expect_limit(const char *text, int32_t n, sc_unit unit)
{
	sc_limit	limit = {-1, SC_UNIT_COUNT};
	sc_parse_status status = parse(text, &limit);

	expect(status == SC_PARSE_OK && limit.n == n && limit.unit == unit,
		   "\"%s\": status %d, %d of unit %d", text, status, limit.n, limit.unit);
}

static const char *
format(sc_limit limit)
{
	static char buf[SC_LIMIT_BUFSIZE];
	char	   *copy = malloc(SC_LIMIT_BUFSIZE);

	sc_limit_format(limit, copy);
	memcpy(buf, copy, strlen(copy) + 1);
	free(copy);
	return buf;
}

static const struct
{
	const char *name;
	sc_unit		unit;
}			english[] = {
	{"minute", SC_MINUTE}, {"hour", SC_HOUR}, {"day", SC_DAY}, {"workday", SC_WORKDAY},
	{"working day", SC_WORKDAY}, {"business day", SC_WORKDAY}, {"calendar day", SC_DAY},
	{"week", SC_WEEK}, {"month", SC_MONTH}, {"year", SC_YEAR}
},			chinese[] = {
	{"个工作日", SC_WORKDAY}, {"工作日", SC_WORKDAY}, {"个自然日", SC_DAY}, {"自然日", SC_DAY},
	{"日", SC_DAY}, {"天", SC_DAY}, {"个星期", SC_WEEK}, {"星期", SC_WEEK}, {"周", SC_WEEK},
	{"个月", SC_MONTH}, {"年", SC_YEAR}, {"分钟", SC_MINUTE}, {"小时", SC_HOUR}, {"个小时", SC_HOUR}
};

static void
test_english(void)
{
	static const char *const forms[] = {"7 %s", "7 %ss", "  7 %ss  ", "7%ss", "\t7 \n %s\r\v\f", "07 %ss"};
	char		text[80];

	for (int i = 0; i < LENGTH_OF(english); i++)
	{
		for (int j = 0; j < LENGTH_OF(forms); j++)
		{
			snprintf(text, sizeof(text), forms[j], english[i].name);
			expect_limit(text, 7, english[i].unit);
			for (char *c = text; *c; c++)
				*c = (*c >= 'a' && *c <= 'z') ? (char) (*c - 'a' + 'A') : *c;
			expect_limit(text, 7, english[i].unit);
		}
	}
	expect_limit("3 Working \t Days", 3, SC_WORKDAY);
	expect_limit("2147483647 minutes", INT32_MAX, SC_MINUTE);
	expect_limit("00000000000000000000001 day", 1, SC_DAY);
	expect_limit("0 days", 0, SC_DAY);
	property("English units, one or many, in any case and spacing");
}

static void
test_chinese(void)
{
	static const char *const counts[] = {"7", "七", "７", "07", "０7", " 7 ", "七 "};
	static const char *const suffixes[] = {"", "内", "以内", "之内", "  ", "内\n"};
	char		text[80];

	for (int i = 0; i < LENGTH_OF(chinese); i++)
	{
		for (int j = 0; j < LENGTH_OF(counts); j++)
		{
			for (int k = 0; k < LENGTH_OF(suffixes); k++)
			{
				snprintf(text, sizeof(text), "%s%s%s", counts[j], chinese[i].name, suffixes[k]);
				expect_limit(text, 7, chinese[i].unit);
			}
		}
	}
	property("Chinese units, counts and \"within\"");
}

static void
test_idioms(void)
{
	static const reading idioms[] = {
		{"immediate", {0, SC_IMMEDIATE}}, {"Immediately", {0, SC_IMMEDIATE}},
		{" IMMEDIATE\n", {0, SC_IMMEDIATE}}, {"立即", {0, SC_IMMEDIATE}},
		{"随到随办", {0, SC_IMMEDIATE}}, {" 随到随办 ", {0, SC_IMMEDIATE}},
		{"half a year", {6, SC_MONTH}}, {"Half  A\tYear", {6, SC_MONTH}},
		{"half year", {6, SC_MONTH}}, {"半年", {6, SC_MONTH}}, {"半年内", {6, SC_MONTH}},
		{"半年以内", {6, SC_MONTH}}, {"半小时", {30, SC_MINUTE}}, {"半小时内", {30, SC_MINUTE}},
		{"半个小时", {30, SC_MINUTE}}, {"半个小时之内", {30, SC_MINUTE}},
		{"两个月", {2, SC_MONTH}}, {"三个月", {3, SC_MONTH}}, {"十五日内", {15, SC_DAY}},
		{"一年", {1, SC_YEAR}}, {"二十个工作日内", {20, SC_WORKDAY}}, {"三十分钟", {30, SC_MINUTE}},
		{"零日", {0, SC_DAY}}, {"〇天", {0, SC_DAY}}
	};

	for (int i = 0; i < LENGTH_OF(idioms); i++)
		expect_limit(idioms[i].text, idioms[i].limit.n, idioms[i].limit.unit);
	property("idioms");
}

/* Numerals as they are taught: each place by name, one 零 for places left out. */
static void
numeral(int n, char *out)
{
	static const char *const digit[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
	static const char *const place[] = {"", "十", "百", "千"};
	char		decimal[8];
	int			length = snprintf(decimal, sizeof(decimal), "%d", n);
	bool		gap = false;

	strcpy(out, n == 0 ? digit[0] : "");
	for (int i = 0; i < length && n > 0; i++)
	{
		if (decimal[i] == '0')
		{
			gap = true;
			continue;
		}
		if (gap)
			strcat(out, digit[0]);
		gap = false;
		strcat(out, digit[decimal[i] - '0']);
		strcat(out, place[length - 1 - i]);
	}
}

static void
replace(char *text, const char *from, const char *to)
{
	char		result[160] = "";
	char	   *rest = text;
	char	   *at;

	while ((at = strstr(rest, from)) != NULL)
	{
		strncat(result, rest, (size_t) (at - rest));
		strcat(result, to);
		rest = at + strlen(from);
	}
	strcat(result, rest);
	strcpy(text, result);
}

static void
test_numerals(void)
{
	char		text[160];

	for (int n = 0; n <= 9999; n++)
	{
		numeral(n, text);
		strcat(text, "日");
		expect_limit(text, n, SC_DAY);
		replace(text, "百一十", "百十");
		if (n < 20)
			replace(text, "一十", "十");
		expect_limit(text, n, SC_DAY);
		replace(text, "零", "〇");
		replace(text, "二千", "两千");
		replace(text, "二百", "两百");
		expect_limit(text, n, SC_DAY);
	}
	property("numerals from 零 to 九千九百九十九, also 十五, 两百 and 〇");
}

/* What stays of a numeral when what writers leave out or vary is left out */
static void
strip(char *text)
{
	replace(text, "〇", "零");
	if (strcmp(text, "零") != 0)
		replace(text, "零", "");
	replace(text, "两", "二");
	replace(text, "一十", "十");
}

/* Every string of up to five signs: one that is read means what it says. */
static void
test_all_strings(void)
{
	static const char *const signs[] = {"零", "一", "二", "五", "两", "〇", "十", "百", "千"};
	int			counts[] = {9, 81, 729, 6561, 59049};

	for (int length = 1; length <= LENGTH_OF(counts); length++)
	{
		for (int i = 0; i < counts[length - 1]; i++)
		{
			char		text[160] = "";
			char		want[160];
			char		input[170];
			sc_limit	limit;

			for (int j = 0, k = i; j < length; j++, k /= LENGTH_OF(signs))
				strcat(text, signs[k % LENGTH_OF(signs)]);
			snprintf(input, sizeof(input), "%s日", text);
			if (parse(input, &limit) != SC_PARSE_OK)
				continue;
			numeral(limit.n, want);
			strip(text);
			strip(want);
			expect(strcmp(text, want) == 0, "%s is read as %d", input, limit.n);
		}
	}
	property("no string of numeral signs is read as another number");
}

static void
test_errors(void)
{
	static const struct
	{
		const char *text;
		sc_parse_status status;
	}			errors[] = {
		{"-1 day", SC_PARSE_NEGATIVE}, {"-7个工作日", SC_PARSE_NEGATIVE}, {" -0 days", SC_PARSE_NEGATIVE},
		{"-99999999999 days", SC_PARSE_RANGE}, {"2147483648 days", SC_PARSE_RANGE},
		{"99999999999999999999999999 minutes", SC_PARSE_RANGE}, {"2147483648月", SC_PARSE_RANGE},
		{"3月", SC_PARSE_AMBIGUOUS}, {"三月", SC_PARSE_AMBIGUOUS}, {"3月内", SC_PARSE_AMBIGUOUS},
		{"１２月", SC_PARSE_AMBIGUOUS}, {" 3 月 ", SC_PARSE_AMBIGUOUS}
	};
	sc_limit	limit;

	for (int i = 0; i < LENGTH_OF(errors); i++)
		expect_int(parse(errors[i].text, &limit), errors[i].status, "\"%s\"", errors[i].text);
	property("negative, out of range, and 3月");
}

static void
test_syntax(void)
{
	static const char *const wrong[] = {
		"", " ", "7", "days", "d", "7 d", "7 dayss", "7 days 3 hours", "7 days,", "7.5 days", "1e3 days",
		"+7 days", "- 7 days", "--7 days", "-", "-days", "7 workday s", "workdays 7", "7 workingdays",
		"7 weeks内", "一百五日", "百日", "千日", "一千百日", "十百日", "零五日", "一零日", "二〇日",
		"一万日", "十十日", "一百零日", "一百零零五日", "十零日", "五五日", "零十日", "7个", "个月",
		"7个工作", "7工作", "7 个 月", "7日内内", "7日后", "7以内日", "3月份", "3个月份", "7日 内", "半",
		"半月", "半个月", "两半年", "immediate!", "immediates", "immediate内", "half a year以内", "立即办理", "立", "随到", "half", "halfa year",
		"half a years", "内", "以内", "七 7 日", "7七日", "\xE6\x97", "7\xE6\x97", "7\xEF\xBC", "\xEF\xBC\x9A日",
		"\xEF\xBC\x8F日", "7\302\240days", "7 ｄａｙｓ", "P7D", "7 days ago", "1 day day"
	};
	sc_limit	limit;

	for (int i = 0; i < LENGTH_OF(wrong); i++)
		expect_int(parse(wrong[i], &limit), SC_PARSE_SYNTAX, "\"%s\"", wrong[i]);
	expect_int(parse_bytes("7 days\0", 7, &limit), SC_PARSE_SYNTAX, "%s", "a NUL at the end");
	expect_int(parse_bytes("7\0days", 6, &limit), SC_PARSE_SYNTAX, "%s", "a NUL within");
	property("everything else is no time limit");
}

/* Cut at every byte: what is left of the sign that was cut is never read. */
static void
test_cut_short(void)
{
	static const char *const whole[] = {"7 working days", "half a year", "七百二十一个工作日以内",
	"１２３４小时之内", "随到随办", "半个小时", "immediately", "-12 days", "3月"};
	sc_limit	limit;

	for (int i = 0; i < LENGTH_OF(whole); i++)
	{
		for (size_t len = 0; len <= strlen(whole[i]); len++)
		{
			sc_parse_status status = parse_bytes(whole[i], len, &limit);

			expect(status != SC_PARSE_OK || (limit.n >= 0 && limit.unit < SC_UNIT_COUNT),
				   "%zu bytes of \"%s\"", len, whole[i]);
		}
	}
	property("input that is cut short is not read beyond its end");
}

static void
test_format(void)
{
	sc_limit	back;

	is_str(format((sc_limit) {7, SC_WORKDAY}), "7 workdays", "seven are many");
	is_str(format((sc_limit) {1, SC_MONTH}), "1 month", "one is one");
	is_str(format((sc_limit) {0, SC_DAY}), "0 days", "none is many");
	is_str(format((sc_limit) {0, SC_IMMEDIATE}), "immediate", "immediate is a word");
	is_str(format((sc_limit) {INT32_MAX, SC_WORKDAY}), "2147483647 workdays", "the longest");

	for (int unit = SC_IMMEDIATE; unit < SC_UNIT_COUNT; unit++)
	{
		for (int i = 0; i < RANDOM_TRIES / SC_UNIT_COUNT; i++)
		{
			sc_limit	limit = {(int32_t) (chance_next() >> chance_between(33, 63)), (sc_unit) unit};
			const char *text;

			if (unit == SC_IMMEDIATE)
				limit.n = 0;
			text = format(limit);
			expect(parse(text, &back) == SC_PARSE_OK && back.n == limit.n && back.unit == limit.unit,
				   "\"%s\" comes back as %d of unit %d", text, back.n, back.unit);
		}
	}
	property("what is written is read again as the same");
}

static void
test_units(void)
{
	static const char *const wrong[] = {"", "s", "d", "dayss", " day", "day ", "immediate", "日", "workin day"};
	char		text[40];
	sc_unit		unit;

	for (int i = 0; i < LENGTH_OF(english); i++)
	{
		for (int many = 0; many <= 1; many++)
		{
			int			len = snprintf(text, sizeof(text), "%s%s", english[i].name, many ? "s" : "");
			char	   *copy = malloc((size_t) len);

			memcpy(copy, text, (size_t) len);
			unit = SC_UNIT_COUNT;
			expect(sc_unit_parse(copy, (size_t) len, &unit) && unit == english[i].unit, "%s", text);
			free(copy);
		}
	}
	for (int i = 0; i < LENGTH_OF(wrong); i++)
		expect(!sc_unit_parse(wrong[i], strlen(wrong[i]), &unit), "\"%s\"", wrong[i]);
	property("units have English names");
	ok(sc_unit_is_clock(SC_MINUTE) && sc_unit_is_clock(SC_HOUR) && !sc_unit_is_clock(SC_DAY) &&
	   !sc_unit_is_clock(SC_IMMEDIATE), "minutes and hours run on the clock");
}

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

static sc_limit
random_limit(void)
{
	static const int32_t counts[] = {0, 0, 1, 2, 5, 7, 12, 14, 24, 30, 48, 60, 365, 1440, INT32_MAX};
	sc_limit	limit = {chance_of(counts), (sc_unit) chance_between(0, SC_UNIT_COUNT - 1)};

	if (limit.unit == SC_IMMEDIATE)
		limit.n = 0;
	return limit;
}

static void
test_order_is_total(void)
{
	for (int i = 0; i < RANDOM_TRIES * 5; i++)
	{
		sc_limit	a = random_limit();
		sc_limit	b = random_limit();
		sc_limit	c = random_limit();
		bool		same = a.n == b.n && a.unit == b.unit;

		expect((sc_limit_cmp(a, b) == 0) == same, "%d/%d = %d/%d", a.n, a.unit, b.n, b.unit);
		expect(sign(sc_limit_cmp(a, b)) == -sign(sc_limit_cmp(b, a)),
			   "%d/%d against %d/%d", a.n, a.unit, b.n, b.unit);
		expect(sc_limit_cmp(a, b) > 0 || sc_limit_cmp(b, c) > 0 || sc_limit_cmp(a, c) <= 0,
			   "%d/%d, %d/%d, %d/%d", a.n, a.unit, b.n, b.unit, c.n, c.unit);
		expect(a.unit != b.unit || sign(sc_limit_cmp(a, b)) == (a.n > b.n) - (a.n < b.n),
			   "%d against %d", a.n, b.n);
	}
	property("limits are totally ordered, and equal only if they are the same");
}

static void
test_order(void)
{
	static const char *const ascending[] = {
		"immediate", "0 minutes", "0 days", "0 years", "1 minute", "59 minutes", "60 minutes", "1 hour",
		"23 hours", "24 hours", "1 day", "1 workday", "2 days", "6 days", "7 days", "5 workdays", "1 week", "8 days",
		"30 days", "1 month", "31 days", "365 days", "12 months", "1 year", "366 days", "13 months", "2147483647 minutes",
		"2147483647 hours", "2147483647 days", "2147483647 workdays", "2147483647 weeks", "2147483647 months",
		"2147483647 years"
	};
	sc_limit	a;
	sc_limit	b;

	for (int i = 0; i < LENGTH_OF(ascending); i++)
	{
		for (int j = 0; j < LENGTH_OF(ascending); j++)
		{
			parse(ascending[i], &a);
			parse(ascending[j], &b);
			expect_int(sign(sc_limit_cmp(a, b)), sign(i - j), "%s, %s", ascending[i], ascending[j]);
		}
	}
	property("limits are ordered by how long they are");
}

int
main(void)
{
	chance_start(3);
	test_english();
	test_chinese();
	test_idioms();
	test_numerals();
	test_all_strings();
	test_errors();
	test_syntax();
	test_cut_short();
	test_format();
	test_units();
	test_order_is_total();
	test_order();
	return done();
}
