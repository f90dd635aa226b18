/*
 * Quotas in text: what can be written, what cannot, and where it goes wrong.
 */
#include <stdlib.h>

#include "chance.h"
#include "core/quota.h"
#include "tap.h"

#define LENGTH_OF(a)	((int) (sizeof(a) / sizeof((a)[0])))
#define RANDOM_TRIES	60000

#define SINCE	" since 2022-02-16"

static sc_quota_status
parse_bytes(const char *text, size_t len, sc_quota *quota, size_t *at)
{
	/* no NUL follows, so that a sanitizer sees what reads on */
	char	   *copy = malloc(len > 0 ? len : 1);
	const char *place = NULL;
	sc_quota_status status;

	memcpy(copy, text, len);
	status = sc_quota_parse(len > 0 ? copy : copy + 1, len, quota, &place);
	*at = (size_t) (place - (len > 0 ? copy : copy + 1));
	free(copy);
	return status;
}

static sc_quota_status
parse(const char *text, sc_quota *quota)
{
	size_t		at;

	return parse_bytes(text, strlen(text), quota, &at);
}

static const char *
format(const sc_quota *quota)
{
	static char buf[SC_QUOTA_BUFSIZE];
	char	   *copy = malloc(SC_QUOTA_BUFSIZE);

	sc_quota_format(quota, copy);
	memcpy(buf, copy, strlen(copy) + 1);
	free(copy);
	return buf;
}

static void
expect_reads(const char *text, const char *canonical)
{
	sc_quota	quota;
	size_t		at;
	sc_quota_status status = parse_bytes(text, strlen(text), &quota, &at);

	if (status != SC_QUOTA_OK)
		expect(false, "\"%s\": status %d at \"%s\"", text, status, text + at);
	else
		expect(strcmp(format(&quota), canonical) == 0, "\"%s\": got \"%s\", want \"%s\"",
			   text, format(&quota), canonical);
}

typedef struct reading
{
	const char *text;
	const char *canonical;
} reading;

static void
expect_readings(const reading *readings, int n)
{
	for (int i = 0; i < n; i++)
		expect_reads(readings[i].text, readings[i].canonical);
}

static const reading english_senses[] = {
	{"at least 7", "at least 7"}, {"no fewer than 7", "at least 7"}, {"no less than 7", "at least 7"},
	{"more than 7", "at least 8"}, {"at most 7", "at most 7"}, {"no more than 7", "at most 7"},
	{"up to 7", "at most 7"}, {"less than 7", "at most 6"}, {"fewer than 7", "at most 6"},
	{"exactly 7", "exactly 7"}
};

static const reading english_units[] = {
	{"", ""}, {" times", ""}, {" time", ""}, {" days", " days"}, {" day", " days"}
};

static const reading english_periods[] = {
	{"30 days", "30 days"}, {"day", "day"}, {"1 day", "day"}, {"2 day", "2 days"}, {"36600 days", "36600 days"},
	{"week", "week"}, {"month", "month"}, {"quarter", "quarter"}, {"half year", "half year"},
	{"half-year", "half year"}, {"year", "year"}
};

static void
test_english(void)
{
	static const char *const pers[] = {"per", "each", "every", "a"};
	char		text[160];
	char		canonical[160];

	for (int i = 0; i < LENGTH_OF(english_senses); i++)
	{
		for (int j = 0; j < LENGTH_OF(english_units); j++)
		{
			for (int k = 0; k < LENGTH_OF(english_periods) * LENGTH_OF(pers); k++)
			{
				const reading *period = &english_periods[k / LENGTH_OF(pers)];
				bool		days = english_units[j].canonical[0] != '\0';
				bool		short_period = period->canonical[0] == 'd' || period->canonical[0] == '2' ||
					strcmp(period->canonical, "week") == 0;

				/* such days there are none, or it is a window */
				if (english_senses[i].canonical[0] == 'e' && strstr(period->canonical, "day") != NULL)
					continue;
				if (days && short_period && strstr(english_senses[i].canonical, "most") == NULL)
					continue;
				snprintf(text, sizeof(text), "%s%s %s %s", english_senses[i].text, english_units[j].text,
						 pers[k % LENGTH_OF(pers)], period->text);
				snprintf(canonical, sizeof(canonical), "%s%s per %s", english_senses[i].canonical,
						 english_units[j].canonical, period->canonical);
				expect_reads(text, canonical);
				strcat(text, SINCE);
				strcat(canonical, SINCE);
				expect_reads(text, canonical);
				for (char *c = text; *c; c++)
					*c = (*c >= 'a' && *c <= 'z') ? (char) (*c - 'a' + 'A') : *c;
				expect_reads(text, canonical);
			}
			snprintf(text, sizeof(text), "%s%s in total", english_senses[i].text, english_units[j].text);
			snprintf(canonical, sizeof(canonical), "%s%s in total", english_senses[i].canonical,
					 english_units[j].canonical);
			expect_reads(text, canonical);
		}
	}
	property("English: senses, units, periods and events, in any case");
}

