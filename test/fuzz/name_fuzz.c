/*
 * Any bytes as the name of a roll and of a unit: a name that is known is spelled
 * as it is written, or as a limit with this unit is.
 */
#include <stdlib.h>
#include <string.h>

#include "core/calendar.h"
#include "core/limit.h"

#define CHECK(cond)		do { if (!(cond)) abort(); } while (0)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_roll(const char *name, size_t len)
{
	sc_roll		roll = SC_ROLL_COUNT;

	if (!sc_roll_parse(name, len, &roll))
		return;
	CHECK(roll < SC_ROLL_COUNT);
	CHECK(strlen(sc_roll_name(roll)) == len && memcmp(sc_roll_name(roll), name, len) == 0);
}

static void
check_unit(const char *name, size_t len)
{
	sc_unit		unit = SC_UNIT_COUNT;
	sc_limit	limit = {-1, SC_UNIT_COUNT};
	char	   *text;

	if (!sc_unit_parse(name, len, &unit))
		return;
	CHECK(unit > SC_IMMEDIATE && unit < SC_UNIT_COUNT);

	text = malloc(len + 2);
	memcpy(text, "3 ", 2);
	memcpy(text + 2, name, len);
	CHECK(sc_limit_parse(text, len + 2, &limit) == SC_PARSE_OK);
	CHECK(limit.n == 3 && limit.unit == unit);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_roll((const char *) data, size);
	check_unit((const char *) data, size);
	return 0;
}
