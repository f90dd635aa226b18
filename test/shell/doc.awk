# The examples of a page, for test/shell/doc.sh: what=script prints their SQL
# with a line before each that names it, what=wanted prints what the page
# shows as output, under the same names. An example is a block ```sql, its
# output the block without a language that follows.
/^```sql$/ { n++; print "\\echo example " n > script; block = "sql"; print "example " n > wanted; shown = 1; next }
/^```$/ && block { block = ""; next }
/^```$/ && shown { block = "output"; shown = 0; next }
/^```/ { block = block ? "" : "other"; next }
block == "sql" { print > script; next }
block == "output" { sub(/ +$/, ""); if ($0 != "") print > wanted; next }
block == "" && NF { shown = 0 }