static void
test_english_forms(void)
{
	static const reading readings[] = {
		{"  at\tleast\n1 \v per\fquarter \r", "at least 1 per quarter"},
		{"at least1per quarter", "at least 1 per quarter"}, {"AT LEAST 1TIME A Year", "at least 1 per year"},
		{"at least 007 per half  year", "at least 7 per half year"},
		{"at least 1 day per day", "at least 1 day per day"}, {"at least 1 a day", "at least 1 per day"},
		{"at most ７ per year", "at most 7 per year"}, {"at most 十五 per year", "at most 15 per year"},
		{"at least 2147483647 per year", "at least 2147483647 per year"},
		{"more than 2147483646 per year", "at least 2147483647 per year"},
		{"less than 2 days per week", "at most 1 day per week"},
		{"at least 7 days per week", "at least 7 days per week"},
		{"at least 31 days per month", "at least 31 days per month"},
		{"at least 92 days per quarter", "at least 92 days per quarter"},
		{"exactly 184 days per half year", "exactly 184 days per half year"},
		{"at least 366 days per year", "at least 366 days per year"},
		{"at least 30 days per 30 days", "at least 30 days per 30 days"},
		{"exactly 3 per 30 days" SINCE, "exactly 3 per 30 days" SINCE},
		{"at least 1 per year since 1-1-1", "at least 1 per year since 0001-01-01"},
		{"at least 1 per year since 9999-12-31", "at least 1 per year since 9999-12-31"},
		{"at least 1 per year since2024-02-29", "at least 1 per year since 2024-02-29"},
		{"at least 1 per year since 2022年2月16日", "at least 1 per year" SINCE},
		{"at most 50% of base", "at most 50% of base"}, {"at most 50 % of the base", "at most 50% of base"},
		{"at most 50% of base in total", "at most 50% of base"},
		{"at most 50％ of base", "at most 50% of base"}, {"at most 50 Percent of base", "at most 50% of base"},
		{"at most 百分之五十 of base", "at most 50% of base"}, {"at most 百分之50.5 of base", "at most 50.5% of base"},
		{"at most 0.01% of base", "at most 0.01% of base"}, {"at most 0.1% of base", "at most 0.1% of base"},
		{"at most 0.10% of base", "at most 0.1% of base"}, {"at most 12.05% of base", "at most 12.05% of base"},
		{"at most 12.34% of base", "at most 12.34% of base"}, {"at most 1000% of base", "at most 1000% of base"},
		{"at most 1000.00% of base", "at most 1000% of base"}, {"at most 99.99 percent of base", "at most 99.99% of base"},
		{"more than 50% of base", "more than 50% of base"}, {"less than 50% of base", "less than 50% of base"},
		{"fewer than 50% of base", "less than 50% of base"}, {"no less than 50% of base", "at least 50% of base"},
		{"at most 50% of 120", "at most 50% of 120"}, {"at most 50% of the 0 per year", "at most 50% of 0 per year"},
		{"at most 50% of 2147483647 a month" SINCE, "at most 50% of 2147483647 per month" SINCE},
		{"at most 50% of base per quarter", "at most 50% of base per quarter"},
		{"at most 50% of base each 30 days" SINCE, "at most 50% of base per 30 days" SINCE},
		{"at most 50% of base per day" SINCE, "at most 50% of base per day" SINCE},
		{"at most 100% of previous year", "at most 100% of previous year"},
		{"at most 100% of the previous half-year", "at most 100% of previous half year"},
		{"at most 100% of previous week" SINCE, "at most 100% of previous week" SINCE},
		{"at most 100% of previous day" SINCE, "at most 100% of previous day" SINCE},
		{"at most 100% of previous 1 days" SINCE, "at most 100% of previous day" SINCE},
		{"at most 100% of previous 30 days" SINCE, "at most 100% of previous 30 days" SINCE},
		{"at least 90% of same quarter of previous year", "at least 90% of same quarter of previous year"},
		{"at least 90% of the same month of the previous year", "at least 90% of same month of previous year"},
		{"at least 90% of same half year of previous year", "at least 90% of same half year of previous year"},
		{"at least 90% of same year of previous year", "at least 90% of previous year"},
		{"less than 999.99% of same half year of previous year since 9999-12-31",
		"less than 999.99% of same half year of previous year since 9999-12-31"}
	};

	expect_readings(readings, LENGTH_OF(readings));
	property("English: spaces, numbers, dates, percentages and their bases");
}

