package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"jwtretire.example/internal/userkey"
)

// A Direction is the requested end of an interrupted set of files.
type Direction int

const (
	Either   Direction = iota // forward if possible, else backward; an edited file is never overwritten
	Forward                   // all files new, except edited ones
	Backward                  // all files old, except edited ones
)

// A Settled is the outcome of an interrupted set.
type Settled struct {
	Forward bool     // the files are new; else they are old
	Files   []string // relative to the root; none if the run died before it changed a file
	Edited  []string // those of Files that were edited since, and are neither old nor new
	Notes   []string
	PID     int // of the interrupted run
	Started time.Time
}

// ErrUnsigned means that a journal has no signature of this user for this tree, so its author is unknown.
var ErrUnsigned = errors.New("it was not written by a run of this user in this tree, so it is ignored; " +
	"if you know where it comes from, jwtretire fix -continue or -abort carries it out, else remove it")

// An EditedError means that files were edited since the run that wrote them died.
type EditedError struct {
	Root  string
	Files []string
}

func (e *EditedError) Error() string {
	return fmt.Sprintf("a fix was interrupted in %s, and %s edited since: jwtretire fix -continue writes the other files, jwtretire fix -abort puts them back, "+
		"and either leaves what was edited as it is", e.Root, plural(e.Files))
}

func plural(files []string) string {
	verb := "was"
	if len(files) > 1 {
		verb = "were"
	}
	return strings.Join(files, ", ") + " " + verb
}

// Settle completes or undoes an interrupted set of files. It returns nil if there is none. The caller must hold the lock. After an error
// the journal stays, and a later call continues.
func (s *Site) Settle(to Direction) (*Settled, error) {
	info, err := s.fs.Lstat(Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s: %w", s.name(Dir), ErrUnsigned)
	}
	if s.key == nil {
		s.key = userkey.Existing(keyPurpose)
	}
	r, err := s.load()
	if err != nil {
		return nil, err
	}
	if r == nil { // the run died before its first step, or after its last
		_, err := s.clear(&record{})
		return &Settled{}, err
	}
	if !r.signed && to == Either {
		return nil, fmt.Errorf("%s: %w", s.name(Dir), ErrUnsigned)
	}
	r.Root = s.Root
	out := &Settled{PID: r.PID, Started: r.Started}
	for _, e := range r.Entries {
		if r.State != staging {
			out.Files = append(out.Files, e.Path)
		}
	}
	if err := s.settle(r, to, out); err != nil {
		return nil, err
	}
	out.Notes, err = s.clear(r)
	return out, err
}

func (s *Site) settle(r *record, to Direction, out *Settled) error {
	if r.State == staging {
		return nil
	}
	places := make([]*place, len(r.Entries))
	possible := true
	for i, e := range r.Entries {
		p, err := s.find(e)
		if err != nil {
			return err
		}
		places[i] = p
		if p.edited {
			out.Edited = append(out.Edited, e.Path)
		} else if p.now == e.Old && e.New != "" && p.aside != e.New {
			possible = false // the new contents are missing
		}
	}
	if to == Either {
		if len(out.Edited) > 0 && r.State == ready {
			return &EditedError{s.Root, out.Edited}
		}
		to = Forward
		if r.State == back || !possible {
			to = Backward
		}
	}
	if to == Forward && !possible {
		return fmt.Errorf("the new contents in %s are missing; jwtretire fix -abort restores the old ones", s.Root)
	}
	if want := map[Direction]state{Forward: ready, Backward: back}[to]; r.State != want {
		r.State = want
		if err := s.save(r); err != nil {
			return err
		}
	}
	if to == Forward {
		out.Forward = true
		return s.forward(r, false)
	}
	_, err := s.backward(r)
	return err
}

// forward replaces all files with their new contents. An edited file stays, or is an error if strict is set.
func (s *Site) forward(r *record, strict bool) error {
	for _, e := range r.Entries {
		p, err := s.find(e)
		if err != nil {
			return fmt.Errorf("write %s: %w", s.name(e.Path), err)
		}
		if strict && p.edited {
			return fmt.Errorf("write %s: the file %w", s.name(e.Path), errChanged)
		}
		if p.now != e.Old {
			continue
		}
		if err := s.move(e, e.Old, e.New); err != nil {
			return err
		}
	}
	return s.syncDirs(r)
}

// backward restores the old contents of all files, the last one first, and returns the edited files, which stay.
func (s *Site) backward(r *record) (edited []string, err error) {
	var errs []error
	for _, e := range slices.Backward(r.Entries) {
		p, err := s.find(e)
		switch {
		case err != nil:
		case p.edited:
			edited = append(edited, e.Path)
		case p.now == e.New:
			err = s.restore(p)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.name(e.Path), err))
		}
	}
	if len(errs) == 0 {
		errs = append(errs, s.syncDirs(r))
	}
	return edited, errors.Join(errs...)
}

// restore restores the old contents of one file.
func (s *Site) restore(p *place) error {
	if p.aside != p.Old {
		if p.aside != "" {
			if err := s.fs.Remove(p.Aside); err != nil {
				return err
			}
		}
		if p.Old != "" {
			old, err := s.fs.ReadFile(Dir + "/" + p.Copy)
			if err != nil {
				return err
			}
			if sumOf(append([]byte{}, old...)) != p.Old {
				return fmt.Errorf("its copy %s is damaged", s.name(Dir+"/"+p.Copy))
			}
			like := Like{}
			if p.New != "" {
				if like.Info, err = s.fs.Lstat(p.Path); err != nil {
					return err
				}
				like.Name = p.Path
			}
			if err := s.fs.Remove(p.draft()); absent(err) != nil {
				return err
			}
			if _, err := s.create(p.draft(), old, p.Mode, like); err != nil {
				return err
			}
			if err := s.fs.Rename(p.draft(), p.Aside); err != nil {
				return err
			}
		}
	}
	return s.move(p.entry, p.New, p.Old)
}

// clear removes the temporary files, then the record, then the directory, so that the record exists as long as a file
// whose name only the record has. A file that is not of the set stays, with a note.
func (s *Site) clear(r *record) (notes []string, err error) {
	for _, e := range r.Entries {
		if err := s.fs.Remove(e.draft()); absent(err) != nil {
			return notes, err
		}
		switch aside, err := s.look(e.Aside); {
		case err != nil:
			return notes, err
		case aside == "":
		case aside == e.Old || aside == e.New || r.State == staging && aside != odd:
			if err := s.fs.Remove(e.Aside); absent(err) != nil {
				return notes, err
			}
		default:
			notes = append(notes, fmt.Sprintf("another program wrote to %s while it was replaced; its version is in %s", s.name(e.Path), s.name(e.Aside)))
		}
	}
	if err := s.syncDirs(r); err != nil {
		return notes, err
	}
	list, err := s.fs.ReadDir(Dir)
	if err != nil {
		return notes, absent(err)
	}
	if slices.Contains(list, path.Base(recordName)) {
		if err := s.fs.Remove(recordName); absent(err) != nil {
			return notes, err
		}
	}
	for _, name := range list {
		if copyForm.MatchString(name) || name == path.Base(draftName) {
			if err := s.fs.Remove(Dir + "/" + name); absent(err) != nil {
				return notes, err
			}
		}
	}
	if err := s.fs.Remove(Dir); err != nil {
		return notes, err
	}
	return notes, s.fs.SyncDir(".")
}
