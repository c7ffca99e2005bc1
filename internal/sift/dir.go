package sift

import "os"

// readDir reads a directory in no particular order: sorting 3,000 directories costs more than
// searching them. Reading getdents64(2) without os.File was rejected: it saves 6 % of 0.2 s of cpu in
// kubernetes (5,230 files), for a parser of kernel structures of our own.
func readDir(dir string) ([]entry, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := f.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	list := make([]entry, len(all))
	for i, e := range all {
		list[i] = entry{e.Name(), e.Type()}
	}
	return list, nil
}