static const reading chinese_senses[] = {
	{"至少", "at least 5"}, {"不少于", "at least 5"}, {"不低于", "at least 5"}, {"最少", "at least 5"},
	{"不超过", "at most 5"}, {"不多于", "at most 5"}, {"不高于", "at most 5"}, {"至多", "at most 5"}, {"最多", "at most 5"},
	{"恰好", "exactly 5"}, {"正好", "exactly 5"},
	{"超过", "at least 6"}, {"多于", "at least 6"}, {"高于", "at least 6"},
	{"少于", "at most 4"}, {"不足", "at most 4"}, {"低于", "at most 4"}
};

static const reading chinese_suffixes[] = {
	{"以上", "at least 5"}, {"以下", "at most 5"}, {"以内", "at most 5"}
};

static const reading chinese_units[] = {
	{"次", ""}, {"篇", ""}, {"件", ""}, {"份", ""}, {"场", ""}, {"项", ""}, {"个", ""}, {"日", " days"}, {"天", " days"}
};

static const reading chinese_periods[] = {
	{"每季度", " per quarter"}, {"每季", " per quarter"}, {"每半年", " per half year"}, {"每年度", " per year"},
	{"每年", " per year"}, {"每个月", " per month"}, {"每月", " per month"}, {"每星期", " per week"},
	{"每周", " per week"}, {"共", " in total"}, {"每30日", " per 30 days"}, {"每三十天", " per 30 days"},
	{"每３０日内", " per 30 days"}, {"每三百六十五天内", " per 365 days"}
};

static void
test_chinese(void)
{
	static const char *const counts[] = {"5", "五", "５", "05"};
	static const char *const events[] = {"自2022年2月16日起", "自2022-2-16起", "自２０２２年０２月１６日后"};
	char		text[200];
	char		canonical[160];

	for (int i = 0; i < LENGTH_OF(chinese_periods) * LENGTH_OF(chinese_units); i++)
	{
		const reading *period = &chinese_periods[i / LENGTH_OF(chinese_units)];
		const reading *unit = &chinese_units[i % LENGTH_OF(chinese_units)];

		for (int j = 0; j < LENGTH_OF(chinese_senses) + LENGTH_OF(chinese_suffixes); j++)
		{
			bool		before = j < LENGTH_OF(chinese_senses);
			const reading *sense = before ? &chinese_senses[j] : &chinese_suffixes[j - LENGTH_OF(chinese_senses)];
			const char *count = counts[j % LENGTH_OF(counts)];
			bool		exact = sense->canonical[0] == 'e';

			snprintf(text, sizeof(text), "%s%s%s%s%s", period->text, before ? sense->text : "", count,
					 unit->text, before ? "" : sense->text);
			snprintf(canonical, sizeof(canonical), "%s%s%s", sense->canonical, unit->canonical,
					 period->canonical);
			if (!exact || strstr(period->canonical, "days") == NULL)
				expect_reads(text, canonical);
			if (strcmp(period->text, "共") == 0)
				continue;
			snprintf(text, sizeof(text), "%s%s%s%s%s%s", chance_of(events), period->text,
					 before ? sense->text : "", count, unit->text, before ? "" : sense->text);
			strcat(canonical, SINCE);
			expect_reads(text, canonical);
		}
	}
	property("Chinese: periods, senses before and after, counts, units and events");
}

