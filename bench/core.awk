# Medians of peer|operation|nanoseconds|differs, sorted by the first three, and
# how many times as long as the first peer.
BEGIN {
	printf "%-28s %-12s %10s %10s %10s\n", "Without a server", "", "ns", "ratio", "differs"
}
{
	key = $1 FS $2
	if (key != last) {
		finish()
		last = key
		n = 0
	}
	ns[n++] = $3
	differs = $4
}
function finish(  part, median) {
	if (last == "")
		return
	split(last, part, FS)
	median = ns[int((n - 1) / 2)]
	if (part[1] ~ /^1/)
		base[part[2]] = median
	printf "%-28s %-12s %10.2f %10.1f %10s\n", substr(part[1], 3), part[2], median, median / base[part[2]], shown
}
{ shown = differs }
END { finish(); print "" }
