package journal

import (
	"errors"
	"fmt"
	"io/fs"
)

// move lets a file go from one of its contents to the other, which lies aside; after it the first lies there, if
// the file system can exchange names. "" is no file. Whatever a program saves at the same moment stays in its place, and is
// an error.
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

// exchange lets the file and what lies aside change places.
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

// appear makes a file where there is none. A link does not replace what has come there meanwhile.
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

// vanish puts a file aside.
func (s *Site) vanish(e *entry, from sum) error {
	switch now, err := s.look(e.Aside); {
	case err != nil:
		return err
	case now == from: // a second name of it, that a run did not come to remove
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

// reappear puts a file back that was put aside.
func (s *Site) reappear(e *entry) error {
	err := s.appear(e)
	if errors.Is(err, errAppeared) {
		return fmt.Errorf("%s has the text that was in it, and there is a new file now", s.name(e.Aside))
	}
	return err
}

// A place is where a file of the set has got to.
type place struct {
	*entry
	now    sum
	aside  sum
	edited bool // the file is neither old nor new: somebody changed it
}

// known reports whether contents are of the set.
func (p *place) known(s sum) bool { return s == p.Old || s == p.New }

// find looks where a file has got to. A text that an editor had saved, and that a run which died had just put aside,
// goes back first.
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
