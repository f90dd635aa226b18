# Medians of peer|operation|nanoseconds|differs, sorted by the first three, and
# how many times as long as the first peer takes.
function finish(  part, median) {
	split(last, part, FS)
	median = ns[int((n + 1) / 2)]
	if (part[1] ~ /^1/)
		base[part[2]] = median
	printf "%-12s %-12s %12.2f %10.1f %10s\n", substr(part[1], 3), part[2], median, median / base[part[2]], differs
}
BEGIN { printf "%-12s %-12s %12s %10s %10s\n", "the core", "operation", "ns", "ratio", "differs" }
$1 FS $2 != last {
	if (last != "")
		finish()
	last = $1 FS $2
	n = 0
}
{ ns[++n] = $3; differs = $4 }
END { finish(); print "" }
