/*
 * Working days as dates.
 */
#ifndef STATUTE_WORKDAY_H
#define STATUTE_WORKDAY_H

#include "postgres.h"

#include "calendar/calendar.h"
#include "utils/date.h"

extern DateADT statute_add_workdays_to(StatuteCalendar *cal, DateADT day, int64 n);
extern int32 statute_count_between(StatuteCalendar *cal, DateADT a, DateADT b);

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

#endif							/* STATUTE_WORKDAY_H */
