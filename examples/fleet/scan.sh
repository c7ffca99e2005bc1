#!/bin/sh
# Scan every repository of a folder, some at a time, and make one report.
#
#	scan.sh REPOSITORIES OUT
#
# A repository whose scan fails leaves an empty ledger, so the report names it.
set -u
mkdir -p "$2"
out=$(cd "$2" && pwd)
export out
find "$1" -mindepth 1 -maxdepth 1 -type d -print0 | sort -z | xargs -0 -P "${JOBS:-4}" -n 1 sh -c '
	name=$(basename "$1")
	jwtretire -C "$1" -format json -o "$out/$name.json" 2>"$out/$name.log"
	[ $? -le 1 ] || : >"$out/$name.json"
	[ -s "$out/$name.log" ] || rm "$out/$name.log"
' sh
jwtretire merge -format csv -o "$out/inventory.csv" "$out"/*.json 2>/dev/null
jwtretire merge -format html -o "$out/report.html" "$out"/*.json
