package outcomes

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	_ "embed"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	howMany = flag.Int("programs", 60, "how many programs are drawn")
	seed    = flag.Uint64("seed", 1, "the seed of the first")
	keep    = flag.String("keep", "", "a folder to keep the programs in, as they were and as they are")
)

// outcomes are what the token service does, one word for each request, the last one again and again: a status; no connection (down) or
// a timeout; with status 200 no JSON (junk) or an error member (member); a proxy's page with status 502.
var outcomes = []string{"200", "400", "401", "403", "429", "500", "503", "302", "down", "timeout", "page", "junk", "member",
	"429,200", "503,503,200", "down,200", "down,down,200", "500,down,200", "401,500,200"}

//go:embed testdata/transport.go.txt
var transport []byte

// A family is a kind of generated programs.
type family struct {
	prefix   string
	outcomes []string
	draw     func(name string, rnd *mathrand.Rand) string
}

// families have different sources of variety: the statements after the exchange; and its surroundings, which are settings, counters, other
// users of the key and the holder of the token.
var families = []family{
	{"p", outcomes, program},
	{"s", []string{"200", "401", "down", "503,200"}, surrounded},
}

// TestOutcomes draws programs of each family, fixes them, and runs them before and after under the outcomes. All are one module, so the tool
// and each side are built once.
//
// The new program does the same as the old one. Two differences are allowed for a rewrite that is not safe: a refusal that
// the old program took for an empty token is an error, handled like an answer that cannot be decoded; and an answer without a token is handled
// like a failed request. (A refusal with a status below 400 is none of the vendor's: where the old program took it for a token,
// the class may be safe.)
func TestOutcomes(t *testing.T) {
	drawn := map[string]int{"p": *howMany, "s": *howMany / 2}
	if testing.Short() {
		drawn = map[string]int{"p": min(5, *howMany), "s": min(2, *howMany)}
	}
	dir := t.TempDir()
	before, after := filepath.Join(dir, "before"), filepath.Join(dir, "after")
	var names []string
	outcomesOf := map[string][]string{}
	for _, f := range families {
		for i := range drawn[f.prefix] {
			name := fmt.Sprintf("%s%04d", f.prefix, i)
			names = append(names, name)
			outcomesOf[name] = f.outcomes
			src := f.draw(name, mathrand.New(mathrand.NewPCG(*seed, uint64(i))))
			for _, side := range []string{before, after} {
				write(t, filepath.Join(side, "internal", name, name+".go"), src)
			}
		}
	}
	for _, side := range []string{before, after} {
		write(t, filepath.Join(side, "go.mod"), goMod)
		write(t, filepath.Join(side, "go.sum"), goSum)
		write(t, filepath.Join(side, "main.go"), registry(names))
		write(t, filepath.Join(side, "service.go"), string(transport))
		run(t, side, "gofmt", "-w", ".")
	}
	if *keep != "" {
		defer func() {
			if err := os.CopyFS(*keep, os.DirFS(dir)); err != nil {
				t.Error(err)
			}
		}()
	}
	build(t, before)
	classes, reasons := fix(t, after)
	build(t, after)
	key := filepath.Join(dir, "key.pem")
	writeKey(t, key)
	var mu sync.Mutex
	count := map[string]int{}
	runs := 0
	limit := make(chan struct{}, runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for _, name := range names {
		class, fixed := classes[name]
		if !fixed {
			count["declined: "+reasons[name]]++
			continue
		}
		group.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			verdict := "same"
			for _, o := range outcomesOf[name] {
				a, b := play(t, before, name, o, key), play(t, after, name, o, key)
				mu.Lock()
				runs += 2
				mu.Unlock()
				if why := tells(a, b, o, class); why != "" {
					verdict = "differs"
					t.Errorf("%s under %s, class %s: %s\n--- before\n%s--- after\n%s", name, o, class, why, a, b)
				}
			}
			mu.Lock()
			count[verdict]++
			mu.Unlock()
		})
	}
	group.Wait()
	for what, n := range count {
		t.Logf("%4d %s", n, what)
	}
	t.Logf("%d runs of %d programs under up to %d outcomes", runs, len(names), len(outcomes))
}

// A seen is all that can be seen of one run.
type seen struct {
	exit     int
	stdout   string
	requests string
	files    string
	hangs    bool
}

func (s seen) String() string {
	return fmt.Sprintf("exit %d\n%s%s%s", s.exit, s.stdout, s.requests, s.files)
}

