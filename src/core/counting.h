/*
 * How a body of law counts: from an event and a time limit to the deadline.
 */
#ifndef SC_COUNTING_H
#define SC_COUNTING_H

#include "core/calendar.h"
#include "core/limit.h"

/* Infinite instants, as in PostgreSQL's timestamptz */
#define SC_BEGINNING	INT64_MIN
#define SC_NEVER		INT64_MAX

/* What happens where the last month has no such day (31 January + 1 month) */
typedef enum sc_month_end
{
	SC_MONTH_CLAMP,				/* its last day */
	SC_MONTH_NEXT				/* the first day of the month after it */
} sc_month_end;

typedef struct sc_convention
{
	bool		event_day_counts;	/* the day of the event is day one */
	bool		clear_forward;	/* the last day is not counted either, */
	bool		clear_backward; /* by direction */
	bool		full_hours;		/* hours run from the next full hour */
	bool		roll_hours;		/* hours that end on a day off go on to the
								 * same time of a working day */
	sc_roll		roll_forward;
	sc_roll		roll_backward;
	sc_month_end month_end;
	int32_t		short_days;		/* limits of at most so many days count
								 * working days only; 0: none */
	int32_t		min_workdays;	/* so many working days in a period of */
	int32_t		min_workdays_from;	/* at least so many days */
	int64_t		closing;		/* when the last day ends, after midnight */
	int64_t		receipt_cutoff; /* what comes after it counts as next day's */
} sc_convention;

/* Local time of a calendar, in microseconds, to and from the instant. */
typedef struct sc_zone
{
	int64_t		(*to_local) (void *arg, int64_t instant);
	int64_t		(*to_instant) (void *arg, int64_t local);
	void	   *arg;
} sc_zone;

/* A stop of the clock from an instant to another. */
typedef struct sc_pause
{
	int64_t		from;
	int64_t		to;
} sc_pause;

typedef enum sc_direction
{
	SC_FORWARD = 1,
	SC_BACKWARD = -1
} sc_direction;

typedef enum sc_status
{
	SC_OK,
	SC_OUT_OF_RANGE,			/* no such day */
	SC_UNENDING					/* a pause without an end */
} sc_status;

/* All that a computation of one deadline needs. */
typedef struct sc_period
{
	const sc_calendar *cal;
	const sc_convention *conv;
	const sc_zone *zone;
	sc_limit	limit;
	sc_direction direction;
	const sc_pause *pauses;		/* sorted, without overlap */
	int			npauses;
} sc_period;

/* What was looked at on the way: the answer is as sure as these days are. */
typedef struct sc_reach
{
	int64_t		from;
	int64_t		through;
} sc_reach;

#pragma GCC visibility push(hidden)
extern sc_status sc_last_day(const sc_period *p, sc_day event, int64_t *last,
							 sc_reach *reach);
extern sc_status sc_deadline(const sc_period *p, int64_t start, int64_t *deadline,
							 sc_reach *reach);
extern sc_day sc_event_day(const sc_period *p, int64_t start);
extern bool sc_counts_workdays(const sc_period *p);
extern int64_t sc_elapsed_days(const sc_period *p, bool workdays,
							   sc_day after, sc_day through);
extern int64_t sc_elapsed_clock(const sc_period *p, int64_t start, int64_t until);
extern sc_status sc_used(const sc_period *p, int64_t start, int64_t as_of,
						 double *used, sc_reach *reach);
#pragma GCC visibility pop

#endif							/* SC_COUNTING_H */
