#!/usr/bin/env bash
# Measures prodiff beside Hurl in one run: 1,000 cases of one request each, with both tools' reports, against a site on loopback.
# Everything is made in a temporary folder and removed again; nothing runs for longer than a minute.
#
#   benches/hurl.sh [ROUNDS]      5 unless said; the tools take turns, and medians are shown
#
#   HURL=path       the `hurl` to measure beside; 8.0.1 is what BENCHMARKS.md speaks of. It comes with
#                   `cargo install hurl --version 8.0.1 --locked` and needs libcurl4-openssl-dev libxml2-dev libclang-dev pkg-config
#   PRODIFF=path    a release build; made here unless given
#   CASES=1000      how many cases

set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
cases=${CASES:-1000}
hurl=${HURL:-$(command -v hurl || true)}
prodiff=${PRODIFF:-$PWD/target/release/prodiff}
cargo=${CARGO:-cargo}

[ -x "$hurl" ] || { echo "no hurl here: HURL=path, or install it (see the head of this script)" >&2; exit 2; }
[ -x /usr/bin/time ] || { echo "no /usr/bin/time here: it is GNU time, package \`time\`" >&2; exit 2; }
[ -n "${PRODIFF:-}" ] || "$cargo" build --release --locked --bin prodiff
"$cargo" build --release --locked --package prodiff-sandbox --example bench-site
site=$PWD/target/release/examples/bench-site

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
n_measured=0

# One request, its status, one value in its JSON: the same in all three forms.
mkdir hurl ten thousand one one-hurl
case_yaml() { printf '  - case: item %d\n    steps:\n      - get: /items/%d\n        expect: {status: 200, json: {$.id: %d}}\n' "$1" "$1" "$1"; }
case_hurl() { printf 'GET {{site}}/items/%d\nHTTP 200\n[Asserts]\njsonpath "$.id" == %d\n' "$1" "$1"; }
for ((i = 1; i <= cases; i++)); do
    printf -v name '%04d' "$i"
    case_hurl "$i" > "hurl/$name.hurl"
    { printf 'suite: Item %d\ncases:\n' "$i"; case_yaml "$i"; } > "thousand/$name.yaml"
    suite=ten/items-$((i * 10 / (cases + 1))).yaml
    [ -e "$suite" ] || printf 'suite: %s\ncases:\n' "$(basename "$suite" .yaml)" > "$suite"
    case_yaml "$i" >> "$suite"
done
cp hurl/0001.hurl one-hurl/
cp thousand/0001.yaml one/

# serve MILLISECONDS: a site that ends with this script, however it ends.
serve() {
    coproc SITE { exec "$site" "$1"; }
    read -r port <&"${SITE[0]}"
}
stop() {
    local pid=$SITE_PID input=${SITE[1]}
    exec {input}>&-
    wait "$pid"
}

# measure NAME COMMAND…: runs it with `REPORTS` replaced by a fresh folder; one line of user, system and wall seconds and peak kilobytes into NAME.times.
measure() {
    local name=$1
    shift
    # Reports stay to the end: a file system that has just deleted thousands of files is slow to make new ones, for whoever is next.
    reports=reports/$((++n_measured))
    mkdir -p "$reports"
    if ! timeout 60 /usr/bin/time -f '%U %S %e %M' -o time.txt "${@//REPORTS/$reports}" > out.txt 2> err.txt; then
        echo "$name: did not pass" >&2
        tail -5 out.txt err.txt >&2
        exit 1
    fi
    cat time.txt >> "$name.times"
}
# Both count what passed: a tool that skipped half of it would be fast.
passed() { [ "$1" = "$2" ] || { echo "$3: $1 of $2 cases passed" >&2; exit 1; }; }

run_hurl() {
    local name=$1 files=$2
    shift 2
    measure "$name" "$hurl" --test --variable "site=http://127.0.0.1:$port" \
        --report-html REPORTS/html --report-json REPORTS/json --report-junit REPORTS/junit.xml "$@" "$files"
    passed "$(grep -o '<testcase ' "$reports/junit.xml" | wc -l)" "$(find "$files" -name '*.hurl' | wc -l)" "$name"
}
run_prodiff() {
    local name=$1 suites=$2
    shift 2
    measure "$name" "$prodiff" run --on "api=http://127.0.0.1:$port" --suites "$suites" --baselines none --reports REPORTS "$@"
    passed "$(grep -o '"passed": *[0-9]*' "$reports/latest/report.json" | head -1 | grep -o '[0-9]*')" "$(grep -h '^  - case:' "$suites"/* | wc -l)" "$name"
}

