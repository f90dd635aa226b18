# Counts the tests of one TAP stream: prints "passed failed skipped".
# What the stream promised (1..N) and did not deliver counts as failed.
/^1\.\.[0-9]+/      { split($1, p, "\\.\\."); planned = p[2] + 0; has_plan = 1; next }
/^ok .*# *[Ss][Kk][Ii][Pp]/    { skipped++; next }
/^ok .*# *[Tt][Oo][Dd][Oo]/    { skipped++; next }
/^not ok.*# *[Tt][Oo][Dd][Oo]/ { skipped++; next }
/^ok [^ ]/          { passed++ }
/^not ok/           { failed++ }
/^Bail out!/        { failed++ }
END {
	seen = passed + failed + skipped
	if (has_plan && seen != planned)
		failed += (seen < planned) ? planned - seen : 1
	print passed + 0, failed + 0, skipped + 0, has_plan && planned == 0
}
