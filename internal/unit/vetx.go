package unit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"

	"golang.org/x/tools/go/gcexportdata"
)

// A vetx file begins with the header of unitchecker, with its types and facts by their lengths, followed by the facts of
// this package. An empty file has no facts.
const (
	vetxMagic = "vetx"
	vetxHead  = len(vetxMagic) + 8
)

// readVetx returns the facts of this package's format in a file. They must not be changed.
func readVetx(name string) ([]byte, error) {
	data, err := contents(name)
	if err != nil || len(data) == 0 {
		return nil, err
	}
	if len(data) < vetxHead || string(data[:4]) != vetxMagic {
		return nil, fmt.Errorf("%s: not a file of facts; go clean -cache removes what another tool left", name)
	}
	skip := uint64(vetxHead) + uint64(binary.LittleEndian.Uint32(data[4:])) + uint64(binary.LittleEndian.Uint32(data[8:]))
	if skip > uint64(len(data)) {
		return nil, fmt.Errorf("%s: cut short; go clean -cache removes it", name)
	}
	return data[skip:], nil
}

// writeVetx writes the facts of a unit.
//
// A unit without imports cannot find out whether the go command provides export data. So it also exports its
// types, which unitchecker needs if there is none.
func (c *config) writeVetx(facts []byte) error {
	var exported []byte
	if !c.imports() {
		exported = c.exportTypes()
	}
	if len(exported)+len(facts) == 0 {
		return os.WriteFile(c.VetxOutput, nil, 0o666)
	}
	head := make([]byte, vetxHead, vetxHead+len(exported))
	copy(head, vetxMagic)
	binary.LittleEndian.PutUint32(head[4:], uint32(len(exported)))
	f, err := os.Create(c.VetxOutput)
	if err != nil {
		return err
	}
	for _, part := range [][]byte{append(head, exported...), facts} { // facts can be megabytes, so they are not copied
		if _, err := f.Write(part); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return f.Close()
}

// exportTypes returns the types of a unit without imports, nothing if it does not type-check.
func (c *config) exportTypes() []byte {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range c.GoFiles {
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: newImports(c, fset), IgnoreFuncBodies: true, GoVersion: c.GoVersion, Sizes: sizes()}
	pkg, err := conf.Check(c.ImportPath, fset, files, nil)
	if err != nil {
		return nil
	}
	var buf bytes.Buffer
	if err := gcexportdata.Write(&buf, fset, pkg); err != nil {
		return nil
	}
	return buf.Bytes()[1:] // without the letter of the format
}
