# Links of pages to headings, for test/shell/doc.sh: prints those that lead nowhere.
# Read are all pages; `dir` is the directory that their links begin with.
function slug(heading) {
	gsub(/`/, "", heading)
	heading = tolower(heading)
	gsub(/[][(){}.,:;!?'"\/&*+=<>$%]/, "", heading)
	gsub(/ /, "-", heading)
	return heading
}
FNR == 1 { page = FILENAME; sub(/.*\//, "", page); folder = FILENAME; sub(/[^\/]*$/, "", folder); pages[FILENAME] = 1; fenced = 0 }
/^```/ { fenced = !fenced; next }
fenced { next }
/^#+ / { heading = $0; sub(/^#+ /, "", heading); known[FILENAME "#" slug(heading)] = 1 }
{
	rest = $0
	while (match(rest, /\]\([^) ]+\)/)) {
		link = substr(rest, RSTART + 2, RLENGTH - 3)
		rest = substr(rest, RSTART + RLENGTH)
		if (link ~ /^(https?|mailto):/) continue
		path = link
		sub(/#.*/, "", path)
		target = path == "" ? FILENAME : folder path
		while (sub(/[^\/]+\/\.\.\//, "", target)) ;
		links[++n] = target (link ~ /#/ ? substr(link, index(link, "#")) : "")
		from[n] = FILENAME ": " link
	}
}
END {
	for (i = 1; i <= n; i++) {
		target = links[i]
		sub(/#.*/, "", target)
		if (links[i] ~ /#/ ? !(links[i] in known) : target ~ /\.md$/ && !(target in pages)) print from[i]
	}
}
