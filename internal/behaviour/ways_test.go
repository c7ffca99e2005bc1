package behaviour_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A way is one of those by which the tool can be asked for findings. All have the same to say of a tree.
type way struct {
	name string

	// every says that it is tried with every program, not only with those in which a driver can do something
	// differently: they take a while.
	every bool

	// report returns the findings as the JSON report has them, "" if they are printed differently.
	report func(t *testing.T, c *copied) string

	// places returns file:line of the exchanges in sight, sorted, each once: two flows may share one. It is for
	// ways that print text, and only see what is built here. A scan sees those that it is given.
	places func(t *testing.T, c *copied, scan []string) []string
}

// ways are compared with a scan that keeps nothing, on as many processors as there are. A way may go on with
// what the one above it left behind.
var ways = []way{
	{name: "one processor", report: func(t *testing.T, c *copied) string {
		return c.asked(t, []string{"GOMAXPROCS=1"}, "-cache=off", "./...")
	}},
	{name: "first run", report: func(t *testing.T, c *copied) string {
		return c.asked(t, []string{"XDG_CACHE_HOME=" + c.cache()}, "./...")
	}},
	// Nothing can be loaded without a place for temporary files.
	{name: "answered run", report: func(t *testing.T, c *copied) string {
		return c.asked(t, []string{"XDG_CACHE_HOME=" + c.cache(), "TMPDIR=" + filepath.Join(c.dir, "nowhere")}, "./...")
	}},
	// -test is the default; no run was asked this way before.
	{name: "types that were kept", report: func(t *testing.T, c *copied) string {
		return c.asked(t, []string{"XDG_CACHE_HOME=" + c.cache()}, "-test", "./...")
	}},
	{name: "everything staged", report: func(t *testing.T, c *copied) string {
		for _, args := range [][]string{{"init", "-q"}, {"add", "-A", "-f"}} {
			if r := command(t, c.dir, os.Environ(), "", "git", args...); r.exit != 0 {
				t.Fatalf("git %v: %s", args, r.stderr)
			}
		}
		return c.asked(t, nil, "-staged")
	}},
	{name: "go vet", every: true, places: func(t *testing.T, c *copied, _ []string) []string {
		return places(t, c.dir, c.goTool(t, "vet", "-vettool="))
	}},
	{name: "go vet again", places: func(t *testing.T, c *copied, _ []string) []string {
		return places(t, c.dir, c.goTool(t, "vet", "-vettool="))
	}},
	{name: "go fix -diff", places: func(t *testing.T, c *copied, scan []string) []string {
		out := c.goTool(t, "fix", "-diff", "-fixtool=")
		list := places(t, c.dir, out) // what is not rewritten is said
		for _, place := range scan {
			file, _, _ := strings.Cut(place, ":")
			if strings.Contains(out, filepath.FromSlash("/"+file)+" (old)\n") {
				list = append(list, place)
			}
		}
		slices.Sort(list)
		return slices.Compact(list)
	}},
}

// TestWays shows that the findings are the same whatever way they are asked for, those included that nobody retires. Under the go command every
// package is a process of its own, and flows cross packages as facts in files.
func TestWays(t *testing.T) {
	tool(t)
	for i, p := range slices.Concat(programs(t), lookalikes(t)) {
		if testing.Short() && i == 1 { // a look-alike; one of the flows that are optional is enough
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			c := p.lay(t)
			several := c.several(t)
			want := c.asked(t, nil, "-cache=off", "./...")
			for _, w := range ways {
				if !w.every && !several {
					continue
				}
				t.Run(w.name, func(t *testing.T) {
					if w.report != nil {
						if got := w.report(t, c); got != want {
							t.Errorf("reported is\n%s\nand by a scan\n%s", got, want)
						}
						return
					}
					scan := here(t, want)
					if got := w.places(t, c, scan); !slices.Equal(got, scan) {
						t.Errorf("reported is %q\nand by a scan %q", got, scan)
					}
				})
			}
		})
	}
}

// several reports whether the program has several packages below its command, or needs tags.
func (c *copied) several(t *testing.T) bool {
	t.Helper()
	dirs := map[string]bool{}
	for _, path := range goFiles(c.tree(t)) {
		dirs[filepath.Dir(path)] = true
	}
	return c.Tags != "" || len(dirs) > 2
}

func (c *copied) cache() string { return filepath.Join(filepath.Dir(filepath.Dir(c.dir)), "cache") }

// asked runs the tool and returns the findings of its JSON report.
func (c *copied) asked(t *testing.T, env []string, args ...string) string {
	t.Helper()
	args = append([]string{"-format", "json", "-all", "-tags", c.Tags}, args...)
	r := command(t, c.dir, goEnv(env...), "", tool(t), args...)
	if r.exit == 2 {
		t.Fatalf("jwtretire %v: exit 2\n%s", args, r.stderr)
	}
	var rep struct {
		Findings json.RawMessage `json:"findings"`
	}
	if err := json.Unmarshal([]byte(r.stdout), &rep); err != nil {
		t.Fatalf("jwtretire %v: no JSON: %v\n%s\n%s", args, err, r.stdout, r.stderr)
	}
	return string(rep.Findings)
}

// goTool has the go command run the tool, and returns what both print.
func (c *copied) goTool(t *testing.T, verb string, flags ...string) string {
	t.Helper()
	flags[len(flags)-1] += tool(t)
	r := command(t, c.dir, goEnv(), "", "go", slices.Concat([]string{verb}, flags, []string{"-all", "-tags=" + c.Tags, "./..."})...)
	return r.stdout + r.stderr
}

var place = regexp.MustCompile(`(?m)^(?:vet: )?(\S+\.go):(\d+):\d+: .*\[jwtretire\]$`)

// places returns file:line of the findings in what the go command printed, sorted, each once.
func places(t *testing.T, dir, out string) []string {
	t.Helper()
	var list []string
	for _, m := range place.FindAllStringSubmatch(out, -1) {
		file := m[1]
		if rel, err := filepath.Rel(dir, file); filepath.IsAbs(file) && err == nil {
			file = rel
		}
		if strings.HasPrefix(file, "..") {
			continue // a module that a replace brings in from outside of the tree: nobody asked the tool for it
		}
		list = append(list, filepath.ToSlash(filepath.Clean(file))+":"+m[2])
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// here returns file:line of findings of the JSON report, without what is only found on other platforms, where
// a scan looks unasked, and what is silenced.
func here(t *testing.T, findings string) []string {
	t.Helper()
	var all []struct {
		Status   string   `json:"status"`
		Notes    []string `json:"notes"`
		Position struct {
			File string `json:"file"`
			Line int    `json:"line"`
		} `json:"position"`
	}
	if err := json.Unmarshal([]byte(findings), &all); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range all {
		elsewhere := func(n string) bool { return strings.HasPrefix(n, "found with ") }
		if f.Status != "suppressed" && !slices.ContainsFunc(f.Notes, elsewhere) {
			list = append(list, f.Position.File+":"+strconv.Itoa(f.Position.Line))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
