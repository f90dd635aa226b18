/*
 * Any bytes as a time limit: what is read is written and read again as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "core/limit.h"

#define CHECK(cond)		do { if (!(cond)) abort(); } while (0)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sc_limit	limit = {-1, SC_UNIT_COUNT};
	sc_limit	again = {-1, SC_UNIT_COUNT};
	char	   *text;
	size_t		len;

	if (sc_limit_parse((const char *) data, size, &limit) != SC_PARSE_OK)
		return 0;
	CHECK(limit.n >= 0);
	CHECK(limit.unit < SC_UNIT_COUNT);
	CHECK(limit.unit != SC_IMMEDIATE || limit.n == 0);

	text = malloc(SC_LIMIT_BUFSIZE);
	sc_limit_format(limit, text);
	len = strlen(text);
	text = realloc(text, len);	/* without the NUL, which the parser does not need */
	CHECK(sc_limit_parse(text, len, &again) == SC_PARSE_OK);
	CHECK(again.n == limit.n && again.unit == limit.unit);
	CHECK(sc_limit_cmp(limit, again) == 0);
	free(text);
	return 0;
}
