package document

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A Visitor has functions for the parts of a report, which are called in the order of its keys. Each may be
// nil. An error of one ends the visit.
type Visitor struct {
	Finding   func(*Finding) error
	BlindSpot func(*BlindSpot) error
	Problem   func(*Problem) error
	Todo      func(*Todo) error
	Patch     func(*FilePatch) error
}

// ErrNewer is wrapped by the error for a report with a newer schema.
var ErrNewer = errors.New("it was written by a newer version")

// Visit reads a report in one pass, calls the functions of v, and returns the head. It ignores unknown keys,
// because a newer version may have added them under the same schema.
func Visit(r io.Reader, v Visitor) (*Head, error) {
	dec := json.NewDecoder(bufio.NewReaderSize(r, 64<<10))
	at := func(err error) error {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("it is not a JSON report of jwtretire, or it is damaged: %w (byte %d)", err, dec.InputOffset())
	}
	if t, err := dec.Token(); err != nil {
		return nil, at(err)
	} else if t != json.Delim('{') {
		return nil, at(errors.New("it does not begin with an object"))
	}
	var h Head
	schema := 0
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, at(err)
		}
		switch t {
		case "schema":
			if err = dec.Decode(&schema); err == nil && schema > Schema {
				return nil, fmt.Errorf("it has schema %d, and this version reads up to %d: %w; use a jwtretire of that version", schema, Schema, ErrNewer)
			}
		case "tool":
			err = dec.Decode(&h.Tool)
		case "runs":
			err = dec.Decode(&h.Runs)
		case "summary":
			err = dec.Decode(&h.Summary)
		case "findings":
			err = each(dec, v.Finding)
		case "blind_spots":
			err = each(dec, v.BlindSpot)
		case "problems":
			err = each(dec, v.Problem)
		case "todo":
			err = each(dec, v.Todo)
		case "patch":
			err = each(dec, v.Patch)
		default:
			err = dec.Decode(new(json.RawMessage))
		}
		var mine *visitorError
		if errors.As(err, &mine) {
			return nil, mine.error
		}
		if err != nil {
			return nil, at(err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, at(err)
	}
	if schema == 0 {
		return nil, at(errors.New("it has no schema number"))
	}
	if len(h.Runs) == 0 { // of an older version
		h.Runs = []Run{{Tool: h.Tool}}
	}
	return &h, nil
}

// A visitorError is an error of the visitor, not of the input.
type visitorError struct{ error }

func each[T any](dec *json.Decoder, f func(*T) error) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	if t == nil { // null
		return nil
	}
	if t != json.Delim('[') {
		return fmt.Errorf("a list was expected, not %v", t)
	}
	for dec.More() {
		if f == nil {
			if err := dec.Decode(new(json.RawMessage)); err != nil {
				return err
			}
			continue
		}
		v := new(T)
		if err := dec.Decode(v); err != nil {
			return err
		}
		if x, ok := any(v).(*Finding); ok {
			x.complete()
		}
		if err := f(v); err != nil {
			return &visitorError{err}
		}
	}
	_, err = dec.Token()
	return err
}

// Read reads a whole report into memory.
func Read(data []byte) (*Document, error) {
	var findings []Finding
	var spots []BlindSpot
	var problems []Problem
	var todo []Todo
	var patch []FilePatch
	h, err := Visit(bytes.NewReader(data), Visitor{
		Finding:   collect(&findings),
		BlindSpot: collect(&spots),
		Problem:   collect(&problems),
		Todo:      collect(&todo),
		Patch:     collect(&patch),
	})
	if err != nil {
		return nil, err
	}
	return &Document{Head: *h, Findings: Each(findings), BlindSpots: Each(spots), Problems: Each(problems), Todo: Each(todo), Patch: Each(patch)}, nil
}

func collect[T any](list *[]T) func(*T) error {
	return func(v *T) error {
		*list = append(*list, *v)
		return nil
	}
}
