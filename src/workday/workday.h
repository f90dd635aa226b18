/*
 * Working days as dates.
 */
#ifndef STATUTE_WORKDAY_H
#define STATUTE_WORKDAY_H

#include "postgres.h"

#include "calendar/calendar.h"
#include "utils/date.h"

/* A computed day as a date, or the error that date + integer gives. */
static inline DateADT
statute_date_result(int64 day)
{
	if (unlikely(!sc_day_valid(day)))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("date out of range")));
	return (DateADT) day;
}

/* The answer depends on the days after the earlier date through the later. */
static inline DateADT
statute_add_workdays_to(StatuteCalendar *cal, DateADT day, int64 n)
{
	DateADT		result = statute_date_result(sc_add_workdays(&cal->days, day, n));

	if (n >= 0)
		statute_check_announced(cal, (int64) day + 1, result);
	else
		statute_check_announced(cal, result, (int64) day - 1);
	return result;
}

static inline int32
statute_count_between(StatuteCalendar *cal, DateADT a, DateADT b)
{
	statute_check_announced(cal, (int64) Min(a, b) + 1, Max(a, b));
	return (int32) sc_workdays_between(&cal->days, a, b);
}

#endif							/* STATUTE_WORKDAY_H */
