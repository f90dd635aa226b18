/*
 * Local time of a calendar.
 *
 * Finding the offset of a zone at an instant costs a search in its table of
 * transitions.  Most zones change it rarely or never, so we remember the
 * stretch around the last answer in which it holds.
 */
#include "postgres.h"

#include "calendar/calendar.h"
#include "datatype/timestamp.h"
#include "utils/datetime.h"

#define UNIX_EPOCH_DAYS		(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE)

/* How far before an instant a stretch begins, so that earlier ones find it too */
#define LOOK_BACK			((pg_time_t) 400 * SECS_PER_DAY)

static pg_time_t
unix_time(int64 instant)
{
	return (pg_time_t) sc_floor_div(instant, USECS_PER_SEC) +
		(pg_time_t) UNIX_EPOCH_DAYS * SECS_PER_DAY;
}

static int64
from_unix_time(pg_time_t t)
{
	return (t - (pg_time_t) UNIX_EPOCH_DAYS * SECS_PER_DAY) * USECS_PER_SEC;
}

/* Find the stretch of constant offset that holds the instant. */
static void
find_stretch(StatuteZone *zone, int64 instant)
{
	pg_time_t	t = unix_time(instant);
	pg_time_t	low = t - LOOK_BACK;

	for (;;)
	{
		long int	before;
		long int	after;
		int			before_isdst;
		int			after_isdst;
		pg_time_t	boundary;
		int			found;

		found = pg_next_dst_boundary(&low, &before, &before_isdst, &boundary,
									 &after, &after_isdst, zone->tz);
		zone->offset = before * USECS_PER_SEC;
		zone->low = from_unix_time(low);
		zone->high = found == 1 ? from_unix_time(boundary) : PG_INT64_MAX;
		if (found != 1 || boundary > t)
			return;
		low = boundary;
	}
}

static int64
zone_to_local(void *arg, int64 instant)
{
	StatuteZone *zone = (StatuteZone *) arg;

	if (instant < zone->low || instant >= zone->high)
		find_stretch(zone, instant);
	return instant + zone->offset;
}

/*
 * Near a change of the offset a local time can exist twice or not at all;
 * core decides that for us, as for every timestamptz that is read.
 */
static int64
zone_to_instant(void *arg, int64 local)
{
	StatuteZone *zone = (StatuteZone *) arg;
	int64		instant = local - zone->offset;
	struct pg_tm tm;
	fsec_t		fsec;
	int			tz;

	if (instant >= zone->low + USECS_PER_DAY && instant < zone->high - USECS_PER_DAY)
		return instant;
	if (timestamp2tm(local, NULL, &tm, &fsec, NULL, NULL) != 0)
		return instant;			/* out of range: so it will be found to be */
	tz = DetermineTimeZoneOffset(&tm, zone->tz);
	return local + (int64) tz * USECS_PER_SEC;
}

bool
statute_zone_init(StatuteZone *zone, const char *name)
{
	zone->tz = pg_tzset(name);
	zone->low = 0;
	zone->high = 0;
	zone->core.to_local = zone_to_local;
	zone->core.to_instant = zone_to_instant;
	zone->core.arg = zone;
	return zone->tz != NULL && pg_tz_acceptable(zone->tz);
}
