/*
 * Words and numbers.
 */
#include "core/scan.h"

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

void
sc_scan_space(sc_scanner *s)
{
	while (s->p < s->end && is_space(*s->p))
		s->p++;
}

/*
 * Take the text, in any case, where the input goes on with it.  A blank in it
 * stands for any white space.
 */
bool
sc_scan_accept(sc_scanner *s, const char *text)
{
	sc_scanner	at = *s;

	for (; *text; text++)
	{
		if (at.p >= at.end)
			return false;
		if (*text == ' ' && is_space(*at.p))
			sc_scan_space(&at);
		else if (lower(*at.p) == *text)
			at.p++;
		else
			return false;
	}
	*s = at;
	return true;
}

/* Leave out white space at both ends. */
void
sc_scan_trim(sc_scanner *s)
{
	sc_scan_space(s);
	while (s->end > s->p && is_space(s->end[-1]))
		s->end--;
}

/* One digit: ASCII or full-width. */
static int
accept_digit(sc_scanner *s)
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

sc_number_status
sc_scan_digits(sc_scanner *s, int64_t *n)
{
	int			digit = accept_digit(s);

	if (digit < 0)
		return SC_NUMBER_NONE;
	for (*n = 0; digit >= 0; digit = accept_digit(s))
	{
		*n = *n * 10 + digit;
		if (*n > INT32_MAX)
			return SC_NUMBER_RANGE;
	}
	return SC_NUMBER_OK;
}

/* Which of the words comes next?  -1: none */
int
sc_scan_accept_any(sc_scanner *s, const char *const *texts, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (sc_scan_accept(s, texts[i]))
			return i;
	}
	return -1;
}

/*
 * A Chinese numeral below ten thousand: 三, 十五, 二十, 一百零五, 三百六十五.
 * A place without its own digit is one (十五), only the last place can be
 * left out (一百零五), and 百五 alone is no number of these texts.
 */
static sc_number_status
scan_numeral(sc_scanner *s, int64_t *n)
{
	static const char *const digits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "两", "〇"};
	static const char *const places[] = {"千", "百", "十"};
	static const int values[] = {1000, 100, 10};
	int			limit = 10000;
	bool		zero = false;

	*n = 0;
	for (;;)
	{
		int			digit = sc_scan_accept_any(s, digits, SC_LENGTH_OF(digits));
		int			place = sc_scan_accept_any(s, places, SC_LENGTH_OF(places));

		if (digit == 11)
			digit = 0;
		if (digit == 10)
			digit = 2;
		if (digit < 0 && place < 0)
			return limit < 10000 && !zero ? SC_NUMBER_OK : SC_NUMBER_NONE;
		if (digit == 0 && place < 0)
		{
			if (zero || limit == 10)
				return SC_NUMBER_NONE;
			if (limit == 10000)
				return SC_NUMBER_OK; /* 零 alone */
			zero = true;
			continue;
		}
		if (place < 0)
		{
			/* the units: last, and right after the tens unless 零 stands between */
			if (limit > 10 && limit < 10000 && !zero)
				return SC_NUMBER_NONE;
			*n += digit;
			return SC_NUMBER_OK;
		}
		if (digit == 0 || values[place] >= limit || (digit < 0 && values[place] != 10))
			return SC_NUMBER_NONE;
		*n += (digit < 0 ? 1 : digit) * values[place];
		limit = values[place];
		zero = false;
	}
}

/* Digits, or a Chinese numeral */
sc_number_status
sc_scan_number(sc_scanner *s, int64_t *n)
{
	sc_number_status status = sc_scan_digits(s, n);

	return status == SC_NUMBER_NONE ? scan_numeral(s, n) : status;
}