static void
test_chinese_forms(void)
{
	static const reading readings[] = {
		{"每季度至少1次", "at least 1 per quarter"}, {"每年至少30日", "at least 30 days per year"},
		{"每日至少1次", "at least 1 per day"}, {"每天不超过2次", "at most 2 per day"},
		{"自2022年2月16日起每日恰好1次", "exactly 1 per day since 2022-02-16"},
		{"每年不超过2次", "at most 2 per year"}, {"  每年不超过2次\n", "at most 2 per year"},
		{"至少共3次", "at least 3 in total"}, {"共至少3次", "at least 3 in total"}, {"共一百零五件以内", "at most 105 in total"},
		{"比上年减少50%以上", "at most 50% of previous year"}, {"比上年减少百分之五十以上", "at most 50% of previous year"},
		{"比上年减少５０％以上", "at most 50% of previous year"}, {"比上年减少不低于50%", "at most 50% of previous year"},
		{"比上年减少至少50%", "at most 50% of previous year"}, {"比上年减少超过50%", "less than 50% of previous year"},
		{"比上年压减50.5%以上", "at most 49.5% of previous year"}, {"较上年下降0.01%以上", "at most 99.99% of previous year"},
		{"较上年降低99.99%以上", "at most 0.01% of previous year"}, {"比上年只减不增", "at most 100% of previous year"},
		{"每年比上年减少50%以上", "at most 50% of previous year"}, {"每季度比上季度减少50%以上", "at most 50% of previous quarter"},
		{"每季度比上年同期减少50%以上", "at most 50% of same quarter of previous year"},
		{"每月比去年同期减少50%以上", "at most 50% of same month of previous year"},
		{"每半年同比减少50%以上", "at most 50% of same half year of previous year"},
		{"每季度同比只减不增", "at most 100% of same quarter of previous year"},
		{"同比减少50%以上", "at most 50% of previous year"}, {"比上年同期减少50%以上", "at most 50% of previous year"},
		{"每年同比减少50%以上", "at most 50% of previous year"}, {"在现有基础上减少50%以上", "at most 50% of base"},
		{"每年在现有基础上压减50%以上", "at most 50% of base per year"}, {"比基数减少30%以上", "at most 70% of base"},
		{"比现有基础减少30%以上", "at most 70% of base"}, {"不超过上年", "at most 100% of previous year"},
		{"不超过上年的80%", "at most 80% of previous year"}, {"不超过上年的百分之八十", "at most 80% of previous year"},
		{"超过上年度", "more than 100% of previous year"}, {"每年不满3次", "at most 2 per year"}, {"低于上一年度的90%", "less than 90% of previous year"},
		{"不低于上一年的1000%", "at least 1000% of previous year"}, {"不少于去年", "at least 100% of previous year"},
		{"每季不高于上季度的90%", "at most 90% of previous quarter"}, {"至多上一季度", "at most 100% of previous quarter"},
		{"不超过上个月的50%", "at most 50% of previous month"}, {"不超过上一个月", "at most 100% of previous month"},
		{"每个月不超过上月", "at most 100% of previous month"}, {"不超过上周", "at most 100% of previous week"},
		{"每星期不超过上一周的12.34%", "at most 12.34% of previous week"},
		{"每月不超过上年同期的80%", "at most 80% of same month of previous year"},
		{"不超过同比的80%", "at most 80% of previous year"}, {"每月不超过基数的80%", "at most 80% of base per month"},
		{"不超过基数", "at most 100% of base"}, {"不足现有基础的80%", "less than 80% of base"},
		{"自2022年2月16日起比上年减少50%以上", "at most 50% of previous year" SINCE},
		{"自2022年2月16日起每30日不超过基数", "at most 100% of base per 30 days" SINCE},
		{"自2022年2月16日后每半年不超过上年同期", "at most 100% of same half year of previous year" SINCE}
	};

	expect_readings(readings, LENGTH_OF(readings));
	property("Chinese: reductions, shares and their bases");
}

typedef struct refusal
{
	const char *text;
	sc_quota_status status;
	const char *at;				/* what is left of the text there */
} refusal;

