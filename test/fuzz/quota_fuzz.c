/*
 * Any bytes as a quota: what is read is written and read again as the same,
 * and its periods hold their days.
 */
#include <stdlib.h>
#include <string.h>

#include "core/quota.h"

#define CHECK(cond)		do { if (!(cond)) abort(); } while (0)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_periods(const sc_quota *q)
{
	static const sc_day days[] = {SC_DAY_MIN, -730119, -1, 0, 8824, 8825, 9131, 2921939, SC_DAY_MAX};

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
	{
		int64_t		index = sc_period_index(q, days[i]);

		CHECK(sc_period_first(q, index) <= days[i]);
		CHECK(sc_period_first(q, index + 1) > days[i] || sc_quota_slides(q));
	}
}

static void
check_bounds(const sc_quota *q)
{
	static const int64_t bases[] = {0, 1, 120, INT32_MAX, INT64_C(366) * INT32_MAX};

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
	{
		sc_bounds	b = sc_quota_bounds(q, bases[i]);

		CHECK(b.least >= 0 && b.most >= (q->measure == SC_PERCENT ? -1 : 1));
		CHECK(b.least <= b.most || b.most == -1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *str = (const char *) data;
	const char *at = NULL;
	sc_quota	quota;
	sc_quota	again;
	char	   *text;
	size_t		len;
	sc_quota_status status = sc_quota_parse(str, size, &quota, &at);

	CHECK(at >= str && at <= str + size);
	if (status != SC_QUOTA_OK)
		return 0;
	CHECK(sc_quota_check(&quota) == SC_QUOTA_OK);

	text = malloc(SC_QUOTA_BUFSIZE);
	sc_quota_format(&quota, text);
	len = strlen(text);
	text = realloc(text, len);	/* without the NUL, which the parser does not need */
	CHECK(sc_quota_parse(text, len, &again, &at) == SC_QUOTA_OK && at == text + len);
	CHECK(memcmp(&quota, &again, sizeof(quota)) == 0);
	CHECK(sc_quota_cmp(&quota, &again) == 0);
	free(text);

	if (quota.per != SC_IN_TOTAL)
		check_periods(&quota);
	check_bounds(&quota);
	return 0;
}
