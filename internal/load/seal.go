package load

import (
	"encoding/json"
	"errors"
	"go/constant"
	"go/types"

	"jwtretire.example/internal/bundle"
)

// What the cache has is copied, shared, and still there when a secret has long been removed from the repository. So
// the values of the tree's own constants that could be one are not kept openly, but sealed with a key that
// follows from the user's own and from the contents of the package's files: they can be read only with these files
// beside the cache, which then say as much. Released modules are not sealed, for they lie in the module cache anyway.
//
// Rejected: not to keep such packages (a fifth more time in a large tree after an edit, for all that imports them is
// read again, too); to leave out the values and to read them again from the source (constants are expressions).

// confidential reports whether a constant could be a secret, which is everything but truth values and integers of a
// machine's size. One whose value is not known was sealed before.
func confidential(c *types.Const) bool {
	switch v := c.Val(); v.Kind() {
	case constant.Bool:
		return false
	case constant.Int:
		_, unsigned := constant.Uint64Val(v)
		_, signed := constant.Int64Val(v)
		return !unsigned && !signed
	}
	return true
}

// seal puts the values of confidential constants into p, if the unit belongs to the tree.
func (u *universe) seal(p *knownPackage, x *unit) error {
	if x.std || x.released || u.ground().immutable(x.meta) {
		return nil
	}
	values := map[string][]byte{}
	scope := x.types.Scope()
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok && c.Exported() && confidential(c) {
			values[name] = []byte(bundle.Format(c.Val()))
		}
	}
	if len(values) == 0 {
		return nil
	}
	box := u.cfg.Cache.Box([]byte("constants"), x.content)
	if box == nil || x.content == nil {
		return errors.New("there is no key to decrypt it")
	}
	text, err := json.Marshal(values)
	if err != nil {
		return err
	}
	p.Sealed = box.Seal(nil, nil, text, []byte(p.Path))
	return nil
}

// unseal gives the constants of the known packages that are the same their values. Those of all others get
// none: nobody looks at them but seal's callers, who keep them as they are.
func (u *universe) unseal(k *known, contents [][]byte) {
	values := make([]map[string][]byte, len(k.list))
	for i, p := range k.list {
		if p.Sealed == nil || !k.same[i] {
			continue
		}
		box := u.cfg.Cache.Box([]byte("constants"), contents[i])
		if box == nil {
			continue
		}
		if text, err := box.Open(nil, nil, p.Sealed, []byte(p.Path)); err == nil {
			json.Unmarshal(text, &values[i]) // else they have no values, and the package is read again
		}
	}
	for _, h := range k.hidden {
		value, ok := values[h.Package][h.Name]
		if !ok || h.Declare(k.types[h.Package], string(value)) != nil {
			k.same[h.Package] = false
			h.Declare(k.types[h.Package], bundle.Unknown)
		}
	}
}
