/*
 * Reading quotas, in English ("at least 1 per quarter") or as Chinese
 * regulations write them ("每季度至少1次").
 *
 * Every step takes what it understands from the scanner and returns a status;
 * where a step fails, the scanner stands at the word that it did not know.
 */
#include "core/quota.h"
#include "core/scan.h"

typedef struct word
{
	const char *text;
	int			value;
} word;

static const word english_senses[] = {
	{"at least", SC_AT_LEAST}, {"no fewer than", SC_AT_LEAST}, {"no less than", SC_AT_LEAST},
	{"at most", SC_AT_MOST}, {"no more than", SC_AT_MOST}, {"up to", SC_AT_MOST},
	{"exactly", SC_EXACTLY},
	{"more than", SC_MORE_THAN}, {"less than", SC_LESS_THAN}, {"fewer than", SC_LESS_THAN},
};

static const word english_periods[] = {
	{"week", SC_PER_WEEK}, {"month", SC_PER_MONTH}, {"quarter", SC_PER_QUARTER},
	{"half year", SC_PER_HALF_YEAR}, {"half-year", SC_PER_HALF_YEAR}, {"year", SC_PER_YEAR},
};

static const word english_units[] = {
	{"times", SC_TIMES}, {"time", SC_TIMES}, {"days", SC_DISTINCT_DAYS}, {"day", SC_DISTINCT_DAYS},
};

/* 以上, 以内 and 不超过 include the number, 超过 does not (Civil Code 1259). */
static const word chinese_senses[] = {
	{"至少", SC_AT_LEAST}, {"不少于", SC_AT_LEAST}, {"不低于", SC_AT_LEAST}, {"最少", SC_AT_LEAST},
	{"不超过", SC_AT_MOST}, {"不多于", SC_AT_MOST}, {"不高于", SC_AT_MOST}, {"至多", SC_AT_MOST}, {"最多", SC_AT_MOST},
	{"恰好", SC_EXACTLY}, {"正好", SC_EXACTLY},
	{"超过", SC_MORE_THAN}, {"多于", SC_MORE_THAN}, {"高于", SC_MORE_THAN},
	{"少于", SC_LESS_THAN}, {"不足", SC_LESS_THAN}, {"不满", SC_LESS_THAN}, {"低于", SC_LESS_THAN},
};

static const word chinese_suffixes[] = {
	{"以上", SC_AT_LEAST}, {"以下", SC_AT_MOST}, {"以内", SC_AT_MOST},
};

static const word chinese_units[] = {
	{"次", SC_TIMES}, {"篇", SC_TIMES}, {"件", SC_TIMES}, {"份", SC_TIMES}, {"场", SC_TIMES},
	{"项", SC_TIMES}, {"个", SC_TIMES}, {"日", SC_DISTINCT_DAYS}, {"天", SC_DISTINCT_DAYS},
};

/* Longer words stand before their own beginnings. */
static const word chinese_periods[] = {
	{"季度", SC_PER_QUARTER}, {"季", SC_PER_QUARTER}, {"半年", SC_PER_HALF_YEAR},
	{"年度", SC_PER_YEAR}, {"年", SC_PER_YEAR}, {"个月", SC_PER_MONTH}, {"月", SC_PER_MONTH},
	{"星期", SC_PER_WEEK}, {"周", SC_PER_WEEK},
};

/* The period of a base that is named; 上半年 is the first half of a year. */
static const word chinese_bases[] = {
	{"上年度", SC_PER_YEAR}, {"上一年度", SC_PER_YEAR}, {"上一年", SC_PER_YEAR}, {"上年", SC_PER_YEAR}, {"去年", SC_PER_YEAR},
	{"上季度", SC_PER_QUARTER}, {"上一季度", SC_PER_QUARTER}, {"上个月", SC_PER_MONTH}, {"上一个月", SC_PER_MONTH},
	{"上月", SC_PER_MONTH}, {"上周", SC_PER_WEEK}, {"上一周", SC_PER_WEEK},
};

static const char *const year_before[] = {"上年同期", "去年同期", "同比"};
static const char *const given[] = {"基数", "现有基础上", "现有基础"};
static const char *const fewer[] = {"减少", "压减", "下降", "降低"};

static int
accept_word(sc_scanner *s, const word *words, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (sc_scan_accept(s, words[i].text))
			return words[i].value;
	}
	return -1;
}

