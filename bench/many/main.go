// Many writes a module with many flows of Adobe's JWT exchange, each in two packages of its own: one signs, one sends.
//
//	many -dir DIRECTORY [-broken K] N
//
// Each reads variables of its own. For K flows, a file with a build tag does not compile after the rewrite, which is found when
// the result is type-checked with that tag. go.mod and go.sum are those of testdata/sample.
package main

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"text/template"

	"golang.org/x/tools/txtar"
)

//go:embed many.txt
var archive []byte

func main() {
	dir := flag.String("dir", "", "`DIRECTORY` that the module is written to")
	broken := flag.Int("broken", 0, "`K` flows whose rewrite does not type-check")
	flag.Parse()
	n, err := strconv.Atoi(flag.Arg(0))
	if err != nil || *dir == "" || flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "many: usage: many -dir DIRECTORY [-broken K] N")
		os.Exit(2)
	}
	if err := write(*dir, n, *broken); err != nil {
		fmt.Fprintln(os.Stderr, "many:", err)
		os.Exit(2)
	}
}

func write(dir string, n, broken int) error {
	tmpl, err := template.New("").Parse(string(archive))
	if err != nil {
		return err
	}
	for i := range n {
		var text bytes.Buffer
		if err := tmpl.Execute(&text, map[string]any{"N": fmt.Sprintf("%04d", i), "Broken": broken > 0 && i%(n/broken) == n/broken/2}); err != nil {
			return err
		}
		for _, f := range txtar.Parse(text.Bytes()).Files {
			name := filepath.Join(dir, filepath.FromSlash(f.Name))
			if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
				return err
			}
			if err := os.WriteFile(name, f.Data, 0o666); err != nil {
				return err
			}
		}
	}
	return nil
}
