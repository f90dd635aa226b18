/*
 * A small TAP producer.
 *
 * ok(), is_int() and is_str() report one test each.  A property that is tried
 * many times is one test too: expect() and expect_int() in the loop, then
 * property() to report it.
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TAP_SHOWN	5			/* misses of one property that are shown */

static int	tap_tests = 0;
static int	tap_failed = 0;
static long tap_tries = 0;
static long tap_misses = 0;

static inline bool
tap_report(bool passed, const char *fmt, va_list args)
{
	printf("%sok %d - ", passed ? "" : "not ", ++tap_tests);
	vprintf(fmt, args);
	if (!passed)
		tap_failed++;
	putchar('\n');
	fflush(stdout);
	return passed;
}

__attribute__((format(printf, 2, 3)))
static inline bool
ok(bool passed, const char *fmt,...)
{
	va_list		args;

	va_start(args, fmt);
	tap_report(passed, fmt, args);
	va_end(args);
	return passed;
}

__attribute__((format(printf, 3, 4)))
static inline bool
is_int(int64_t got, int64_t want, const char *fmt,...)
{
	va_list		args;

	va_start(args, fmt);
	if (!tap_report(got == want, fmt, args))
		printf("#   got %lld, want %lld\n", (long long) got, (long long) want);
	va_end(args);
	return got == want;
}

__attribute__((format(printf, 3, 4)))
static inline bool
is_str(const char *got, const char *want, const char *fmt,...)
{
	va_list		args;
	bool		passed = strcmp(got, want) == 0;

	va_start(args, fmt);
	if (!tap_report(passed, fmt, args))
		printf("#   got \"%s\", want \"%s\"\n", got, want);
	va_end(args);
	return passed;
}

__attribute__((format(printf, 2, 3)))
static inline void
tap_miss(int line, const char *fmt,...)
{
	va_list		args;

	if (++tap_misses > TAP_SHOWN)
		return;
	va_start(args, fmt);
	printf("#   line %d: ", line);
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
}

/* One try of the property that comes next; the message says with what. */
#define expect(cond, ...) \
	do { \
		tap_tries++; \
		if (!(cond)) \
			tap_miss(__LINE__, __VA_ARGS__); \
	} while (0)

#define expect_int(got, want, fmt, ...) \
	do { \
		int64_t		got_ = (got); \
		int64_t		want_ = (want); \
		expect(got_ == want_, "got %lld, want %lld: " fmt, \
			   (long long) got_, (long long) want_, __VA_ARGS__); \
	} while (0)

/* It holds if it was tried, and never missed. */
__attribute__((format(printf, 1, 2)))
static inline bool
property(const char *fmt,...)
{
	va_list		args;
	bool		held = tap_tries > 0 && tap_misses == 0;

	va_start(args, fmt);
	if (!tap_report(held, fmt, args))
		printf("#   missed %ld of %ld\n", tap_misses, tap_tries);
	va_end(args);
	tap_tries = tap_misses = 0;
	return held;
}

/* For what may end in the hands of a sanitizer: true if it returns true. */
static inline bool
survives(bool (*try) (void))
{
	int			status;
	pid_t		child = fork();

	if (child == 0)
	{
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(2);
		_exit(try() ? 0 : 1);
	}
	return child > 0 && waitpid(child, &status, 0) == child &&
		WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The plan, and the exit status; tries that nobody reported are a mistake. */
static inline int
done(void)
{
	if (tap_tries > 0)
		property("every property is reported");
	printf("1..%d\n", tap_tests);
	return tap_failed > 0;
}

#endif							/* TAP_H */