median() { sort -g | awk '{ line[NR] = $1 } END { print line[int((NR + 1) / 2)] }'; }
cpu() { awk '{ print $1 + $2 }' "$1.times" | median; }
wall() { awk '{ print $3 }' "$1.times" | median; }
# The highest of all rounds: a peak is a promise.
peak() { awk '{ print $4 / 1024 }' "$1.times" | sort -g | tail -1; }
# row NAME WORDS BESIDE: a line of the table, with what it costs in parts of what BESIDE does.
row() {
    awk -v words="$2" -v c="$(cpu "$1")" -v w="$(wall "$1")" -v p="$(peak "$1")" -v hc="$(cpu "$3")" -v hw="$(wall "$3")" -v hp="$(peak "$3")" \
        'function part(a, b) { return b > 0 ? sprintf("%.2f", a / b) : "-" }
         BEGIN { printf "| %-38s | %7.2f s | %5s | %7.2f s | %5s | %6.1f MB | %5s |\n", words, c, part(c, hc), w, part(w, hw), p, part(p, hp) }'
}
head_row() {
    printf '\n%s\n\n| %-38s | %9s | %5s | %9s | %5s | %9s | %5s |\n' "$1" "" CPU ratio wall ratio peak ratio
    printf '|%s|%s:|%s:|%s:|%s:|%s:|%s:|\n' "$(printf -- '-%.0s' {1..40})" ---------- ------ ---------- ------ ---------- ------
}

"$hurl" --version | head -1
echo "$("$prodiff" --version), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg), median of $rounds rounds; ratios are to hurl's line"

# Start-up is too short for the clock of `time`: twenty at once.
times() { for ((n = 0; n < 20; n++)); do "$@" > /dev/null 2>&1 || return 1; done; }
export -f times
serve 0
for ((round = 0; round < rounds; round++)); do
    measure version-hurl bash -c 'times "$0" --version' "$hurl"
    measure version-prodiff bash -c 'times "$0" --version' "$prodiff"
    measure one-hurl bash -c 'times "$@"' - "$hurl" --test --variable "site=http://127.0.0.1:$port" \
        --report-html REPORTS/html --report-json REPORTS/json --report-junit REPORTS/junit.xml one-hurl
    measure one-prodiff bash -c 'times "$@"' - "$prodiff" run --on "api=http://127.0.0.1:$port" --suites one --baselines none --reports REPORTS
done
head_row "Start-up, twenty processes one after another"
row version-hurl "hurl --version" version-hurl
row version-prodiff "prodiff --version" version-hurl
row one-hurl "hurl, one case with reports" one-hurl
row one-prodiff "prodiff, one case with reports" one-hurl

for ((round = 0; round < rounds; round++)); do
    run_hurl work-hurl hurl
    run_prodiff work-ten ten
    run_prodiff work-thousand thousand
done
stop
head_row "$cases cases with reports, a site that answers at once"
row work-hurl "hurl, $cases files" work-hurl
row work-ten "prodiff, 10 suites" work-hurl
row work-thousand "prodiff, $cases files" work-hurl

serve 20
for ((round = 0; round < rounds; round++)); do
    run_hurl wait-hurl hurl
    run_hurl wait-hurl-16 hurl --jobs 16
    run_prodiff wait-ten ten
    run_prodiff wait-thousand thousand
done
stop
head_row "$cases cases with reports, 20 ms before each answer"
row wait-hurl "hurl, $cases files (its default: cores)" wait-hurl
row wait-hurl-16 "hurl, $cases files, --jobs 16" wait-hurl
row wait-ten "prodiff, 10 suites (its default: 16)" wait-hurl
row wait-thousand "prodiff, $cases files (its default: 16)" wait-hurl
