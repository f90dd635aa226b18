/*
 * Reading what regulations write: words in two languages, and numbers.
 *
 * The input is UTF-8 and need not end in NUL.
 */
#ifndef SC_SCAN_H
#define SC_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sc_scanner
{
	const char *p;
	const char *end;
} sc_scanner;

typedef enum sc_number_status
{
	SC_NUMBER_OK,
	SC_NUMBER_NONE,
	SC_NUMBER_RANGE
} sc_number_status;

#define SC_LENGTH_OF(a)	((int) (sizeof(a) / sizeof((a)[0])))

#pragma GCC visibility push(hidden)
extern void sc_scan_trim(sc_scanner *s);
extern void sc_scan_space(sc_scanner *s);
extern bool sc_scan_accept(sc_scanner *s, const char *text);
extern int	sc_scan_accept_any(sc_scanner *s, const char *const *texts, int n);
extern sc_number_status sc_scan_digits(sc_scanner *s, int64_t *n);
extern sc_number_status sc_scan_number(sc_scanner *s, int64_t *n);
#pragma GCC visibility pop

#endif							/* SC_SCAN_H */