#define ACCEPT_WORD(s, words)	accept_word(s, words, SC_LENGTH_OF(words))
#define ACCEPT_ANY(s, texts)	(sc_scan_accept_any(s, texts, SC_LENGTH_OF(texts)) >= 0)

/* A word of English ends where no letter follows. */
static bool
word_ends(const sc_scanner *s)
{
	return s->p >= s->end || !((*s->p >= 'a' && *s->p <= 'z') || (*s->p >= 'A' && *s->p <= 'Z'));
}

static int
accept_english(sc_scanner *s, const word *words, int n)
{
	sc_scanner	at = *s;
	int			value;

	sc_scan_space(&at);
	value = accept_word(&at, words, n);
	if (value < 0 || !word_ends(&at))
		return -1;
	*s = at;
	return value;
}

#define ACCEPT_ENGLISH(s, words)	accept_english(s, words, SC_LENGTH_OF(words))

static bool
accept_text(sc_scanner *s, const char *text)
{
	const word	only = {text, 0};

	return accept_english(s, &only, 1) >= 0;
}

static sc_quota_status
bad_number(sc_number_status number)
{
	return number == SC_NUMBER_RANGE ? SC_QUOTA_RANGE : SC_QUOTA_BAD_NUMBER;
}

/* Up to two decimals of a percentage, as hundredths */
static sc_quota_status
parse_decimals(sc_scanner *s, int64_t *hundredths)
{
	const char *from = s->p;
	int64_t		n;

	if (sc_scan_digits(s, &n) != SC_NUMBER_OK || s->p - from > 2)
		return SC_QUOTA_BAD_NUMBER;
	*hundredths = s->p - from == 1 ? n * 10 : n;
	return SC_QUOTA_OK;
}

/*
 * A number of times or days, or a percentage; percent says which.  A number
 * that is bad is pointed at from its beginning.
 */
static sc_quota_status
parse_amount(sc_scanner *s, int64_t *amount, bool *percent)
{
	sc_scanner	at = *s;
	int64_t		decimals = 0;
	bool		hundredth = sc_scan_accept(&at, "百分之");
	sc_number_status number;

	*percent = hundredth;
	if (!hundredth && sc_scan_accept(&at, "-"))
		return sc_scan_digits(&at, amount) == SC_NUMBER_OK ? SC_QUOTA_NOT_POSITIVE : SC_QUOTA_BAD_NUMBER;
	number = sc_scan_number(&at, amount);
	if (number != SC_NUMBER_OK)
		return bad_number(number);
	if (sc_scan_accept(&at, "."))
	{
		*percent = true;
		if (parse_decimals(&at, &decimals) != SC_QUOTA_OK)
			return SC_QUOTA_BAD_NUMBER;
	}
	if (!hundredth)
	{
		sc_scanner	sign = at;

		sc_scan_space(&sign);
		if (sc_scan_accept(&sign, "%") || sc_scan_accept(&sign, "％") || accept_text(&sign, "percent"))
		{
			*percent = true;
			at = sign;
		}
		else if (*percent)
			return SC_QUOTA_BAD_NUMBER; /* a part of a time or a day */
	}
	if (*percent)
	{
		if (*amount > SC_PERCENT_MAX)
			return SC_QUOTA_PERCENT_RANGE;
		*amount = *amount * 100 + decimals;
	}
	*s = at;
	return SC_QUOTA_OK;
}

/* Of whole numbers, more than 2 is at least 3. */
static sc_quota_status
set_amount(sc_quota *q, int sense, int64_t amount)
{
	if (q->measure != SC_PERCENT)
	{
		amount += sense == SC_MORE_THAN ? 1 : sense == SC_LESS_THAN ? -1 : 0;
		sense = sense == SC_MORE_THAN ? SC_AT_LEAST : sense == SC_LESS_THAN ? SC_AT_MOST : sense;
	}
	if (amount > INT32_MAX)
		return SC_QUOTA_RANGE;
	q->amount = (int32_t) amount;
	q->sense = (uint8_t) sense;
	return amount > 0 ? SC_QUOTA_OK : SC_QUOTA_NOT_POSITIVE;
}

static sc_quota_status
set_window(sc_quota *q, int64_t ndays)
{
	if (ndays < 1 || ndays > SC_WINDOW_MAX)
		return SC_QUOTA_RANGE;
	q->per = SC_PER_DAYS;
	q->ndays = (int32_t) ndays;
	return SC_QUOTA_OK;
}

