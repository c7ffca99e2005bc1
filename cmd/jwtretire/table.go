package main

import (
	"slices"
	"strings"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/codes"
	"jwtretire.example/internal/commandline"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/report"
)

// Groups of flags, in the order in which help shows them.
const (
	looked   = "What is looked at"
	decided  = "Decisions"
	rewrites = "Rewrite"
	output   = "Output"
)

// Formats by command. The first one is the default.
var (
	scanFormats    = report.Formats
	explainFormats = []string{"text", "json"}
	mergeFormats   = []string{"text", "json", "sarif", "html", "csv"}
	diffFormats    = []string{"text", "json"}
)

// program is the command line, with places in the settings for the values of flags.
func (s *settings) program() *commandline.Program {
	s.format, s.verify, s.cache, s.color, s.tests = "text", "types", "on", "auto", true
	tree := []*commandline.Flag{
		{Name: "C", Group: looked, Value: "DIR", Usage: "change to DIR first; FILEs are relative to it", Operand: commandline.Directories, To: &s.chdir},
		{Name: "tags", Group: looked, Value: "LIST", Usage: "build tags, separated by commas", To: &s.tags},
		{Name: "test", Group: looked, Usage: "look at _test.go files too; -test=false does not", To: &s.tests},
		{Name: "config", Group: looked, Value: "FILE", Usage: "configuration file; without it " + config.FileName + " in this folder or above; none: no configuration", Operand: commandline.Files, To: &s.configFile},
		{Name: "cache", Group: looked, Value: "on|off", Usage: "keep results between runs, or neither keep nor use any", Words: commandline.Words("on", "off"), To: &s.cache},
	}
	all := &commandline.Flag{Name: "all", Group: looked, Usage: "also list flows whose provider has not retired them, what is silenced, and every blind spot", To: &s.all}
	noIgnore := &commandline.Flag{Name: "no-ignore", Group: looked, Usage: "report what directives and ignore entries silence, for gates that are not to follow what comes with a change", To: &s.noIgnore}
	staged := &commandline.Flag{Name: "staged", Group: looked, Usage: "look at the files staged in git, for hooks", To: &s.staged}
	decisions := []*commandline.Flag{
		{Name: "scopes", Group: decided, Value: "LIST", Usage: "OAuth scopes for the flows that need some, separated by commas", To: &s.scopes},
		{Name: "provider", Group: decided, Value: "ID", Usage: "also migrate the flows of this provider, though it has not retired them", Words: providerIDs, Open: true, To: &s.providerID},
		{Name: "secret-env", Group: decided, Value: "NAME", Usage: "with -provider: environment variable from which the migrated program takes its client secret, where the old flow sent none", To: &s.secretEnv},
	}
	reporting := func(formats []string) []*commandline.Flag {
		return []*commandline.Flag{
			{Name: "format", Group: output, Value: strings.Join(formats, "|"), Usage: "format of the report", Words: commandline.Words(formats...), To: &s.format},
			{Name: "json", Group: output, Usage: "the same as -format json", To: func() { s.format = "json" }},
			{Name: "o", Group: output, Value: "FILE", Usage: "write the report to FILE", Operand: commandline.Files, To: &s.output},
			{Name: "v", Group: output, Usage: "show every step of a trace, also where a value is only passed on", To: &s.verbose},
			{Name: "color", Group: output, Value: "auto|always|never", Usage: "colour of text; auto: on a terminal, unless NO_COLOR is set", Words: commandline.Words("auto", "always", "never"), To: &s.color},
		}
	}
	patchTo := func(flags []*commandline.Flag) []*commandline.Flag {
		for _, f := range flags {
			if f.Name == "o" {
				f.Usage = "write the report, with -diff the patch (the page, if -format is html), with -split the patches, to FILE"
			}
		}
		return flags
	}
	return &commandline.Program{
		Name:  "jwtretire",
		Short: "find JWT token flows that their vendor has retired, and rewrite them to OAuth client credentials",
		Long: "Packages are directories or patterns such as `./...`, or import paths of the modules here; the default is `./...`. " +
			"Workspaces and nested modules are found by themselves. Flags may stand before and after the packages.",
		Groups: []string{looked, decided, rewrites, output},
		Exits:  []commandline.Exit{{Code: exitClean, About: "nothing to do"}, {Code: exitFound, About: "findings, or work left"}, {Code: exitError, About: "error"}},
		Hosts: []commandline.Line{
			{What: "go vet -vettool=$(which jwtretire) [packages]", About: "the same findings, by the go command"},
			{What: "go fix -fixtool=$(which jwtretire) [packages]", About: "the same rewrites, by the go command"},
		},
		Files: []commandline.Line{
			{What: config.FileName, About: "decisions of a team, found in the working directory or above"},
			{What: "NO_COLOR", About: "set to anything: no colour, unless -color always is given"},
			{What: "XDG_CACHE_HOME", About: "where the user's caches are; results of earlier runs are in jwtretire there, encrypted, at most 256 MiB, safe to delete"},
			{What: "XDG_CONFIG_HOME", About: "where the user's settings are; jwtretire/key there is made by the first run, and opens what runs leave: without it they start from nothing"},
		},
		Commands: []*commandline.Command{
			{
				Name: "scan", Args: "[packages]", Short: "list JWT token flows that their vendor has retired", Operand: commandline.Directories,
				Long:  "The word `scan` may be left out. Each finding begins with `file:line:col: message`; below it stands the source on the way from the key to the token.",
				Flags: slices.Concat(tree, []*commandline.Flag{all, noIgnore, staged}, decisions, reporting(scanFormats)),
				Exits: []commandline.Exit{{Code: exitClean, About: "nothing to retire"}, {Code: exitFound, About: "findings"}, {Code: exitError, About: "error"}},
				Examples: []commandline.Line{
					{What: "jwtretire ./...", About: "what is to be retired in this module, workspace or tree"},
					{What: "jwtretire -all -format json -o ledger.json", About: "everything that is known, for scripts and for jwtretire merge"},
				},
			},
			{
				Name: "fix", Args: "[packages]", Short: "rewrite such flows to the client-credentials grant, go.mod included", Operand: commandline.Directories,
				Long: "With `-diff` a patch for `git apply` is printed and nothing is written. Each finding ends as fixed, skipped or failed, with a reason.",
				Flags: slices.Concat(tree, []*commandline.Flag{all, noIgnore, staged}, decisions, []*commandline.Flag{
					{Name: "diff", Group: rewrites, Usage: "print a patch for git apply, write nothing", To: &s.diff},
					{Name: "n", Group: rewrites, Usage: "say what would be done and which files would change, write nothing", To: &s.dry},
					{Name: "dirty", Group: rewrites, Usage: "rewrite files that have uncommitted changes, too", To: &s.dirty},
					{Name: "split", Group: rewrites, Value: "finding|package", Usage: "with -diff: one patch each, for git am; -o names their directory", Words: commandline.Words("finding", "package"), To: &s.split},
					{Name: "review", Group: rewrites, Usage: "carry out also those rewrites that a reviewer has to look at first; without it they are skipped, with the reason", To: &s.review},
					{Name: "verify", Group: rewrites, Value: "types|build|test", Usage: "prove the result by its types, or build and vet it too, or run its tests too", Words: commandline.Words("types", "build", "test"), To: &s.verify},
					{Name: "continue", Group: rewrites, Usage: "finish a fix that was interrupted while it wrote, and do nothing else", To: &s.resume},
					{Name: "abort", Group: rewrites, Usage: "take back a fix that was interrupted while it wrote, and do nothing else", To: &s.abort},
				}, patchTo(reporting(scanFormats))),
				Exits: []commandline.Exit{{Code: exitClean, About: "nothing is left (with -diff: no change)"}, {Code: exitFound, About: "something is left for a person (with -diff: a patch was printed)"}, {Code: exitError, About: "error"}},
				Examples: []commandline.Line{
					{What: "jwtretire fix -diff ./... > retire.patch", About: "the whole change as one patch"},
					{What: "jwtretire fix -diff -split finding -o patches ./...", About: "one patch a finding, for git am"},
					{What: "jwtretire fix -verify test ./...", About: "rewrite, after the tests of the changed packages have passed as before"},
				},
			},
			{
				Name: "explain", Args: "FILE:LINE | FILE | ID | CODE", Short: "show one flow at length, or what a code means", Words: codeNames, Operand: commandline.Files,
				Long:  "`FILE` alone lists the flows of that file. `ID` is that of the JSON report. `CODE` is the reason, remark or status in a report: `header`, or `remark/header` where several kinds have it.",
				Flags: slices.Concat(tree, decisions, reporting(explainFormats)),
				Exits: []commandline.Exit{{Code: exitClean, About: "shown"}, {Code: exitError, About: "not found, or error"}},
				Examples: []commandline.Line{
					{What: "jwtretire explain token.go:41", About: "how the value gets from the key to the request, and what named the vendor"},
					{What: "jwtretire explain stale-comment", About: "what this remark asks of a reviewer"},
				},
			},
			{
				Name: "merge", Args: "LEDGER.json…", Short: "make one report of the ledgers of many repositories", Operand: commandline.Files,
				Long: "A ledger is what `jwtretire -format json -o FILE` wrote; each says which repository and revision it is of. The same flow in two ledgers of a repository counts once, as the newer one has it. " +
					"A ledger that is damaged, or of a newer version, is named and left out, and the exit code is 2; the others are reported all the same.",
				Flags: slices.Concat([]*commandline.Flag{tree[0], all}, reporting(mergeFormats)),
				Exits: []commandline.Exit{{Code: exitClean, About: "nothing to retire in any of them"}, {Code: exitFound, About: "findings"}, {Code: exitError, About: "error, or a ledger was left out"}},
				Examples: []commandline.Line{
					{What: "jwtretire merge -format html -o report.html ledgers/*.json", About: "one page for all repositories"},
					{What: "jwtretire merge -format csv -o inventory.csv ledgers/*.json", About: "the list for the vendor's console"},
				},
			},
			{
				Name: "diff", Args: "OLD.json NEW.json", Short: "say what came, what went and what changed state between two ledgers", Operand: commandline.Files,
				Long:     "What was silenced or fixed and is open again came, too. In CI it is a ratchet: keep a ledger as the baseline, and let nothing come.",
				Flags:    slices.Concat([]*commandline.Flag{tree[0]}, reporting(diffFormats)),
				Exits:    []commandline.Exit{{Code: exitClean, About: "nothing came"}, {Code: exitFound, About: "something came"}, {Code: exitError, About: "error"}},
				Examples: []commandline.Line{{What: "jwtretire diff baseline.json now.json", About: "fails if now.json has a flow that baseline.json has not"}},
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

// providerIDs are the vendors whose flows a fix can migrate on request.
func providerIDs() []string {
	var out []string
	for _, p := range provider.All() {
		if p.Verdict == provider.Optional {
			out = append(out, p.ID)
		}
	}
	return out
}

// codeNames are the codes that explain knows.
func codeNames() []string {
	var out []string
	for _, p := range codes.Pages() {
		out = append(out, p.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
