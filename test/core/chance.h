/*
 * Reproducible chance.  SC_SEED in the environment chooses other cases.
 */
#ifndef CHANCE_H
#define CHANCE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t chance_state = 0;

/* splitmix64 */
static inline uint64_t
chance_next(void)
{
	uint64_t	z = chance_state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static inline void
chance_start(uint64_t seed)
{
	const char *given = getenv("SC_SEED");

	if (given != NULL)
		seed = strtoull(given, NULL, 10);
	printf("# SC_SEED=%llu\n", (unsigned long long) seed);
	chance_state = seed;
	chance_state = chance_next();	/* or seeds would share one sequence */
}

/* low <= result <= high */
static inline int64_t
chance_between(int64_t low, int64_t high)
{
	return low + (int64_t) (chance_next() % ((uint64_t) high - (uint64_t) low + 1));
}

static inline bool
chance(int percent)
{
	return chance_between(1, 100) <= percent;
}

#define chance_of(array) \
	((array)[chance_between(0, (int64_t) (sizeof(array) / sizeof((array)[0])) - 1)])

#endif							/* CHANCE_H */