/* year-month-day in the separators of either language */
static sc_quota_status
parse_date(sc_scanner *s, sc_day *day)
{
	sc_scanner	at = *s;
	int64_t		year;
	int64_t		month;
	int64_t		mday;
	bool		chinese;

	if (sc_scan_digits(&at, &year) != SC_NUMBER_OK)
		return SC_QUOTA_BAD_DATE;
	chinese = sc_scan_accept(&at, "年");
	if ((!chinese && !sc_scan_accept(&at, "-")) ||
		sc_scan_digits(&at, &month) != SC_NUMBER_OK ||
		!sc_scan_accept(&at, chinese ? "月" : "-") ||
		sc_scan_digits(&at, &mday) != SC_NUMBER_OK ||
		(chinese && !sc_scan_accept(&at, "日")))
		return SC_QUOTA_BAD_DATE;
	if (year < 1 || year > 9999 || month < 1 || month > 12 ||
		mday < 1 || mday > sc_month_length(year, (int32_t) month))
		return SC_QUOTA_BAD_DATE;
	*day = (sc_day) sc_day_of(year, (int32_t) month, (int32_t) mday);
	*s = at;
	return SC_QUOTA_OK;
}

/* --- English -------------------------------------------------------------- */

/* quarter, 30 days, day */
static sc_quota_status
parse_english_period(sc_scanner *s, sc_quota *q)
{
	sc_scanner	at = *s;
	int64_t		ndays = 1;
	int			per = ACCEPT_ENGLISH(s, english_periods);
	sc_quota_status status;

	if (per >= 0)
	{
		q->per = (uint8_t) per;
		return SC_QUOTA_OK;
	}
	sc_scan_space(&at);
	switch (sc_scan_digits(&at, &ndays))
	{
		case SC_NUMBER_RANGE:
			return SC_QUOTA_RANGE;
		case SC_NUMBER_OK:
			if (!accept_text(&at, "days") && !accept_text(&at, "day"))
				return SC_QUOTA_BAD_PERIOD;
			break;
		default:
			if (!accept_text(&at, "day"))
				return SC_QUOTA_BAD_PERIOD;
	}
	status = set_window(q, ndays);
	if (status == SC_QUOTA_OK)
		*s = at;
	return status;
}

/* per quarter, in total */
static sc_quota_status
parse_english_per(sc_scanner *s, sc_quota *q)
{
	if (accept_text(s, "in total"))
	{
		q->per = SC_IN_TOTAL;
		return SC_QUOTA_OK;
	}
	if (!accept_text(s, "per") && !accept_text(s, "each") && !accept_text(s, "every") && !accept_text(s, "a"))
		return SC_QUOTA_BAD_PERIOD;
	return parse_english_period(s, q);
}

/* of previous year, of same quarter of previous year, of base, of 120 */
static sc_quota_status
parse_english_base(sc_scanner *s, sc_quota *q)
{
	sc_scanner	at;
	int64_t		base;

	if (!accept_text(s, "of"))
		return SC_QUOTA_BAD_BASE;
	accept_text(s, "the");
	if (accept_text(s, "previous"))
	{
		q->base_kind = SC_BASE_PREVIOUS;
		return parse_english_period(s, q);
	}
	if (accept_text(s, "same"))
	{
		sc_quota_status status = parse_english_period(s, q);

		q->base_kind = q->per == SC_PER_YEAR ? SC_BASE_PREVIOUS : SC_BASE_YEAR_BEFORE;
		return status != SC_QUOTA_OK || accept_text(s, "of previous year") ||
			accept_text(s, "of the previous year") ? status : SC_QUOTA_BAD_BASE;
	}
	q->base_kind = SC_BASE_GIVEN;
	at = *s;
	sc_scan_space(&at);
	switch (sc_scan_digits(&at, &base))
	{
		case SC_NUMBER_RANGE:
			return SC_QUOTA_RANGE;
		case SC_NUMBER_OK:
			q->base = (int32_t) base;
			*s = at;
			break;
		default:
			if (!accept_text(s, "base"))
				return SC_QUOTA_BAD_BASE;
	}
	at = *s;
	sc_scan_space(&at);
	return at.p == at.end || accept_text(&at, "since") ? SC_QUOTA_OK : parse_english_per(s, q);
}

