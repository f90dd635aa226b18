/*
 * Answers beyond the announced calendar.
 *
 * Nobody knows the working days of a year whose notice has not been issued.
 * statute.beyond_announced says what to do about it: warn once per statement
 * and calendar, fail, or assume the weekly pattern in silence.
 *
 * The processes of a parallel query share who has warned in a small segment
 * of memory.  The leader makes it when it plans a call of ours, before there
 * are workers, and a setting that only we can change carries its handle.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "calendar/calendar.h"
#include "miscadmin.h"
#include "nodes/supportnodes.h"
#include "optimizer/cost.h"
#include "storage/dsm.h"
#include "storage/spin.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/guc.h"

#define MAX_WARNED		64
#define WARNED_MAGIC	0x57415231

typedef struct SharedWarned
{
	uint32		magic;
	slock_t		mutex;
	TimestampTz statement;		/* which statement the rest is about */
	int			n;
	char		codes[MAX_WARNED][NAMEDATALEN];
} SharedWarned;

static const struct config_enum_entry beyond_options[] = {
	{"warn", STATUTE_BEYOND_WARN, false},
	{"error", STATUTE_BEYOND_ERROR, false},
	{"assume", STATUTE_BEYOND_ASSUME, false},
	{NULL, 0, false}
};

/* Who has warned where no segment is shared; it outlives the cache. */
static SharedWarned own_warned;

static int	beyond_announced = STATUTE_BEYOND_WARN;
static int	warned_handle = 0;	/* GUC statute.warned_segment, set by us only */
static bool setting_handle = false;
static dsm_segment *warned_segment = NULL;

PG_FUNCTION_INFO_V1(statute_support);

static bool
check_handle(int *newval, void **extra, GucSource source)
{
	if (*newval == 0 || setting_handle || InitializingParallelWorker)
		return true;
	GUC_check_errdetail("This setting is for the extension's own use.");
	return false;
}

void
statute_announced_init(void)
{
	DefineCustomEnumVariable("statute.beyond_announced",
							 "What happens when an answer depends on days that no notice has announced.",
							 "\"warn\" warns once per statement and calendar, \"error\" fails, \"assume\" takes the weekly pattern.",
							 &beyond_announced, STATUTE_BEYOND_WARN, beyond_options,
							 PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("statute.warned_segment",
							"Where the processes of a parallel query share which warnings were given.",
							NULL, &warned_handle, 0, PG_INT32_MIN, PG_INT32_MAX, PGC_USERSET,
							GUC_NO_SHOW_ALL | GUC_NO_RESET_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE,
							check_handle, NULL, NULL);
	SpinLockInit(&own_warned.mutex);
}

/* In the leader, before workers start. */
static void
prepare_shared(void)
{
	char		value[16];

	if (IsInParallelMode() || max_parallel_workers_per_gather == 0)
		return;
	if (warned_segment == NULL)
	{
		SharedWarned *shared;

		warned_segment = dsm_create(sizeof(SharedWarned), DSM_CREATE_NULL_IF_MAXSEGMENTS);
		if (warned_segment == NULL)
			return;				/* then each process warns for itself */
		dsm_pin_mapping(warned_segment);
		shared = dsm_segment_address(warned_segment);
		memset(shared, 0, sizeof(SharedWarned));
		shared->magic = WARNED_MAGIC;
		SpinLockInit(&shared->mutex);
	}
	if (warned_handle == (int) dsm_segment_handle(warned_segment))
		return;
	/* as a default, so that no rollback takes it back from a cached plan */
	snprintf(value, sizeof(value), "%d", (int) dsm_segment_handle(warned_segment));
	setting_handle = true;
	SetConfigOption("statute.warned_segment", value, PGC_USERSET, PGC_S_DYNAMIC_DEFAULT);
	setting_handle = false;
}

/* Where this process looks up who has warned. */
static SharedWarned *
get_warned(void)
{
	SharedWarned *shared;

	if (warned_segment == NULL && IsParallelWorker() && warned_handle != 0)
	{
		warned_segment = dsm_attach((dsm_handle) warned_handle);
		if (warned_segment != NULL)
			dsm_pin_mapping(warned_segment);
	}
	if (warned_segment == NULL)
		return &own_warned;
	shared = dsm_segment_address(warned_segment);
	return shared->magic == WARNED_MAGIC ? shared : &own_warned;
}

/* Take the right to warn about this calendar in this statement. */
static bool
first_to_warn(SharedWarned *warned, const char *code, TimestampTz statement)
{
	bool		first = true;

	SpinLockAcquire(&warned->mutex);
	if (warned->statement != statement)
	{
		warned->statement = statement;
		warned->n = 0;
	}
	for (int i = 0; i < warned->n && first; i++)
		first = strcmp(warned->codes[i], code) != 0;
	if (first && warned->n < MAX_WARNED)
		strlcpy(warned->codes[warned->n++], code, NAMEDATALEN);
	SpinLockRelease(&warned->mutex);
	return first;
}

/* A date as every message of ours writes it. */
char *
statute_day_text(int64 day)
{
	struct pg_tm tm = {0};
	char		buf[MAXDATELEN + 1];

	if (!sc_day_valid(day))
		return pstrdup(day < 0 ? "-infinity" : "infinity");
	j2date((int) day + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	EncodeDateOnly(&tm, USE_ISO_DATES, buf);
	return pstrdup(buf);
}

static int
report_not_announced(const StatuteCalendar *cal, int64 from)
{
	if (cal->known_from > cal->known_through)
		errmsg("the working days of calendar \"%s\" have not been announced for any day",
			   cal->code);
	else if (from < cal->known_from)
		errmsg("the working days of calendar \"%s\" are known from %s only",
			   cal->code, statute_day_text(cal->known_from));
	else
		errmsg("the working days of calendar \"%s\" have been announced through %s only",
			   cal->code, statute_day_text(cal->known_through));
	errdetail("Other days follow the weekly pattern until a notice is loaded.");
	errhint("statute.is_provisional() tells which dates are concerned, statute.announce_calendar() extends what is known, and the setting statute.beyond_announced says what happens here.");
	return 0;
}

void
statute_not_announced(StatuteCalendar *cal, int64 from)
{
	TimestampTz statement = GetCurrentStatementStartTimestamp();

	if (beyond_announced == STATUTE_BEYOND_ASSUME)
		return;
	if (beyond_announced == STATUTE_BEYOND_ERROR)
		ereport(ERROR,
				(errcode(ERRCODE_STATUTE_NOT_ANNOUNCED),
				 report_not_announced(cal, from)));

	if (cal->warned_at == statement)
		return;
	cal->warned_at = statement;
	if (first_to_warn(get_warned(), cal->code, statement))
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 report_not_announced(cal, from)));
}

/* Planner support of every function that asks a calendar. */
Datum
statute_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestSimplify))
		prepare_shared();
	PG_RETURN_POINTER(NULL);
}