static const refusal english_refusals[] = {
	{"", SC_QUOTA_BAD_SENSE, ""}, {"  ", SC_QUOTA_BAD_SENSE, ""}, {"soon", SC_QUOTA_BAD_SENSE, "soon"},
	{" at lea 1", SC_QUOTA_BAD_SENSE, "at lea 1"}, {"atleast 1 per year", SC_QUOTA_BAD_SENSE, "atleast 1 per year"},
	{"at leastx 1 per year", SC_QUOTA_BAD_SENSE, "at leastx 1 per year"}, {"1 per year", SC_QUOTA_BAD_SENSE, "1 per year"},
	{"at leastZ 1 per year", SC_QUOTA_BAD_SENSE, "at leastZ 1 per year"},
	{"at least", SC_QUOTA_BAD_NUMBER, ""}, {"at least one per year", SC_QUOTA_BAD_NUMBER, "one per year"},
	{"at least - 1 per year", SC_QUOTA_BAD_NUMBER, "- 1 per year"}, {"at least +1 per year", SC_QUOTA_BAD_NUMBER, "+1 per year"},
	{"at least 1.5 per year", SC_QUOTA_BAD_NUMBER, "1.5 per year"}, {"at least .5% of base", SC_QUOTA_BAD_NUMBER, ".5% of base"},
	{"at least 1.% of base", SC_QUOTA_BAD_NUMBER, "1.% of base"},
	{"at least 1.234% of base", SC_QUOTA_BAD_NUMBER, "1.234% of base"},
	{"at least 1.5 percents of base", SC_QUOTA_BAD_NUMBER, "1.5 percents of base"},
	{"at least 一百五 per year", SC_QUOTA_BAD_NUMBER, "一百五 per year"},
	{"at least 2147483648 per year", SC_QUOTA_RANGE, "2147483648 per year"},
	{"more than 2147483647 per year", SC_QUOTA_RANGE, "2147483647 per year"},
	{"at least -1 per year", SC_QUOTA_NOT_POSITIVE, "-1 per year"}, {"at most 0 per year", SC_QUOTA_NOT_POSITIVE, "0 per year"},
	{"less than 1 per year", SC_QUOTA_NOT_POSITIVE, "1 per year"}, {"at most 0.00% of base", SC_QUOTA_NOT_POSITIVE, "0.00% of base"},
	{"at least 1", SC_QUOTA_BAD_PERIOD, ""}, {"at least 1 time", SC_QUOTA_BAD_PERIOD, ""},
	{"at least 1 dayz per year", SC_QUOTA_BAD_PERIOD, "dayz per year"},
	{"at least 1 in sum", SC_QUOTA_BAD_PERIOD, "in sum"}, {"at least 1 per", SC_QUOTA_BAD_PERIOD, ""},
	{"at least 1 per decade", SC_QUOTA_BAD_PERIOD, "decade"}, {"at least 1 per years", SC_QUOTA_BAD_PERIOD, "years"},
	{"at least 1 per 30 weeks", SC_QUOTA_BAD_PERIOD, "30 weeks"}, {"at least 1 per 30", SC_QUOTA_BAD_PERIOD, "30"},
	{"at least 1 peryear", SC_QUOTA_BAD_PERIOD, "peryear"}, {"at least 1 an year", SC_QUOTA_BAD_PERIOD, "an year"},
	{"at least 1 per days", SC_QUOTA_BAD_PERIOD, "days"}, {"at least 1 of base", SC_QUOTA_BAD_PERIOD, "of base"},
	{"at least 1 per 0 days", SC_QUOTA_RANGE, "0 days"}, {"at least 1 per 36601 days", SC_QUOTA_RANGE, "36601 days"},
	{"at least 1 per 2147483648 days", SC_QUOTA_RANGE, "2147483648 days"},
	{"at least 1 per year or so", SC_QUOTA_BAD_END, "or so"}, {"at least 1 per year,", SC_QUOTA_BAD_END, ","},
	{"at least 1 per year sinc", SC_QUOTA_BAD_END, "sinc"}, {"at least 1 per year" SINCE "日", SC_QUOTA_BAD_END, "日"},
	{"at least 1 per year" SINCE " x", SC_QUOTA_BAD_END, "x"}, {"at least 1 per 季度", SC_QUOTA_BAD_PERIOD, "季度"},
	{"at least 1 per year since", SC_QUOTA_BAD_DATE, ""}, {"at least 1 per year since x", SC_QUOTA_BAD_DATE, "x"},
	{"at least 1 per year since 2022", SC_QUOTA_BAD_DATE, "2022"}, {"at least 1 per year since 2022-2", SC_QUOTA_BAD_DATE, "2022-2"},
	{"at least 1 per year since 2022/2/3", SC_QUOTA_BAD_DATE, "2022/2/3"},
	{"at least 1 per year since 2022-2-", SC_QUOTA_BAD_DATE, "2022-2-"}, {"at least 1 per year since 2022--3", SC_QUOTA_BAD_DATE, "2022--3"},
	{"at least 1 per year since 2022-00-03", SC_QUOTA_BAD_DATE, "2022-00-03"},
	{"at least 1 per year since 2022-13-03", SC_QUOTA_BAD_DATE, "2022-13-03"},
	{"at least 1 per year since 2022-12-00", SC_QUOTA_BAD_DATE, "2022-12-00"},
	{"at least 1 per year since 2022-12-32", SC_QUOTA_BAD_DATE, "2022-12-32"},
	{"at least 1 per year since 2023-02-29", SC_QUOTA_BAD_DATE, "2023-02-29"},
	{"at least 1 per year since 0-1-1", SC_QUOTA_BAD_DATE, "0-1-1"},
	{"at least 1 per year since 10000-1-1", SC_QUOTA_BAD_DATE, "10000-1-1"},
	{"at least 1 per year since 2022年2-3", SC_QUOTA_BAD_DATE, "2022年2-3"},
	{"at least 1 per year since 2022-2月3", SC_QUOTA_BAD_DATE, "2022-2月3"},
	{"at least 1 per year since 2022年2月3", SC_QUOTA_BAD_DATE, "2022年2月3"},
	{"at most 50%", SC_QUOTA_BAD_BASE, ""}, {"at most 50% per year", SC_QUOTA_BAD_BASE, "per year"},
	{"at most 50% of", SC_QUOTA_BAD_BASE, ""}, {"at most 50% of bases", SC_QUOTA_BAD_BASE, "bases"},
	{"at most 50% of -1", SC_QUOTA_BAD_BASE, "-1"}, {"at most 百分之50% of base", SC_QUOTA_BAD_BASE, "% of base"},
	{"at most 50% of same quarter", SC_QUOTA_BAD_BASE, ""}, {"at most 50% of same quarter of year", SC_QUOTA_BAD_BASE, "of year"},
	{"at most 50% of 2147483648", SC_QUOTA_RANGE, "2147483648"},
	{"at most 50% of base!", SC_QUOTA_BAD_PERIOD, "!"}, {"at most 50% of base per x", SC_QUOTA_BAD_PERIOD, "x"},
	{"at most 50% of previous decade", SC_QUOTA_BAD_PERIOD, "decade"}, {"at most 50% of same x", SC_QUOTA_BAD_PERIOD, "x"},
	{"at most 50% of same x of previous year", SC_QUOTA_BAD_PERIOD, "x of previous year"},
	{"at most 50% of base since", SC_QUOTA_BAD_DATE, ""},
	{"at most 100001% of base", SC_QUOTA_PERCENT_RANGE, "100001% of base"},
	{"at most 1000.01% of base", SC_QUOTA_PERCENT_RANGE, ""}, {"at most 2147483648% of base", SC_QUOTA_RANGE, "2147483648% of base"},
	{"at least 8 days per week", SC_QUOTA_TOO_MANY_DAYS, ""}, {"exactly 32 days per month", SC_QUOTA_TOO_MANY_DAYS, ""},
	{"at least 93 days per quarter", SC_QUOTA_TOO_MANY_DAYS, ""}, {"at least 185 days per half year", SC_QUOTA_TOO_MANY_DAYS, ""},
	{"at least 367 days per year", SC_QUOTA_TOO_MANY_DAYS, ""}, {"at least 31 days per 30 days", SC_QUOTA_TOO_MANY_DAYS, ""},
	{"exactly 50% of base", SC_QUOTA_EXACT_PERCENT, ""}, {"exactly 2 per 30 days", SC_QUOTA_EXACT_WINDOW, ""},
	{"at most 50% of previous 30 days", SC_QUOTA_BASE_PERIOD, ""}, {"at most 50% of base per 30 days", SC_QUOTA_BASE_PERIOD, ""},
	{"at most 50% of same week of previous year", SC_QUOTA_BASE_PERIOD, ""},
	{"at most 50% of same 30 days of previous year" SINCE, SC_QUOTA_BASE_PERIOD, ""},
	{"at least 1 in total" SINCE, SC_QUOTA_SINCE_WHAT, ""}, {"at most 50% of base" SINCE, SC_QUOTA_SINCE_WHAT, ""}
};

