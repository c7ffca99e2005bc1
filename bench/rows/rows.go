package main

import "fmt"

// A row is one line of the tables.
type row struct {
	name   string
	tree   string                    // below -trees
	make   func(dir string) []string // or the command that writes it
	cold   bool                      // with empty caches
	edit   bool                      // each run after an edit of a file, and one that is not counted
	ours   string
	peer   string
	quoted string // of the peer, from an earlier day
}

const scan = "$jwtretire -cache=off ./..."

// ripgrep looks for four words of the prefilter, in the same files. It comes from the machine: Debian's ripgrep, for one.
const ripgrep = "rg -l -t go --no-ignore -g !vendor -e jwt|jws|jose|assertion ."

func all() []row {
	rows := []row{
		{name: "sample cold", tree: "sample", cold: true, ours: "$jwtretire ./...", peer: "go vet ./...", quoted: "go vet: 34 s cpu"},
		{name: "sample warm", tree: "sample", ours: scan, peer: "go vet ./...", quoted: "go vet, cached: 0.21 s cpu"},
		{name: "sample gosec", tree: "sample", ours: scan, peer: "$gosec -quiet ./...", quoted: "gosec: 0.28 s cpu, 56 MiB"},
		{name: "sample vettool", tree: "sample", ours: "go vet -vettool=fresh=$jwtretire ./...", peer: "go vet -vettool=fresh=$plainvet ./...", quoted: "a plain tool: 3.9 s cpu"},
		{name: "sample edit", tree: "sample", edit: true, ours: "$jwtretire ./...", peer: "go vet ./...", quoted: "go vet, cached: 0.22 s cpu"},
		{
			name: "staged", make: func(dir string) []string { return []string{"staged", "-dir", dir} },
			ours: "$jwtretire -staged", peer: "git diff --cached --name-only", quoted: "git diff: 2.5 ms wall",
		},
		{name: "k8s plain ripgrep", tree: "k8s-plain", ours: "$jwtretire ./...", peer: ripgrep, quoted: "ripgrep: 0.09 s cpu"},
		{name: "k8s new cold", tree: "k8s", cold: true, ours: "$jwtretire ./...", peer: "go vet ./...", quoted: "go vet: 1,188 s cpu; staticcheck: 1,184 s"},
		{name: "k8s deep cold", tree: "k8s-deep", cold: true, ours: "$jwtretire ./...", peer: "go vet ./...", quoted: "go vet: 1,188 s cpu"},
		{name: "k8s deep -all", tree: "k8s-deep", ours: "$jwtretire -all -cache=off ./...", quoted: "go vet: 1,188 s cpu"},
		{name: "vault deep -all", tree: "vault-deep", ours: "$jwtretire -all -cache=off ./..."},
		{name: "opa cold", tree: "opa", cold: true, ours: "$jwtretire ./...", peer: "go vet ./...", quoted: "go vet: 225 s cpu"},
		{name: "opa cold staticcheck", tree: "opa", cold: true, ours: "$jwtretire ./...", peer: "$staticcheck ./...", quoted: "staticcheck: 67 s cpu"},
		{name: "opa edit", tree: "opa", edit: true, ours: "$jwtretire ./...", peer: "go vet ./...", quoted: "go vet, cached: 1.7 s cpu"},
		{name: "opa again", tree: "opa", ours: "$jwtretire ./...", peer: "go vet ./...", quoted: "go vet, cached: 1.7 s cpu"},
		{name: "opa gosec", tree: "opa", ours: scan, peer: "$gosec -quiet ./...", quoted: "gosec: 72 s cpu"},
		{name: "oauth2-proxy vettool", tree: "oauth2-proxy", ours: "go vet -vettool=fresh=$jwtretire ./...", peer: "go vet -vettool=fresh=$plainvet ./...", quoted: "a plain tool: 17.7 s cpu"},
		{name: "opa vettool", tree: "opa", ours: "go vet -vettool=fresh=$jwtretire ./...", peer: "go vet -vettool=fresh=$plainvet ./...", quoted: "a plain tool: 28.9 s cpu"},
	}
	for _, tree := range []string{"go-github", "go-auth0", "rclone", "dex", "terraform-provider-google"} {
		rows = append(rows, row{name: tree + " -all", tree: tree, ours: "$jwtretire -all -cache=off ./...", peer: "go vet ./..."})
	}
	for _, n := range []int{125, 250, 500, 1000} {
		for broken := range 2 {
			rows = append(rows, row{
				name: fmt.Sprintf("flows %d broken %d", n, broken),
				make: func(dir string) []string {
					return []string{"many", "-dir", dir, "-broken", fmt.Sprint(broken), fmt.Sprint(n)}
				},
				ours: "$jwtretire fix -diff -cache=off", peer: scan,
			})
		}
	}
	for _, shape := range shapes {
		write := func(dir string) []string { return []string{"pathological", "-dir", dir, shape} }
		rows = append(rows,
			row{name: "pathological " + shape + " scan", make: write, ours: scan},
			row{name: "pathological " + shape + " fix", make: write, ours: "$jwtretire fix -diff -cache=off"})
	}
	return rows
}

// shapes are those of bench/pathological that its README's table has.
var shapes = []string{
	"packages", "flows", "flows-broken", "chain-key", "chain-load", "chain-use", "chain-twice", "callers", "generated", "generated-words", "table", "table-structs", "table-inside",
	"operands", "parentheses", "ifs-row", "statements-token", "cases", "methods", "configs",
}
