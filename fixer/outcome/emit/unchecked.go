package emit

import (
	"slices"

	"jwtretire.example/fixer/outcome/evaluate"
)

// dropUnchecked replaces the exits of refusals that were taken for a token, with the statements that used them: these
// refusals are failures now.
func (e *Emitter) dropUnchecked(items, f []*evaluate.Item, falls bool) {
	for _, it := range items {
		it.List = e.withoutUnchecked(it.List, f, falls)
		for _, c := range it.Cases {
			c.Items = e.withoutUnchecked(c.Items, f, falls)
		}
		for n, p := range it.Parts {
			if p.Block {
				p.Items = e.withoutUnchecked(p.Items, f, falls)
				it.Parts[n] = p
			}
		}
		if it.Out {
			e.replaceOut(it, f, falls)
		}
	}
}

func (e *Emitter) withoutUnchecked(items, f []*evaluate.Item, falls bool) []*evaluate.Item {
	if fl := evaluate.Flat(items); len(fl) > 0 && fl[len(fl)-1].Out {
		last := fl[len(fl)-1]
		items = append(trimUnchecked(slices.DeleteFunc(slices.Clone(items), func(it *evaluate.Item) bool { return it == last })), last)
	}
	e.dropUnchecked(items, f, falls)
	return items
}

func (e *Emitter) replaceOut(it *evaluate.Item, f []*evaluate.Item, falls bool) {
	if falls { // the code after it handles the failure
		it.Verb, it.List, it.Node, it.Out = evaluate.Spliced, f, nil, false
		return
	}
	it.Verb, it.Leaves = evaluate.Dropped, false
}

// trimUnchecked removes the end of items that is reached only with a refusal that was taken for a token.
func trimUnchecked(items []*evaluate.Item) []*evaluate.Item {
	for len(items) > 0 {
		last := items[len(items)-1]
		if last.Verb == evaluate.Dropped {
			items = items[:len(items)-1]
			continue
		}
		if !last.Unchecked || len(last.List) > 0 || last.Verb == evaluate.Edited && evaluate.HasBlocks(last.Parts) || last.Leaves {
			break
		}
		if !evaluate.IsSimple(last.Node) {
			break
		}
		items = items[:len(items)-1]
	}
	return items
}