static const refusal chinese_refusals[] = {
	{"上年的80%", SC_QUOTA_BAD_PERIOD, "上年的80%"}, {"每年上年的80%", SC_QUOTA_BAD_NUMBER, "上年的80%"},
	/* half a numeral is no number, and none at all is one day */
	{"每一百零日至少1次", SC_QUOTA_BAD_PERIOD, "一百零日至少1次"}, {"每一百五日至少1次", SC_QUOTA_BAD_PERIOD, "一百五日至少1次"},
	{"每百日至少1次", SC_QUOTA_BAD_PERIOD, "百日至少1次"},
	{"立即", SC_QUOTA_BAD_PERIOD, "立即"}, {"至少1次", SC_QUOTA_BAD_PERIOD, "1次"}, {"１次以上", SC_QUOTA_BAD_PERIOD, "１次以上"},
	{"每", SC_QUOTA_BAD_PERIOD, ""}, {"每度至少1次", SC_QUOTA_BAD_PERIOD, "度至少1次"}, {"每30次", SC_QUOTA_BAD_PERIOD, "30次"},
	{"每0日至少1次", SC_QUOTA_RANGE, "至少1次"}, {"每36601日至少1次", SC_QUOTA_RANGE, "至少1次"},
	{"每年1次", SC_QUOTA_BAD_SENSE, ""}, {"每年1次左右", SC_QUOTA_BAD_SENSE, "左右"}, {"共1次", SC_QUOTA_BAD_SENSE, ""},
	{"每年至少", SC_QUOTA_BAD_NUMBER, ""}, {"每年至少次", SC_QUOTA_BAD_NUMBER, "次"}, {"每年至少1", SC_QUOTA_BAD_NUMBER, ""},
	{"每年至少1回", SC_QUOTA_BAD_NUMBER, "回"}, {"每年 至少1次", SC_QUOTA_BAD_NUMBER, "至少1次"}, {"每年至少1.5次", SC_QUOTA_BAD_NUMBER, "1.5次"},
	{"每年至少2147483648次", SC_QUOTA_RANGE, "2147483648次"}, {"每年超过2147483647次", SC_QUOTA_RANGE, "2147483647次"},
	{"每年至少0次", SC_QUOTA_NOT_POSITIVE, "0次"}, {"每年少于一次", SC_QUOTA_NOT_POSITIVE, "一次"}, {"每年至少-1次", SC_QUOTA_NOT_POSITIVE, "-1次"},
	{"每年至少1次以上", SC_QUOTA_BAD_END, "以上"}, {"每年至少1次!", SC_QUOTA_BAD_END, "!"}, {"每年至少50%", SC_QUOTA_BAD_BASE, "50%"},
	{"每周至少8日", SC_QUOTA_TOO_MANY_DAYS, ""}, {"每30日恰好2次", SC_QUOTA_EXACT_WINDOW, ""},
	{"自2022年2月16日每年至少1次", SC_QUOTA_BAD_DATE, "每年至少1次"}, {"自2022年2月30日起每年至少1次", SC_QUOTA_BAD_DATE, "2022年2月30日起每年至少1次"},
	{"自起", SC_QUOTA_BAD_DATE, "起"}, {"自2022年2月16日起共至少1次", SC_QUOTA_SINCE_WHAT, ""},
	{"比减少50%以上", SC_QUOTA_BAD_BASE, "减少50%以上"}, {"比上半年减少50%以上", SC_QUOTA_BAD_BASE, "上半年减少50%以上"},
	{"每季度比上年减少50%以上", SC_QUOTA_BASE_PERIOD, "上年减少50%以上"}, {"每月不超过上年", SC_QUOTA_BASE_PERIOD, "上年"},
	{"每周同比减少50%以上", SC_QUOTA_BASE_PERIOD, ""}, {"每30日比基数减少50%以上", SC_QUOTA_BASE_PERIOD, ""},
	{"比上年增加50%以上", SC_QUOTA_BAD_SENSE, "增加50%以上"}, {"比上年减少50%", SC_QUOTA_BAD_SENSE, ""},
	{"比上年减少50%以下", SC_QUOTA_BAD_SENSE, "以下"}, {"比上年减少不超过50%", SC_QUOTA_BAD_SENSE, "不超过50%"},
	{"比上年减少以上", SC_QUOTA_BAD_NUMBER, "以上"}, {"比上年减少50次以上", SC_QUOTA_BAD_NUMBER, "50次以上"},
	{"比上年减少100%以上", SC_QUOTA_NOT_POSITIVE, "100%以上"}, {"比上年减少2147483648%以上", SC_QUOTA_RANGE, "2147483648%以上"},
	{"比上年减少50%以上以上", SC_QUOTA_BAD_END, "以上"}, {"不超过上年的", SC_QUOTA_BAD_NUMBER, ""}, {"不超过上年的80", SC_QUOTA_BAD_NUMBER, "80"},
	{"不超过上年的80次", SC_QUOTA_BAD_NUMBER, "80次"}, {"不超过上年的0%", SC_QUOTA_NOT_POSITIVE, "0%"},
	{"不超过上年的1001%", SC_QUOTA_PERCENT_RANGE, ""}, {"恰好上年", SC_QUOTA_EXACT_PERCENT, ""}, {"不超过上年80%", SC_QUOTA_BAD_END, "80%"}
};

