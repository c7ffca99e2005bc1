package main

import (
	"slices"
	"strings"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/budget"
	"jwtretire.example/internal/codes"
	"jwtretire.example/internal/commandline"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/report"
)

// Groups of flags, in the order in which help shows them.
const (
	looked   = "Input"
	decided  = "Decisions"
	rewrites = "Rewrite"
	output   = "Output"
)

// The formats of commands. The first one is the default.
var (
	scanFormats    = report.Formats
	explainFormats = []string{"text", "json"}
	mergeFormats   = []string{"text", "json", "sarif", "html", "csv"}
	diffFormats    = []string{"text", "json"}
)

// program returns the command line, with pointers into s for the values of flags.
func (s *settings) program() *commandline.Program {
	s.format, s.verify, s.cache, s.color, s.tests, s.budgetText = "text", "types", "on", "auto", true, "1"
	tree := []*commandline.Flag{
		{Name: "C", Group: looked, Value: "DIR", Usage: "change to DIR first; FILE arguments are relative to it", Operand: commandline.Directories, To: &s.chdir},
		{Name: "tags", Group: looked, Value: "LIST", Usage: "build tags, separated by commas", To: &s.tags},
		{Name: "test", Group: looked, Usage: "analyse _test.go files, too; -test=false leaves them out", To: &s.tests},
		{Name: "config", Group: looked, Value: "FILE", Usage: "configuration file; default: " + config.FileName + " in this directory or above; none: no configuration", Operand: commandline.Files, To: &s.configFile},
		{Name: "cache", Group: looked, Value: "on|off", Usage: "on: use and keep results of earlier runs; off: do neither", Words: commandline.Words("on", "off"), To: &s.cache},
		{Name: budget.Flag, Group: looked, Value: "N", Usage: "allow N times the usual work and memory, where a blind spot or a reason says that a limit was met", To: &s.budgetText},
	}
	all := &commandline.Flag{Name: "all", Group: looked, Usage: "also list flows that their provider has not retired, suppressed findings, and every blind spot", To: &s.all}
	noIgnore := &commandline.Flag{Name: "no-ignore", Group: looked, Usage: "also report findings that directives and ignore entries suppress; for checks that a pull request must not switch off", To: &s.noIgnore}
	staged := &commandline.Flag{Name: "staged", Group: looked, Usage: "analyse the files staged in git; for hooks", To: &s.staged}
	decisions := []*commandline.Flag{
		{Name: "scopes", Group: decided, Value: "LIST", Usage: "OAuth scopes for flows that need a decision about them, separated by commas", To: &s.scopes},
		{Name: "provider", Group: decided, Value: "ID", Usage: "also migrate the flows of this provider, although it has not retired them", Words: providerIDs, Open: true, To: &s.providerID},
		{Name: "secret-env", Group: decided, Value: "NAME", Usage: "with -provider: environment variable of the client secret, for flows that send none today", To: &s.secretEnv},
	}
	reporting := func(formats []string) []*commandline.Flag {
		return []*commandline.Flag{
			{Name: "format", Group: output, Value: strings.Join(formats, "|"), Usage: "format of the report", Words: commandline.Words(formats...), To: &s.format},
			{Name: "json", Group: output, Usage: "the same as -format json", To: func() { s.format = "json" }},
			{Name: "o", Group: output, Value: "FILE", Usage: "write the report to FILE", Operand: commandline.Files, To: &s.output},
			{Name: "v", Group: output, Usage: "show every step of a trace, including those that only pass a value on", To: &s.verbose},
			{Name: "color", Group: output, Value: "auto|always|never", Usage: "colour of the text report; auto: on a terminal, unless NO_COLOR is set", Words: commandline.Words("auto", "always", "never"), To: &s.color},
		}
	}
	patchTo := func(flags []*commandline.Flag) []*commandline.Flag {
		for _, f := range flags {
			if f.Name == "o" {
				f.Usage = "write the report to FILE; with -diff the patch (with -format html the page); with -split FILE is the directory of the patches"
			}
		}
		return flags
	}
	return &commandline.Program{
		Name:  "jwtretire",
		Short: "find JWT token flows that their vendor has retired, and rewrite them to OAuth client credentials",
		Long: "Packages are directories or patterns such as `./...`, or import paths of the modules here; the default is `./...`. " +
			"Workspaces and nested modules are found automatically. Flags may stand before and after the packages.",
		Groups: []string{looked, decided, rewrites, output},
		Exits:  []commandline.Exit{{Code: exitClean, About: "nothing to do"}, {Code: exitFound, About: "findings, or work left"}, {Code: exitError, About: "error"}},
		Hosts: []commandline.Line{
			{What: "go vet -vettool=$(which jwtretire) [packages]", About: "the same findings, by the go command"},
			{What: "go fix -fixtool=$(which jwtretire) [packages]", About: "the same rewrites, by the go command"},
		},
		Files: []commandline.Line{
			{What: config.FileName, About: "configuration, in the working directory or above"},
			{What: "NO_COLOR", About: "if set: no colour, unless -color is always"},
			{What: "XDG_CACHE_HOME", About: "directory of the user's caches; its subdirectory jwtretire has the results of earlier runs: encrypted, at most 256 MiB, safe to delete"},
			{What: "XDG_CONFIG_HOME", About: "directory of the user's settings; the first run makes its file jwtretire/key, which encrypts the cache: without it the cache is empty"},
		},
		Commands: []*commandline.Command{
			{
				Name: "scan", Args: "[packages]", Short: "list JWT token flows that their vendor has retired", Operand: commandline.Directories,
				Long:  "The word `scan` is optional. Each finding begins with `file:line:col: message`, followed by the source lines from the key to the token.",
				Flags: slices.Concat(tree, []*commandline.Flag{all, noIgnore, staged}, decisions, reporting(scanFormats)),
				Exits: []commandline.Exit{{Code: exitClean, About: "no findings"}, {Code: exitFound, About: "findings"}, {Code: exitError, About: "error"}},
				Examples: []commandline.Line{
					{What: "jwtretire ./...", About: "list the flows of this module, workspace or tree"},
					{What: "jwtretire -all -format json -o ledger.json", About: "write all findings to a ledger, for scripts and for jwtretire merge"},
				},
			},
			{
				Name: "fix", Args: "[packages]", Short: "rewrite such flows to the client-credentials grant, go.mod included", Operand: commandline.Directories,
				Long: "With `-diff`, the command prints a patch for `git apply` and writes nothing. Each finding ends as fixed, skipped or failed, with a reason.",
				Flags: slices.Concat(tree, []*commandline.Flag{all, noIgnore, staged}, decisions, []*commandline.Flag{
					{Name: "diff", Group: rewrites, Usage: "print a patch for git apply; write nothing", To: &s.diff},
					{Name: "n", Group: rewrites, Usage: "list the rewrites and the files that would change; write nothing", To: &s.dry},
					{Name: "dirty", Group: rewrites, Usage: "also change files that have uncommitted changes", To: &s.dirty},
					{Name: "split", Group: rewrites, Value: "finding|package", Usage: "with -diff: one patch per finding or package, for git am; -o names their directory", Words: commandline.Words("finding", "package"), To: &s.split},
					{Name: "review", Group: rewrites, Usage: "also carry out rewrites that need a review first; by default they are skipped, with the reason", To: &s.review},
					{Name: "verify", Group: rewrites, Value: "types|build|test", Usage: "types: type-check the result; build: also build and vet it; test: also run its tests", Words: commandline.Words("types", "build", "test"), To: &s.verify},
					{Name: "continue", Group: rewrites, Usage: "complete an interrupted fix, and do nothing else", To: &s.resume},
					{Name: "abort", Group: rewrites, Usage: "undo an interrupted fix, and do nothing else", To: &s.abort},
				}, patchTo(reporting(scanFormats))),
				Exits: []commandline.Exit{{Code: exitClean, About: "no flow is left (with -diff: no change)"}, {Code: exitFound, About: "a flow is left for a person (with -diff: a patch was printed)"}, {Code: exitError, About: "error"}},
				Examples: []commandline.Line{
					{What: "jwtretire fix -diff ./... > retire.patch", About: "the whole change as one patch"},
					{What: "jwtretire fix -diff -split finding -o patches ./...", About: "one patch per finding, for git am"},
					{What: "jwtretire fix -verify test ./...", About: "rewrite if the tests of the changed packages still pass"},
				},
			},
			{
				Name: "explain", Args: "FILE:LINE | FILE | ID | CODE", Short: "show one flow in full, or the page of a code", Words: codeNames, Operand: commandline.Files,
				Long:  "`FILE` alone lists the flows of that file. `ID` is the id of a finding in the JSON report. `CODE` is a reason, remark or status of a report: `header`, or `remark/header` if several kinds have this code.",
				Flags: slices.Concat(tree, decisions, reporting(explainFormats)),
				Exits: []commandline.Exit{{Code: exitClean, About: "shown"}, {Code: exitError, About: "not found, or error"}},
				Examples: []commandline.Line{
					{What: "jwtretire explain token.go:41", About: "all steps from the key to the request, and the evidence for the vendor"},
					{What: "jwtretire explain stale-comment", About: "the meaning of this remark, and what a reviewer has to do"},
				},
			},
			{
				Name: "merge", Args: "LEDGER.json…", Short: "combine the ledgers of many repositories in one report", Operand: commandline.Files,
				Long: "A ledger is a JSON report (`jwtretire -format json -o FILE`); it contains its repository and revision. A flow in two ledgers of one repository counts once, with the state of the newer ledger. " +
					"A ledger that is damaged or of a newer version is named and left out, and the exit code is 2; the report has the others.",
				Flags: slices.Concat([]*commandline.Flag{tree[0], all}, reporting(mergeFormats)),
				Exits: []commandline.Exit{{Code: exitClean, About: "no findings in any of them"}, {Code: exitFound, About: "findings"}, {Code: exitError, About: "error, or a ledger was left out"}},
				Examples: []commandline.Line{
					{What: "jwtretire merge -format html -o report.html ledgers/*.json", About: "one page for all repositories"},
					{What: "jwtretire merge -format csv -o inventory.csv ledgers/*.json", About: "the list for the vendor's console"},
				},
			},
			{
				Name: "diff", Args: "OLD.json NEW.json", Short: "list flows that are new, gone or in another state between two ledgers", Operand: commandline.Files,
				Long:     "A flow that was suppressed or fixed and is open again counts as new. In CI, keep a ledger as the baseline and reject new flows.",
				Flags:    slices.Concat([]*commandline.Flag{tree[0]}, reporting(diffFormats)),
				Exits:    []commandline.Exit{{Code: exitClean, About: "no new flow"}, {Code: exitFound, About: "a new flow"}, {Code: exitError, About: "error"}},
				Examples: []commandline.Line{{What: "jwtretire diff baseline.json now.json", About: "exits with 1 if now.json has a flow that baseline.json does not have"}},
			},
			{
				Name: "providers", Short: "print the catalogue of vendors, with what the configuration adds",
				Flags: []*commandline.Flag{tree[0], tree[3], {Name: "o", Group: output, Value: "FILE", Usage: "write to FILE", Operand: commandline.Files, To: &s.output}},
				Exits: []commandline.Exit{{Code: exitClean, About: "printed"}, {Code: exitError, About: "error"}},
			},
			{
				Name: "completion", Args: "bash|zsh|fish", Short: "print the completion script of a shell", Words: commandline.Words(commandline.Shells...),
				Exits:    []commandline.Exit{{Code: exitClean, About: "printed"}, {Code: exitError, About: "error"}},
				Examples: []commandline.Line{{What: "source <(jwtretire completion bash)", About: "complete in this shell"}},
			},
			{
				Name: "man", Short: "print the man page",
				Exits:    []commandline.Exit{{Code: exitClean, About: "printed"}, {Code: exitError, About: "error"}},
				Examples: []commandline.Line{{What: "jwtretire man | man -l -", About: "read it"}},
			},
			{
				Name: "version", Short: "print the version, the revision and the Go version",
				Flags: []*commandline.Flag{{Name: "json", Group: output, Usage: "as JSON", To: func() { s.format = "json" }}},
				Exits: []commandline.Exit{{Code: exitClean, About: "printed"}, {Code: exitError, About: "error"}},
			},
			{
				Name: "help", Args: "[command]", Short: "print this, or the help of a command",
				Words: commandline.Words("scan", "fix", "explain", "merge", "diff", "providers", "completion", "man", "version"),
				Exits: []commandline.Exit{{Code: exitClean, About: "printed"}, {Code: exitError, About: "there is no such command"}},
			},
		},
	}
}

// providerIDs returns the vendors whose flows a fix can migrate on request.
func providerIDs() []string {
	var out []string
	for _, p := range provider.All() {
		if p.Verdict == provider.Optional {
			out = append(out, p.ID)
		}
	}
	return out
}

// codeNames returns the codes of explain.
func codeNames() []string {
	var out []string
	for _, p := range codes.Pages() {
		out = append(out, p.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
