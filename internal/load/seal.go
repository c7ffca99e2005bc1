package load

import (
	"encoding/json"
	"errors"
	"go/constant"
	"go/types"

	"jwtretire.example/internal/bundle"
)

// A cache entry can be copied and shared, and it outlives the removal of a secret from the repository. So the values
// of those constants of the tree that could be secrets are encrypted with a key that is derived from the user's key
// and from the contents of the package's files. To decrypt them one needs these files, which contain the secret anyway.
// Released modules are not encrypted, because the module cache has them in clear text.
//
// Rejected: no cache for such packages (in a large tree a fifth more time after an edit, because their importers are
// read again, too); entries without the values, which are read from source (constants are expressions).

// confidential reports whether a constant could be a secret: all constants except booleans and integers of 64
// bits. A constant without a known value counts, because it was sealed before.
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

// seal puts the encrypted values of confidential constants into p, if the unit belongs to the tree. It returns
// an error if they cannot be encrypted.
func (u *universe) seal(p *knownPackage, x *unit) error {
	if x.std || x.released || u.fixed().immutable(x.meta) {
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
		return errors.New("there is no key to encrypt the constants")
	}
	text, err := json.Marshal(values)
	if err != nil {
		return err
	}
	p.Sealed = box.Seal(nil, nil, text, []byte(p.Path))
	return nil
}

// unseal sets the values of the sealed constants of unchanged packages. Sealed constants of other packages get
// no value: only retain uses such packages, and it copies the sealed values.
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
			json.Unmarshal(text, &values[i]) // after an error there are no values, and the package is read from source
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
