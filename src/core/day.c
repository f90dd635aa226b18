/*
 * Conversion between day numbers and year, month, day.
 *
 * Years are shifted to begin in March, so that the leap day is the last one
 * of its year; an era is the 400 years after which the calendar repeats.
 */
#include "core/day.h"

#define DAYS_PER_ERA		146097
#define EPOCH_FROM_MARCH_0	730425	/* days from 0000-03-01 to 2000-01-01 */

int64_t
sc_day_of(int64_t year, int32_t month, int32_t mday)
{
	int64_t		y = year - (month <= 2);
	int64_t		era = sc_floor_div(y, 400);
	int64_t		yoe = y - era * 400;
	int64_t		doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + mday - 1;
	int64_t		doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * DAYS_PER_ERA + doe - EPOCH_FROM_MARCH_0;
}

sc_ymd
sc_ymd_of(sc_day day)
{
	int64_t		z = (int64_t) day + EPOCH_FROM_MARCH_0;
	int64_t		era = sc_floor_div(z, DAYS_PER_ERA);
	int64_t		doe = z - era * DAYS_PER_ERA;
	int64_t		yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t		doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t		mp = (5 * doy + 2) / 153;
	sc_ymd		result;

	result.mday = (int32_t) (doy - (153 * mp + 2) / 5 + 1);
	result.month = (int32_t) (mp < 10 ? mp + 3 : mp - 9);
	result.year = (int32_t) (yoe + era * 400 + (result.month <= 2));
	return result;
}

int32_t
sc_month_length(int64_t year, int32_t month)
{
	static const int32_t length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool		leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return (month == 2 && leap) ? 29 : length[month - 1];
}
