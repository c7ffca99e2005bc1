// Phases measures the phases of a scan: it runs the packages of the first half one after the other and prints wall and
// processor time of each, and the heap after it.
//
//	phases [-cpuprofile FILE] [-memprofile FILE] [-cache DIR] [-tests=false] [-all] TREE
//	phases -scan [-cpuprofile FILE] [-all] TREE
//	phases -fix [-cpuprofile FILE] TREE
//
// With -scan it runs a whole scan, with all platforms; with -fix also the fixer, which writes nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"syscall"
	"time"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer"
	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/scan"
	"jwtretire.example/internal/sift"
	"jwtretire.example/internal/userkey"
)

var (
	cpuprofile = flag.String("cpuprofile", "", "write a cpu profile to `FILE`")
	memprofile = flag.String("memprofile", "", "write a profile of the heap after the analysis to `FILE`")
	keep       = flag.String("cache", "", "keep the types of dependencies in `DIR`")
	tests      = flag.Bool("tests", true, "look at _test.go files")
	all        = flag.Bool("all", false, "look for what no vendor retires, too")
	whole      = flag.Bool("scan", false, "run the scan as one")
	fix        = flag.Bool("fix", false, "fix what is found, in memory")
)

func main() {
	flag.Parse()
	if err := run(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "phases:", err)
		os.Exit(2)
	}
}

func run(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if *cpuprofile != "" {
		f, err := os.Create(*cpuprofile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	ctx := context.Background()
	c := newClock()
	if *whole || *fix {
		return scanning(ctx, c, dir)
	}
	tree, err := sift.Tree(ctx, sift.Options{Dir: dir, Tests: *tests, Words: scan.Words(*all, &config.Config{})})
	if err != nil {
		return err
	}
	c.lap("sift", fmt.Sprintf("%d files", tree.Files))
	var store *cache.Cache
	if *keep != "" {
		store = cache.At(*keep, cache.Limit, userkey.Key("phases"))
	}
	loaded, err := load.Load(ctx, load.Config{Tests: *tests, Cache: store}, tree)
	if err != nil {
		return err
	}
	c.lap("load", fmt.Sprintf("%d packages with bodies", len(loaded.Packages)))
	results, err := drive.Run(loaded.Packages, flow.Analyzer)
	if err != nil {
		return err
	}
	flows := 0
	for _, r := range results {
		if res, ok := r.Result.(*flow.Result); ok && res != nil {
			flows += len(res.Flows)
		}
	}
	c.lap("drive", fmt.Sprintf("%d flows", flows))
	if err := heap(); err != nil {
		return err
	}
	runtime.KeepAlive(loaded)
	return nil
}

// heap writes a heap profile for -memprofile.
func heap() error {
	if *memprofile == "" {
		return nil
	}
	f, err := os.Create(*memprofile)
	if err != nil {
		return err
	}
	defer f.Close()
	return pprof.WriteHeapProfile(f)
}

// scanning runs a whole scan, and with -fix the fixer.
func scanning(ctx context.Context, c *clock, dir string) error {
	doing := ""
	part := func(next string) {
		if doing != "" {
			c.lap("", doing)
		}
		doing = next
	}
	res, err := scan.Run(ctx, scan.Options{Dir: dir, Tests: *tests, Config: &config.Config{}, Changes: *fix, All: *all, Progress: part})
	if err != nil {
		return err
	}
	part("")
	c.lap("scan", fmt.Sprintf("%d flows", len(res.Ledger.Records)))
	for _, p := range res.Platforms {
		if !*fix {
			break
		}
		out, err := fixer.Fix(ctx, p.Load, p.Flows(), fixer.Options{})
		if err != nil {
			return err
		}
		c.lap("fix", fmt.Sprintf("%d files, %d flows failed", len(out.Files), len(out.Failed)))
	}
	err = heap()
	runtime.KeepAlive(res)
	return err
}

// A clock measures laps.
type clock struct {
	wall time.Time
	cpu  time.Duration
}

func newClock() *clock { return &clock{time.Now(), cpu()} }

func (c *clock) lap(what, about string) {
	wall, used := time.Since(c.wall), cpu()-c.cpu
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	var peak syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &peak)
	fmt.Printf("%-6s wall %7.3f s  cpu %7.3f s  heap %5d MiB  peak %5d MiB  %s\n", what,
		wall.Seconds(), used.Seconds(), m.HeapAlloc>>20, peak.Maxrss>>10, about)
	*c = *newClock()
}

// cpu returns the processor time of this process and its children.
func cpu() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var use syscall.Rusage
		_ = syscall.Getrusage(who, &use)
		sum += time.Duration(use.Utime.Nano() + use.Stime.Nano())
	}
	return sum
}
