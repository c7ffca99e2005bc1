// Pathological writes modules in which one thing is far larger than in any program that people write: a flow of Adobe's JWT exchange with
// thousands of statements behind it, a table of 10 MB beside it, a chain of 200 functions between key and exchange, and so on.
//
//	pathological -dir DIRECTORY [-n SIZE] SHAPE    the module of one shape
//	pathological -list                             the shapes, their usual sizes, and what they are
//
// go.mod and go.sum are those of testdata/sample: nothing has to be downloaded.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("dir", "", "`DIRECTORY` that the module is written to")
	n := flag.Int("n", 0, "`SIZE` of the shape; 0 for its usual one")
	list := flag.Bool("list", false, "list the shapes")
	flag.Parse()
	if *list {
		for _, s := range shapes {
			fmt.Printf("%s\t%d\t%s\n", s.name, s.size, s.about)
		}
		return
	}
	if *dir == "" || flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "pathological: usage: pathological -dir DIRECTORY [-n SIZE] SHAPE, or -list")
		os.Exit(2)
	}
	if err := write(*dir, flag.Arg(0), *n); err != nil {
		fmt.Fprintln(os.Stderr, "pathological:", err)
		os.Exit(2)
	}
}

// write writes the module of a shape.
func write(dir, name string, n int) error {
	for _, s := range shapes {
		if s.name != name {
			continue
		}
		if n == 0 {
			n = s.size
		}
		m := module{"go.mod": goMod, "go.sum": goSum}
		s.fill(m, n)
		for name, text := range m {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				return err
			}
			if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("no shape %q; -list has them", name)
}

const (
	goMod = "module example.com/pathological\n\ngo 1.24.0\n\nrequire github.com/golang-jwt/jwt/v5 v5.3.0\n"
	goSum = `github.com/golang-jwt/jwt/v5 v5.3.0 h1:pv4AsKCKKZuqlgs5sUmn4x8UlGa0kEVt/puTpKx9vvo=
github.com/golang-jwt/jwt/v5 v5.3.0/go.mod h1:fxCRLWMO43lRc8nhHWY6LGqRcf+1gQWArsqaEUEa5bE=
`
)
