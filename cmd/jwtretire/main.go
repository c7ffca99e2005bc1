// Jwtretire finds Go code that signs a JWT and exchanges it for an access token, if the vendor has
// retired this flow, and rewrites the code to the OAuth 2.0 client-credentials grant.
//
//	jwtretire [flags] [packages]           list every flow, with its trace
//	jwtretire fix [flags] [packages]       rewrite them in place, go.mod included
//	jwtretire fix -diff [flags] [packages] print one patch, write nothing
//	jwtretire explain FILE:LINE|ID|CODE    the path from the key to the request, or the page of a code
//	jwtretire merge LEDGER.json…           one report of many ledgers
//	jwtretire diff OLD.json NEW.json       flows that are new, gone or in another state
//	jwtretire providers                    the catalogue of vendors
//	jwtretire help [command]               all commands and flags
//	go vet -vettool=$(which jwtretire) ./...
//	go fix -fixtool=$(which jwtretire) ./...
//
// Exit codes: 0 nothing to do, 1 findings (fix: a flow is left for a person; fix -diff: a patch
// was printed), 2 the run itself failed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"jwtretire.example/fixer/journal"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/internal/commandline"
	"jwtretire.example/internal/heap"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/legible"
	"jwtretire.example/internal/unit"
)

func main() {
	if call := unit.ReadCall(os.Args[1:]); call != nil {
		vetMain(call) // does not return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop()                  // a second signal ends the process at once
		time.Sleep(gracePeriod) // the run may end by itself
		fmt.Fprintln(os.Stderr, "jwtretire: interrupted")
		os.Exit(exitError) // the next run completes or reverts an interrupted write
	}()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// gracePeriod is the time that an interrupted run has to end by itself. The type checker and the analysis of
// one package cannot be cancelled.
const gracePeriod = 3 * time.Second

// Exit codes.
const (
	exitClean = 0
	exitFound = 1
	exitError = 2
)

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	st := newStatus(stderr)
	defer st.clear()
	if st != nil {
		stdout, stderr = &afterStatus{stdout, st}, &afterStatus{stderr, st}
	}
	cmd := &command{ctx: ctx, stdout: stdout, stderr: stderr, status: st}
	cmd.started, _ = os.Getwd() // parse reports the error
	cmd.dir = cmd.started
	code, err := cmd.do(args)
	if ctx.Err() != nil && err != nil {
		fmt.Fprintln(stderr, "jwtretire: interrupted, nothing was changed")
		return exitError
	}
	if err != nil {
		fmt.Fprintf(stderr, "jwtretire: %s\n", legible.Lines(cmd.relative(err.Error())))
		return exitError
	}
	return code
}

// A command is one run with its streams.
type command struct {
	ctx            context.Context
	stdout, stderr io.Writer
	status         *status
	key            []string      // the settings that determine the findings, for the cache
	started        string        // the working directory before -C
	changes        bool          // the findings are rewritten
	dryRun         bool          // and nothing is written
	tree           *journal.Site // the tree to write to, with its lock; nil for none
	settled        bool          // interrupted fixes were searched for
	hostRoot       string        // base directory of names for code hosts: the repository, or the working directory

	// The source for reports: the analysed files, and the changed ones.
	analysed *ledger.Ledger
	changed  []patch.File

	settings
}

// do parses the arguments and runs the command.
func (c *command) do(args []string) (int, error) {
	p := c.program()
	cmd := p.Commands[0]
	if len(args) > 0 {
		switch args[0] {
		case "-version", "--version":
			args[0] = "version"
		}
		if named := p.Find(args[0]); named != nil {
			cmd, args = named, args[1:]
		} else if err := mistyped(p, args[0]); err != nil {
			return exitError, err
		}
	}
	if err := c.parse(p, cmd, args); errors.Is(err, commandline.ErrHelp) {
		return c.help(p, cmd)
	} else if err != nil {
		return exitError, err
	}
	switch cmd.Name {
	case "version":
		return exitClean, thisBuild().print(c.stdout, c.format == "json")
	case "help":
		return c.helpOn(p)
	case "completion":
		return c.completion(p)
	case "merge", "diff":
		if err := c.change(); err != nil {
			return exitError, err
		}
		if cmd.Name == "merge" {
			return c.merge()
		}
		return c.compare()
	case "man":
		b := thisBuild()
		return exitClean, p.Man(c.stdout, b.Version, b.date())
	}
	c.key = cmd.Values(output)
	if err := c.prepare(); err != nil {
		return exitError, err
	}
	heap.Grow()
	switch cmd.Name {
	case "fix":
		c.args = patterns(c.dir, c.args)
		return c.fix()
	case "explain":
		return c.explain()
	case "providers":
		return c.providers()
	}
	c.args = patterns(c.dir, c.args)
	return c.scan()
}