static void
expect_refusals(const refusal *refusals, int n)
{
	sc_quota	quota;
	size_t		at;

	for (int i = 0; i < n; i++)
	{
		const char *text = refusals[i].text;

		expect_int(parse_bytes(text, strlen(text), &quota, &at), refusals[i].status, "\"%s\"", text);
		expect(strcmp(text + at, refusals[i].at) == 0,
			   "\"%s\" at \"%s\", want \"%s\"", text, text + at, refusals[i].at);
	}
}

static void
test_refusals(void)
{
	sc_quota	quota;
	size_t		at;

	expect_refusals(english_refusals, LENGTH_OF(english_refusals));
	property("English that is no quota, and the place");
	expect_refusals(chinese_refusals, LENGTH_OF(chinese_refusals));
	property("Chinese that is no quota, and the place");
	is_int(parse_bytes("at least 1 per year\0", 20, &quota, &at), SC_QUOTA_BAD_END, "a NUL does not belong");
}

/* Cut at every byte: what is left is a quota or not, and the place is in it. */
static void
test_cut_short(void)
{
	static const char *const whole[] = {
		"at most 50.25 percent of the same half year of the previous year since 2022-02-16",
		"at least 2147483647 times per 30 days",
		"自2022年2月16日起每三百六十五日内不超过一百零五次", "每季度比上年同期减少百分之五十点以上", "不超过上一季度的８０％"
	};
	sc_quota	quota;
	size_t		at;

	for (int i = 0; i < LENGTH_OF(whole); i++)
	{
		for (size_t len = 0; len <= strlen(whole[i]); len++)
		{
			sc_quota_status status = parse_bytes(whole[i], len, &quota, &at);

			expect(at <= len && (status != SC_QUOTA_OK || sc_quota_check(&quota) == SC_QUOTA_OK),
				   "%zu bytes of \"%s\"", len, whole[i]);
		}
	}
	property("text that is cut short is not read beyond its end");
}

