package journal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"jwtretire.example/fixer/patch"
	"jwtretire.example/internal/userkey"
)

// Write writes all files or none; see the package comment. The caller has the lock. The notes are sentences for the user
// about files that were written, such as an owner that could not be set.
func (s *Site) Write(files []patch.File) (notes []string, err error) {
	work, err := s.targets(files)
	if err != nil || len(work) == 0 {
		return nil, err
	}
	if s.key == nil {
		s.key = userkey.For(keyPurpose)
	}
	r := s.plan(work)
	if err := s.fs.Mkdir(Dir); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("%s exists: another fix is writing, or was interrupted; run again, or run jwtretire fix -abort or -continue", s.name(Dir))
		}
		return nil, fmt.Errorf("write %s: the journal cannot be kept beside it: %w", work[0].file.Path, err)
	}
	notes, err = s.stage(r, work)
	if err != nil {
		return nil, errors.Join(err, s.giveUp(r))
	}
	if err := s.forward(r, true); err != nil {
		return nil, errors.Join(err, s.takeBack(r))
	}
	more, err := s.clear(r)
	if err != nil {
		// All files are written; only the removal of the journal failed.
		more = append(more, fmt.Sprintf("files of the journal could not be removed; the next run removes them: %v", err))
	}
	return append(notes, more...), nil
}

// plan returns the record of a set.
func (s *Site) plan(work []*target) *record {
	r := &record{Version: version, State: staging, Root: s.Root, PID: os.Getpid(), Started: time.Now().Round(time.Second)}
	id := strings.ToLower(rand.Text()[:10])
	for i, t := range work {
		t.Aside = path.Join(path.Dir(t.Path), fmt.Sprintf(".jwtretire-%s%04d.tmp", id, i))
		if t.Old != "" {
			t.Copy = fmt.Sprintf("%d.old", i)
		}
		r.Entries = append(r.Entries, t.entry)
	}
	return r
}

// stage runs steps 2 to 4 of the package comment.
func (s *Site) stage(r *record, work []*target) (notes []string, err error) {
	if err := s.fs.SyncDir("."); err != nil {
		return nil, fmt.Errorf("the journal cannot be kept in %s: %w", s.Root, err)
	}
	if err := s.save(r); err != nil {
		return nil, fmt.Errorf("the journal cannot be kept in %s: %w", s.Root, err)
	}
	for _, t := range work {
		note, err := s.stageOne(t)
		if err != nil {
			return nil, fmt.Errorf("write %s: staging failed: %w", t.file.Path, err)
		}
		notes = append(notes, note...)
	}
	if err := s.syncDirs(r, Dir); err != nil {
		return nil, err
	}
	// Staging takes time, and an editor may have saved a file since the first check.
	for _, t := range work {
		if err := s.unchanged(t); err != nil {
			return nil, err
		}
	}
	r.State = ready
	if err := s.save(r); err != nil {
		return nil, fmt.Errorf("the journal cannot be kept in %s: %w", s.Root, err)
	}
	return notes, nil
}

func (s *Site) stageOne(t *target) (notes []string, err error) {
	if t.New != "" {
		like := Like{}
		if t.info != nil {
			like = Like{t.info, t.Path}
		}
		lost, err := s.create(t.Aside, t.file.New, t.Mode, like)
		if err != nil {
			return nil, err
		}
		if lost != "" {
			notes = append(notes, fmt.Sprintf("%s: the new file could not be given the %s of the old one", t.file.Path, lost))
		}
		if t.info != nil && names(t.info) > 1 {
			notes = append(notes, fmt.Sprintf("%s had %d names (hard links); the others keep the old contents", t.file.Path, names(t.info)))
		}
	}
	if t.Copy != "" {
		_, err = s.create(Dir+"/"+t.Copy, t.file.Old, 0o600, Like{})
	}
	return notes, err
}

// giveUp removes the files of an unfinished stage.
func (s *Site) giveUp(r *record) error {
	if _, err := s.clear(r); err != nil {
		return fmt.Errorf("temporary files could not be removed; the next run removes them: %w", err)
	}
	return nil
}

// takeBack restores the old contents of all files after an error.
func (s *Site) takeBack(r *record) error {
	r.State = back
	_ = s.save(r) // if this fails, the next run makes all files new instead, which is complete as well
	_, err := s.backward(r)
	if err == nil {
		_, err = s.clear(r)
	}
	if err != nil {
		return fmt.Errorf("undoing the changes failed, too; the old contents are in %s, and the next run (or jwtretire fix -abort) continues: %w", s.name(Dir), err)
	}
	return nil
}
