/*
 * The same operations with QuantLib: core_quantlib ANSWERS
 *
 * China's interbank market has make-up days, so it could agree; the last
 * column is the share of answers that differ.
 */
#include <ctime>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <ql/time/calendars/china.hpp>

using namespace QuantLib;

static const int N = 1 << 20;
static const int USED = 1 << 12;	/* it takes its time */

static std::vector<int32_t> numbers(7 * N);
static std::vector<Date> start;
static const Date epoch(1, January, 2000);

template <typename Work>
static void measure(const char *name, int arg, const int32_t *expected, Work work)
{
	std::vector<int32_t> answer(USED);
	std::clock_t began = std::clock();
	int different = 0;

	for (int i = 0; i < USED; i++)
		answer[i] = work(start[i]);
	double ns = double(std::clock() - began) / CLOCKS_PER_SEC * 1e9 / USED;
	for (int i = 0; i < USED; i++)
		different += answer[i] != expected[i];
	std::printf("%-5s %4d|%.1f|%.2f%%\n", name, arg, ns, 100.0 * different / USED);
}

int main(int argc, char **argv)
{
	China china(China::IB);
	FILE *in = argc == 2 ? std::fopen(argv[1], "rb") : nullptr;

	if (!in || std::fread(numbers.data(), sizeof(int32_t), numbers.size(), in) != numbers.size())
		return 2;
	std::fclose(in);
	for (int i = 0; i < USED; i++)
		start.push_back(epoch + numbers[i]);

	const int32_t *expected = numbers.data();
	for (int n : {5, 20, 250})
		measure("add", n, expected += N,
				[&](const Date &d) { return china.advance(d, n, Days) - epoch; });
	for (int n : {30, 365, 2900})
		measure("count", n, expected += N,
				[&](const Date &d) { return china.businessDaysBetween(d, d + n, false, true); });
	return 0;
}