static sc_quota
random_quota(void)
{
	static const int32_t amounts[] = {1, 1, 2, 7, 30, 184, 366, 367, 5000, 5050, 9999, 10000, SC_PERCENT_MAX, INT32_MAX};
	static const int32_t bases[] = {SC_BASE_UNKNOWN, SC_BASE_UNKNOWN, SC_BASE_UNKNOWN, 0, 1, 120, INT32_MAX};
	static const int32_t windows[] = {1, 2, 30, 365, SC_WINDOW_MAX};
	sc_quota	q = {.base = SC_BASE_UNKNOWN, .since = SC_NO_EVENT};

	q.amount = chance(50) ? chance_of(amounts) : (int32_t) chance_between(1, 20000);
	q.sense = (uint8_t) chance_between(0, SC_SENSE_COUNT - 1);
	q.measure = (uint8_t) chance_between(0, SC_MEASURE_COUNT - 1);
	q.per = (uint8_t) chance_between(0, SC_PER_COUNT - 1);
	if (q.per == SC_PER_DAYS)
		q.ndays = chance_of(windows);
	if (q.measure == SC_PERCENT)
		q.base_kind = (uint8_t) chance_between(0, SC_BASE_COUNT - 1);
	if (q.base_kind == SC_BASE_GIVEN)
		q.base = chance_of(bases);
	if (chance(40))
		q.since = (sc_day) chance_between(-730119, 2921939);
	return q;
}

static void
test_format(void)
{
	char		text[SC_QUOTA_BUFSIZE];
	sc_quota	back;
	int			tries = 0;

	while (tries < RANDOM_TRIES)
	{
		sc_quota	q = random_quota();

		if (sc_quota_check(&q) != SC_QUOTA_OK)
			continue;
		tries++;
		strcpy(text, format(&q));
		expect(parse(text, &back) == SC_QUOTA_OK && memcmp(&q, &back, sizeof(q)) == 0,
			   "\"%s\" comes back as \"%s\"", text, format(&back));
	}
	property("what is written is read again as the same");
	is_int(sizeof(sc_quota), 20, "a quota has no padding");
}

int
main(void)
{
	chance_start(5);
	test_english();
	test_english_forms();
	test_chinese();
	test_chinese_forms();
	test_refusals();
	test_cut_short();
	test_format();
	return done();
}