static sc_quota_status
parse_english(sc_scanner *s, sc_quota *q)
{
	int			sense = ACCEPT_ENGLISH(s, english_senses);
	sc_scanner	number;
	sc_quota_status status;
	int64_t		amount;
	bool		percent;

	if (sense < 0)
		return SC_QUOTA_BAD_SENSE;
	sc_scan_space(s);
	number = *s;
	status = parse_amount(s, &amount, &percent);
	if (status == SC_QUOTA_OK)
	{
		int			unit = percent ? SC_PERCENT : ACCEPT_ENGLISH(s, english_units);

		q->measure = (uint8_t) (unit < 0 ? SC_TIMES : unit);
		status = set_amount(q, sense, amount);
		if (status != SC_QUOTA_OK)
			*s = number;
	}
	if (status == SC_QUOTA_OK)
		status = percent ? parse_english_base(s, q) : parse_english_per(s, q);
	if (status == SC_QUOTA_OK && accept_text(s, "since"))
	{
		sc_scan_space(s);
		status = parse_date(s, &q->since);
	}
	return status;
}

/* --- Chinese -------------------------------------------------------------- */

/* 自2022年2月16日起 */
static sc_quota_status
parse_chinese_since(sc_scanner *s, sc_quota *q)
{
	sc_quota_status status;

	if (!sc_scan_accept(s, "自"))
		return SC_QUOTA_OK;
	status = parse_date(s, &q->since);
	if (status == SC_QUOTA_OK && !sc_scan_accept(s, "起") && !sc_scan_accept(s, "后"))
		return SC_QUOTA_BAD_DATE;
	return status;
}

/* 每季度, 每30日; without 每 there is no period yet */
static sc_quota_status
parse_chinese_period(sc_scanner *s, sc_quota *q, bool *found)
{
	sc_scanner	at;
	int64_t		ndays;
	int			per;

	*found = sc_scan_accept(s, "每");
	if (!*found)
		return SC_QUOTA_OK;
	per = ACCEPT_WORD(s, chinese_periods);
	if (per >= 0)
	{
		q->per = (uint8_t) per;
		return SC_QUOTA_OK;
	}
	at = *s;
	switch (sc_scan_number(&at, &ndays))
	{
		case SC_NUMBER_RANGE:
			return SC_QUOTA_RANGE;
		case SC_NUMBER_NONE:	/* which may have read half a numeral */
			at = *s;
			ndays = 1;
			break;
		default:
			break;
	}
	if (!sc_scan_accept(&at, "日") && !sc_scan_accept(&at, "天"))
		return SC_QUOTA_BAD_PERIOD;
	sc_scan_accept(&at, "内");
	*s = at;
	return set_window(q, ndays);
}

/* 上年, 上年同期, 基数: sets the period too, where the base names it */
static sc_quota_status
parse_chinese_base(sc_scanner *s, sc_quota *q, bool has_period)
{
	sc_scanner	at = *s;
	int			per;

	if (!ACCEPT_ANY(s, year_before))
	{
		if (ACCEPT_ANY(s, given))
		{
			q->base_kind = SC_BASE_GIVEN;
			return SC_QUOTA_OK;
		}
		per = ACCEPT_WORD(s, chinese_bases);
		if (per < 0)
			return SC_QUOTA_BAD_BASE;
		if (has_period && per != q->per)
		{
			*s = at;
			return SC_QUOTA_BASE_PERIOD;
		}
		q->per = (uint8_t) per;
		q->base_kind = SC_BASE_PREVIOUS;
		return SC_QUOTA_OK;
	}
	q->base_kind = !has_period || q->per == SC_PER_YEAR ? SC_BASE_PREVIOUS : SC_BASE_YEAR_BEFORE;
	q->per = has_period ? q->per : SC_PER_YEAR;
	return SC_QUOTA_OK;
}

/* 减少50%以上: what is left is at most 50%. */
static sc_quota_status
parse_reduction(sc_scanner *s, sc_quota *q)
{
	sc_scanner	word = *s;
	int			sense = ACCEPT_WORD(s, chinese_senses);
	sc_scanner	number = *s;
	int64_t		amount;
	bool		percent;
	sc_quota_status status = parse_amount(s, &amount, &percent);

	if (status != SC_QUOTA_OK)
		return status;
	if (!percent)
	{
		*s = number;
		return SC_QUOTA_BAD_NUMBER;
	}
	if (sense < 0)
	{
		word = *s;
		sense = ACCEPT_WORD(s, chinese_suffixes);
	}
	if (sense != SC_AT_LEAST && sense != SC_MORE_THAN)
	{
		*s = word;
		return SC_QUOTA_BAD_SENSE;
	}
	status = set_amount(q, sense == SC_AT_LEAST ? SC_AT_MOST : SC_LESS_THAN, 100 * 100 - amount);
	if (status != SC_QUOTA_OK)
		*s = number;
	return status;
}

