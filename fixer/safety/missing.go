package safety

import "slices"

// NamedBy has, for every proof without which a rewrite is not safe, the remarks that say why it is missing. Without types
// nothing is carried out.
var NamedBy = map[Proof][]Look{
	Platforms: {Platform},
	Host:      {TokenURL},
	Secret:    {NewSecret},
	Key:       {KeyStays, Demand},
	Comments:  {Comment},
}

// Unnamed returns the proofs that are missing and that no remark names: there should be none.
func (j *Judgement) Unnamed() []Proof {
	var out []Proof
	for _, p := range Essential {
		named := slices.ContainsFunc(j.Looks, func(r Remark) bool { return slices.Contains(NamedBy[p], r.Look) })
		if !j.Has(p) && !named {
			out = append(out, p)
		}
	}
	return out
}
