package journal

import (
	"errors"
	"fmt"
	"io/fs"
)

// move replaces a file with its temporary file. from is the sum of its contents and to that of the temporary file; ""
// means that there is no file. If the file system can exchange names, the temporary file has the replaced contents
// afterwards. If another program saved the file at the same moment, its version stays and move returns an error.
func (s *Site) move(e *entry, from, to sum) error {
	var err error
	switch {
	case from == "":
		err = s.appear(e)
	case to == "":
		err = s.vanish(e, from)
	default:
		err = s.exchange(e, from)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", s.name(e.Path), err)
	}
	return nil
}

// exchange exchanges the names of a file and its temporary file.
func (s *Site) exchange(e *entry, from sum) error {
	err := s.fs.Exchange(e.Aside, e.Path)
	if errors.Is(err, errors.ErrUnsupported) {
		switch now, err := s.look(e.Path); {
		case err != nil:
			return err
		case now != from:
			return errChanged
		}
		return s.fs.Rename(e.Aside, e.Path)
	}
	if err != nil {
		return err
	}
	now, err := s.look(e.Aside)
	if err == nil && now == from {
		return nil
	}
	if err == nil {
		err = errChanged
	}
	return errors.Join(err, s.fs.Exchange(e.Aside, e.Path))
}

// appear creates a file from its temporary file. It uses a hard link, because a rename would replace a file that another
// program has created meanwhile.
func (s *Site) appear(e *entry) error {
	err := s.fs.Link(e.Aside, e.Path)
	switch {
	case err == nil:
		return s.fs.Remove(e.Aside)
	case errors.Is(err, fs.ErrExist):
		return errAppeared
	case !noLinks(err):
		return err
	}
	if now, err := s.look(e.Path); err != nil || now != "" {
		return errors.Join(err, errAppeared)
	}
	return s.fs.Rename(e.Aside, e.Path)
}

// vanish renames a file to its temporary file.
func (s *Site) vanish(e *entry, from sum) error {
	switch now, err := s.look(e.Aside); {
	case err != nil:
		return err
	case now == from: // a hard link that an interrupted run did not remove
		if err := s.fs.Remove(e.Aside); err != nil {
			return err
		}
	case now != "":
		return fmt.Errorf("%s is in the way", s.name(e.Aside))
	}
	if err := s.fs.Rename(e.Path, e.Aside); err != nil {
		return err
	}
	now, err := s.look(e.Aside)
	if err == nil && now == from {
		return nil
	}
	if err == nil {
		err = errChanged
	}
	return errors.Join(err, s.reappear(e))
}

// reappear undoes vanish.
func (s *Site) reappear(e *entry) error {
	err := s.appear(e)
	if errors.Is(err, errAppeared) {
		return fmt.Errorf("%s has the text that was in it, and there is a new file now", s.name(e.Aside))
	}
	return err
}

// A place is the present state of a file of the set: the sums of the file and of its temporary file.
type place struct {
	*entry
	now    sum
	aside  sum
	edited bool // the contents are neither old nor new, because another program changed them
}

// known reports whether contents are the old or the new ones.
func (p *place) known(s sum) bool { return s == p.Old || s == p.New }

// find returns the present state of a file. If an interrupted run has moved the version of another program to the
// temporary file, find moves it back first.
func (s *Site) find(e *entry) (*place, error) {
	p := &place{entry: e}
	err := s.lookBoth(p)
	if err == nil && p.aside != "" && !p.known(p.aside) && p.aside != odd && p.known(p.now) {
		if p.now == "" {
			err = s.reappear(e)
		} else {
			err = s.fs.Exchange(e.Aside, e.Path)
		}
		if err == nil {
			err = s.lookBoth(p)
		}
	}
	p.edited = !p.known(p.now)
	return p, err
}

func (s *Site) lookBoth(p *place) (err error) {
	if p.now, err = s.look(p.Path); err == nil {
		p.aside, err = s.look(p.Aside)
	}
	return err
}
