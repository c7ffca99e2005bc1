// Jwtretire finds Go code that signs a JWT and trades it for an access token of a vendor that has
// retired that flow, and rewrites it to the OAuth 2.0 client-credentials grant.
//
//	jwtretire [flags] [packages]           list every flow, with its trace
//	jwtretire fix [flags] [packages]       rewrite them in place, go.mod included
//	jwtretire fix -diff [flags] [packages] print one patch, write nothing
//	jwtretire explain FILE:LINE|ID         how a value got from the key to the request
//	jwtretire providers                    the catalogue of vendors
//	go vet -vettool=$(which jwtretire) ./...
//	go fix -fixtool=$(which jwtretire) ./...
//
// Exit codes: 0 nothing to do, 1 findings (fix: something is left for a person; fix -diff: a patch
// was printed), 2 the run itself failed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"jwtretire.example/internal/heap"
	"jwtretire.example/internal/unit"
)

func main() {
	if call := unit.ReadCall(os.Args[1:]); call != nil {
		vetMain(call) // does not return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

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
	cmd := &command{ctx: ctx, stdout: stdout, stderr: stderr, status: st, argv: args}
	cmd.started, _ = os.Getwd() // parse says what is wrong with it
	cmd.dir = cmd.started
	verb := "scan"
	if len(args) > 0 {
		switch args[0] {
		case "fix", "scan", "explain", "providers", "version", "help":
			verb, args = args[0], args[1:]
		}
	}
	code, err := cmd.do(verb, args)
	if errors.Is(err, flag.ErrHelp) {
		return exitClean
	}
	if ctx.Err() != nil && err != nil {
		fmt.Fprintln(stderr, "jwtretire: interrupted, nothing was changed")
		return exitError
	}
	if err != nil {
		fmt.Fprintf(stderr, "jwtretire: %s\n", cmd.relative(err.Error()))
		return exitError
	}
	return code
}

// A command is one run with its streams.
type command struct {
	ctx            context.Context
	stdout, stderr io.Writer
	status         *status
	argv           []string
	started        string // the working directory before -C
	changes        bool   // the findings are to be rewritten
	settings
}

func (c *command) do(verb string, args []string) (int, error) {
	switch verb {
	case "version":
		fmt.Fprintln(c.stdout, "jwtretire", version())
		return exitClean, nil
	case "help":
		usage(c.stdout)
		return exitClean, nil
	}
	if err := c.parse(verb, args); err != nil {
		return exitError, err
	}
	heap.Grow()
	switch verb {
	case "fix":
		return c.fix()
	case "explain":
		return c.explain()
	case "providers":
		return c.providers()
	}
	return c.scan()
}

// version is the module's version as the go command stamped it, or "devel".
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
