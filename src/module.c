/*
 * pg_statute: regulations that a database enforces by itself.
 */
#include "postgres.h"

#include "calendar/calendar.h"
#include "duty/duty.h"
#include "fmgr.h"
#include "quota/quota.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	statute_cache_init();
	statute_announced_init();
	statute_pace_init();
	statute_bindings_init();
	MarkGUCPrefixReserved("statute");
}