/* 比上年减少50%以上, 比上年只减不增, 在现有基础上减少50%以上 */
static sc_quota_status
parse_compared(sc_scanner *s, sc_quota *q, bool has_period)
{
	sc_quota_status status;

	q->measure = SC_PERCENT;
	status = parse_chinese_base(s, q, has_period);
	if (status != SC_QUOTA_OK)
		return status;
	if (sc_scan_accept(s, "只减不增"))
		return set_amount(q, SC_AT_MOST, 100 * 100);
	return ACCEPT_ANY(s, fewer) ? parse_reduction(s, q) : SC_QUOTA_BAD_SENSE;
}

/* 不超过上年的80%, 不超过上年 */
static sc_quota_status
parse_share(sc_scanner *s, sc_quota *q, int sense, bool has_period)
{
	int64_t		amount = 100 * 100;
	bool		percent = true;
	sc_scanner	number;
	sc_quota_status status;

	q->measure = SC_PERCENT;
	status = parse_chinese_base(s, q, has_period);
	if (status != SC_QUOTA_OK || !sc_scan_accept(s, "的"))
		return status == SC_QUOTA_OK ? set_amount(q, sense, amount) : status;
	number = *s;
	status = parse_amount(s, &amount, &percent);
	if (status == SC_QUOTA_OK)
		status = percent ? set_amount(q, sense, amount) : SC_QUOTA_BAD_NUMBER;
	if (status != SC_QUOTA_OK)
		*s = number;
	return status;
}

/* 至少1次, 1次以上 */
static sc_quota_status
parse_chinese_count(sc_scanner *s, sc_quota *q, int sense)
{
	sc_scanner	number = *s;
	int64_t		amount;
	bool		percent;
	int			unit;
	sc_quota_status status = parse_amount(s, &amount, &percent);

	if (status != SC_QUOTA_OK)
		return status;
	if (percent)
	{
		*s = number;
		return SC_QUOTA_BAD_BASE;
	}
	unit = ACCEPT_WORD(s, chinese_units);
	if (unit < 0)
		return SC_QUOTA_BAD_NUMBER;
	q->measure = (uint8_t) unit;
	if (sense < 0)
		sense = ACCEPT_WORD(s, chinese_suffixes);
	if (sense < 0)
		return SC_QUOTA_BAD_SENSE;
	status = set_amount(q, sense, amount);
	if (status != SC_QUOTA_OK)
		*s = number;
	return status;
}

static sc_quota_status
parse_chinese(sc_scanner *s, sc_quota *q)
{
	bool		has_period;
	sc_scanner	at;
	int			sense;
	sc_quota_status status = parse_chinese_since(s, q);

	if (status == SC_QUOTA_OK)
		status = parse_chinese_period(s, q, &has_period);
	if (status != SC_QUOTA_OK)
		return status;
	if (sc_scan_accept(s, "比") || sc_scan_accept(s, "较") || sc_scan_accept(s, "在"))
		return parse_compared(s, q, has_period);
	at = *s;
	if (sc_scan_accept(&at, "同比"))
		return parse_compared(s, q, has_period);

	sense = ACCEPT_WORD(s, chinese_senses);
	at = *s;
	if (sense >= 0 && parse_chinese_base(&at, q, has_period) != SC_QUOTA_BAD_BASE)
		return parse_share(s, q, sense, has_period);
	if (!has_period)
	{
		if (!sc_scan_accept(s, "共"))
			return SC_QUOTA_BAD_PERIOD;
		q->per = SC_IN_TOTAL;
		if (sense < 0)
			sense = ACCEPT_WORD(s, chinese_senses);
	}
	return parse_chinese_count(s, q, sense);
}

/* --- Either --------------------------------------------------------------- */

sc_quota_status
sc_quota_parse(const char *str, size_t len, sc_quota *quota, const char **at)
{
	sc_scanner	s = {str, str + len};
	sc_quota_status status;

	*quota = (sc_quota) {.base = SC_BASE_UNKNOWN, .since = SC_NO_EVENT};
	sc_scan_trim(&s);
	if (s.p < s.end && (unsigned char) *s.p >= 0x80)
		status = parse_chinese(&s, quota);
	else
		status = parse_english(&s, quota);
	sc_scan_space(&s);
	*at = s.p;
	if (status != SC_QUOTA_OK)
		return status;
	if (s.p < s.end)
		return SC_QUOTA_BAD_END;
	return sc_quota_check(quota);
}