// tells returns what tells the new run from the old one, "" if that is nothing or allowed.
func tells(a, b seen, outcome, class string) string {
	switch {
	case a == b:
		return ""
	case a.hangs && b.hangs:
		return "" // how far either came is a matter of time
	case (outcome == "junk" || outcome == "page") && class == "review": // with the remark garbled-answer
		return ""
	case strings.Contains(a.stdout, "token 0\n") && strings.Contains(b.stdout, "error") && strings.Count(a.requests, "token") == strings.Count(b.requests, "token"):
		if class == "review" || outcome == "member" || outcome == "302" {
			return ""
		}
		return "safe, though a refusal that nobody looked at is an error now"
	}
	return "something else happens"
}

// play runs one program of a side under an outcome.
func play(t *testing.T, side, name, outcome, key string) seen {
	work := t.TempDir()
	requests := filepath.Join(work, "requests")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(side, "program"), name)
	cmd.Dir = work
	cmd.Env = []string{"OUTCOMES=" + outcome, "REQUESTS=" + requests, "ADOBE_KEY_FILE=" + key,
		"ADOBE_ORG=org", "ADOBE_TECH=tech", "ADOBE_CLIENT_ID=id", "ADOBE_CLIENT_SECRET=secret"}
	var out bytes.Buffer
	cmd.Stdout = &out
	cmd.Run()
	s := seen{exit: cmd.ProcessState.ExitCode(), stdout: out.String(), hangs: ctx.Err() != nil}
	entries, err := os.ReadDir(work)
	if err != nil {
		t.Error(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(work, e.Name()))
		if err != nil {
			t.Error(err)
		}
		if e.Name() == "requests" {
			s.requests = string(b)
		} else {
			s.files += fmt.Sprintf("file %s %q\n", e.Name(), b)
		}
	}
	return s
}

// fix fixes a side. It returns the class of each program that was fixed, and the reason why each other was not.
func fix(t *testing.T, side string) (classes, reasons map[string]string) {
	bin := filepath.Join(t.TempDir(), "jwtretire")
	run(t, "../../..", "go", "build", "-ldflags=-s -w", "-o", bin, "./cmd/jwtretire")
	cmd := exec.CommandContext(t.Context(), bin, "fix", "-review", "-scopes", "openid,AdobeID", "-format", "json", "-cache=off", "./...")
	cmd.Dir, cmd.Env = side, env()
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	var report struct {
		Findings []struct {
			Status, Safety, Reason string
			Code                   string `json:"reason_code"`
			Position               struct{ File string }
		}
	}
	if e := json.Unmarshal(out, &report); e != nil {
		t.Fatalf("fix: %v, %v\n%s", err, e, errOut.String())
	}
	classes, reasons = map[string]string{}, map[string]string{}
	for _, f := range report.Findings {
		name := filepath.Base(filepath.Dir(f.Position.File))
		if f.Status == "fixed" {
			classes[name] = f.Safety
			continue
		}
		reasons[name] = f.Code
		t.Logf("%s is %s: %s", name, f.Status, f.Reason)
	}
	return classes, reasons
}

func build(t *testing.T, side string) {
	run(t, side, "go", "build", "-ldflags=-s -w", "-mod=mod", "-o", "program", ".")
}

// registry is the file that knows all programs.
func registry(names []string) string {
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n")
	for _, n := range names {
		fmt.Fprintf(&b, "\t%q\n", "example.com/outcomes/internal/"+n)
	}
	b.WriteString(")\n\nvar programs = map[string]func(){\n")
	for _, n := range names {
		fmt.Fprintf(&b, "\t%q: %s.Main,\n", n, n)
	}
	b.WriteString("}\n")
	return b.String()
}

const goMod = `module example.com/outcomes

go 1.24

require github.com/golang-jwt/jwt/v5 v5.3.0
`

const goSum = `github.com/golang-jwt/jwt/v5 v5.3.0 h1:pv4AsKCKKZuqlgs5sUmn4x8UlGa0kEVt/puTpKx9vvo=
github.com/golang-jwt/jwt/v5 v5.3.0/go.mod h1:fxCRLWMO43lRc8nhHWY6LGqRcf+1gQWArsqaEUEa5bE=
`

func env() []string {
	return append(slices.Clone(os.Environ()), "GOWORK=off", "GOTOOLCHAIN=local", "GOFLAGS=")
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = dir, env()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func writeKey(t *testing.T, path string) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})))
}
