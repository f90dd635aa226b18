/*
 * Tallies: what is kept of events so that a quota can be judged.
 *
 * A tally has one cell for each period that the span touches, or, where the
 * days themselves matter, one for each day.  So its size depends on the span
 * and never on the number of events, and tallies of the same quota and span
 * add up in any order.
 *
 * The caller owns the memory: sc_tally_init() says how many bytes of zeros the
 * cells need, and sc_tally_add() when they must become wider.
 */
#ifndef SC_TALLY_H
#define SC_TALLY_H

#include <string.h>

#include "core/quota.h"

#define SC_CELLS_MAX	200000	/* days of 500 years */

/* Like sc_quota it has no padding. */
typedef struct sc_tally
{
	sc_quota	quota;
	sc_day		first;			/* the span, both ends included */
	sc_day		last;
	int32_t		ncells;
	uint8_t		width;			/* bits in a cell: 1, 8 or 32 */
	bool		exact;			/* days keep how many events they had */
	uint16_t	unused;
} sc_tally;

/* What happened in one period, or in one window that breaks the quota */
typedef struct sc_judgement
{
	int64_t		first;			/* both days included; the whole period, */
	int64_t		last;			/* also where the span cuts it */
	int64_t		counted;
	int64_t		required;
	int64_t		shortfall;		/* too few, or too many; -1: cannot be told */
	int64_t		pro_rata;		/* of a cut period: hundredths required of the part in the span */
	int8_t		met;			/* 1, 0, or -1: cannot be told */
	bool		partial;		/* the span cuts the period */
	bool		no_base;		/* so that nothing is required, and nothing met */
} sc_judgement;

typedef struct sc_report
{
	const sc_tally *tally;
	const unsigned char *cells;
	int64_t		next;			/* period, or cell */
} sc_report;

#pragma GCC visibility push(hidden)
extern bool sc_tally_init(sc_tally *tally, const sc_quota *quota, sc_day first, sc_day last, bool exact);
extern size_t sc_tally_bytes(const sc_tally *tally);
extern int32_t sc_tally_cell(const sc_tally *tally, int64_t day);
extern bool sc_tally_remove(const sc_tally *tally, unsigned char *cells, int32_t cell);
extern bool sc_tally_merge(const sc_tally *tally, unsigned char *cells,
						   const sc_tally *other, const unsigned char *others);
extern bool sc_tally_same(const sc_tally *a, const sc_tally *b);
extern void sc_report_start(sc_report *report, const sc_tally *tally, const unsigned char *cells);
extern bool sc_report_next(sc_report *report, sc_judgement *j);
extern sc_judgement sc_tally_sum_up(const sc_tally *tally, const unsigned char *cells);
#pragma GCC visibility pop

static inline uint32_t
sc_tally_get(const sc_tally *t, const unsigned char *cells, int32_t cell)
{
	uint32_t	n;

	switch (t->width)
	{
		case 1:
			return (cells[cell / 8] >> (cell % 8)) & 1;
		case 8:
			return cells[cell];
		default:
			memcpy(&n, cells + (size_t) cell * sizeof(n), sizeof(n));
			return n;
	}
}

/* Returns false, with nothing done, where the cell cannot hold so many. */
static inline bool
sc_tally_put(const sc_tally *t, unsigned char *cells, int32_t cell, uint64_t n)
{
	uint32_t	n32 = (uint32_t) n;

	switch (t->width)
	{
		case 1:
			if (n > 0)
				cells[cell / 8] |= (unsigned char) (1u << (cell % 8));
			return true;
		case 8:
			if (n > UINT8_MAX)
				return false;
			cells[cell] = (unsigned char) n;
			return true;
		default:
			if (n > INT32_MAX)
				return false;
			memcpy(cells + (size_t) cell * sizeof(n32), &n32, sizeof(n32));
			return true;
	}
}

static inline bool
sc_tally_add(const sc_tally *t, unsigned char *cells, int32_t cell, uint32_t n)
{
	return sc_tally_put(t, cells, cell, (uint64_t) sc_tally_get(t, cells, cell) + n);
}

#endif							/* SC_TALLY_H */
